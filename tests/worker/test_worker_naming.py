"""What a theme is called: by words that set it apart, and that mean what it is about."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
import pytest

from hardwon_worker.fusing import Floats
from hardwon_worker.naming import Spoken, Told, names

ONE, TWO = UUID(int=1), UUID(int=2)
TEXTS = [
    "Something: supplier, twelve crates",
    "Something: supplier, twelve crates",
    "Rota, shift, holiday",
    "Rota, shift, holiday",
]
LABELS = [0, 0, 1, 1]
MIDDLES = np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]])
ABOUT_IT, NOT_ABOUT_IT, WHEN = (1, 0.3, 0), (0, 1, 0), (0, 0, 1)
MEANINGS = {"supplier": ABOUT_IT, "crates": ABOUT_IT, "something": NOT_ABOUT_IT}
MEANINGS |= dict.fromkeys(("twelve", "second", "minutes", "days", "weeks", "september", "took", "came", "let"), WHEN)


def meaning(words: Sequence[str]) -> Floats:
    return np.array([MEANINGS.get(each.lower(), (-1, 0.3, 0)) for each in words], float)


def nothing_known(words: Sequence[str]) -> Floats:
    """Say that all words mean the same, but those that say when."""
    return np.array([WHEN if MEANINGS.get(each.lower()) == WHEN else NOT_ABOUT_IT for each in words], float)


def stems(words: Sequence[Spoken]) -> dict[Spoken, str]:
    return {each: each[0].lower() for each in words}


def told(texts: Sequence[str]) -> list[Told]:
    return [Told(project, text, "en") for text, project in zip(texts, (ONE, TWO, ONE, TWO), strict=True)]


def test_a_word_that_means_nothing_of_it_does_not_name_it() -> None:
    """ "Something" and "twelve" stand in as many of its texts as "supplier" does; that names the theme first, and "twelve" never."""
    found = names(told(TEXTS), LABELS, MIDDLES, stems, meaning)
    assert [each.lower() for each in found[0]] == ["crates", "supplier", "something"]
    assert {each.lower() for each in found[1]} == {"rota", "shift", "holiday"}


def test_the_control_without_meanings_any_word_does() -> None:
    found = names(told(TEXTS), LABELS, MIDDLES, stems, nothing_known)
    assert [each.lower() for each in found[0]] == ["crates", "something", "supplier"]


def test_words_that_belong_together_are_one() -> None:
    """Who says "crates" here says "supplier crates": so the theme is called, and neither is said twice."""
    texts = ["Something: supplier crates", "More of the supplier crates", *TEXTS[2:]]
    assert names(told(texts), LABELS, MIDDLES, stems, meaning)[0] == ["supplier crates"]


@pytest.mark.parametrize(
    "texts",
    [
        ["Something: supplier crates", "Something: crates, supplier"],  # once beside each other, once not
        ["Something: supplier, crates", "Something: supplier, crates"],  # never
        ["Something: twelve crates, supplier", "Something: twelve crates, supplier"],  # beside what tells nothing
    ],
)
def test_the_control_words_that_stand_alone_too_are_named_alone(texts: list[str]) -> None:
    found = names(told([*texts, *TEXTS[2:]]), LABELS, MIDDLES, stems, meaning)
    assert [each.lower() for each in found[0]] == ["crates", "supplier", "something"]


@pytest.mark.parametrize("text", ["", "12 34"])
def test_without_words_there_is_no_name(text: str) -> None:
    assert names(told([text] * len(TEXTS)), LABELS, MIDDLES, stems, meaning) == {}
