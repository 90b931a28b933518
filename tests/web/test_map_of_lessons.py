"""The names on the map of lessons: each where its dots are, and none on another."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from hardwon.ids import new_id
from hardwon_api.queries.themes import Place
from hardwon_api.web.map_of_lessons import HIGH, SIZES, WIDE, legend, named

_ROUNDED = 0.1
WORDS = {"rota": ["rota", "shift"], "pay": ["supplier", "contract", "pay"], "cards": ["paper cards"]}


@pytest.fixture(autouse=True)
def _asked(app: Any) -> Iterator[None]:
    """Somebody asks for the page, in some language."""
    with app.test_request_context("/learned/map"):
        yield


def places(theme: str | None, *at: tuple[float, float]) -> list[Place]:
    return [Place(lesson_id=new_id(), insight="Something.", theme=theme, x=x, y=y) for x, y in at]


APART = [
    *places("rota", (-1, 1), (-0.9, 1), (-1, 0.9)),
    *places("pay", (1, 1), (0.9, 0.9)),
    *places("cards", (0, -1)),
    *places(None, (0, 0)),
]


@pytest.mark.parametrize("size", SIZES.values())
def test_each_theme_is_named_where_its_dots_are(size: float) -> None:
    """Themes that lie apart are all named, in a corner too, and what is about nothing else is not."""
    shown = legend(APART, WORDS)
    names = named(shown, size)
    assert [each.words for each in names] == [WORDS["rota"], WORDS["pay"], WORDS["cards"]]
    rota, pay, cards = names
    assert rota.x < cards.x < pay.x
    assert cards.y > max(rota.y, pay.y)
    for each in names:
        assert abs(each.x - WIDE / 2) <= (WIDE - each.width) / 2 + _ROUNDED
        assert abs(each.y - HIGH / 2) <= (HIGH - each.height) / 2 + _ROUNDED
        assert [word for word, _ in each.lines] == each.words


def test_no_name_lies_on_another() -> None:
    """Where two themes lie in one place the larger one is named, and the other stands in the legend only."""
    together = [*places("rota", (-1, 1), (1, -1), (0, 0)), *places("cards", (0, 0.1)), *places("pay", (0.9, 0.9))]
    shown = legend(together, WORDS)
    names = named(shown, 17)
    assert {each.name for each in shown} >= {"rota · shift", "supplier · contract · pay", "paper cards"}
    assert WORDS["cards"] not in [each.words for each in names]
    assert not any(one.meets(other) for one, other in combinations(names, 2))


def test_the_control_names_that_lie_on_each_other_are_noticed() -> None:
    """Moved by less than its own width it lies on itself, by more it does not."""
    (name, *_) = named(legend(APART, WORDS), 17)
    assert name.meets(name._replace(x=name.x + name.width - 1))
    assert not name.meets(name._replace(x=name.x + name.width + 1))
