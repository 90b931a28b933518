"""What came again is said in words with counts: how much of it was known, told and adopted."""

from typing import Any

import pytest

from hardwon.projections.learning import Counts
from hardwon_api.queries.insights import Learning
from hardwon_api.web.learned import _came_again


def said(app: Any, language: str = "en", **counts: int) -> list[str]:
    names = ("points", "recurrences", "confirmed", "known", "warned", "adopted_before")
    more = ("suggested", "answered", "adopted", "outcomes", "helped")
    learning = Learning.counted(Counts(dict.fromkeys(names + more, 0) | counts))
    with app.test_request_context(headers={"Accept-Language": language}):
        return [f"{value} {words}" for value, words in _came_again(learning)]


def test_each_part_is_counted_in_words(app: Any) -> None:
    assert said(app, points=59, recurrences=12, known=7, warned=3, adopted_before=1) == [
        "12 came again, of 59 things that went wrong",
        "7 of these we knew already, from a lesson",
        "3 of these we had told the project before",
        "1 of these the project had even adopted",
    ]


@pytest.mark.parametrize(
    ("counts", "last"),
    [
        ({}, "Nothing has gone wrong yet"),
        ({"points": 1}, "Nothing came again, of the one thing that went wrong"),
        ({"points": 59}, "Nothing came again, of 59 things that went wrong"),
        ({"points": 59, "recurrences": 3}, "None of these we knew already, from a lesson"),
        ({"points": 59, "recurrences": 3, "known": 1}, "None of these we had told the project before"),
    ],
)
def test_behind_a_nothing_nothing_is_said(app: Any, counts: dict[str, int], last: str) -> None:
    """What was not known cannot have been told: I do not read a row of noughts."""
    assert said(app, **counts)[-1] == last


def test_in_german_too(app: Any) -> None:
    assert said(app, "de", points=59, recurrences=3, known=1) == [
        "3 wiedergekommen, von 59 Dingen, die schiefgingen",
        "1 davon wussten wir schon, aus einer Lehre",
        "Nichts davon hatten wir dem Projekt vorher gesagt",
    ]
