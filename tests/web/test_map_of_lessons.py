"""The names on the map of lessons: each beside a dot of its own, and none on a dot or on another."""

import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import combinations
from random import Random
from typing import Any

import pytest

from hardwon.ids import new_id
from hardwon_api.queries.themes import Place
from hardwon_api.web.map_of_lessons import SCREENS, Name, Screen, Shown, legend, named

_ROUNDED = 1e-6
WORDS = {"rota": ["rota", "shift"], "pay": ["supplier", "contract", "pay"], "cards": ["paper cards"]}
each_screen = pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)


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


def dots(shown: list[Shown], screen: Screen) -> list[tuple[float, float]]:
    return [(x * screen.wide / 100, y * screen.high / 100) for each in shown for x, y, _ in each.places]


def at_fault(names: list[Name], shown: list[Shown], screen: Screen) -> bool:
    """Tell whether a name lies on a dot, on another name, or beyond the edge."""
    beyond = [
        name
        for name in names
        if abs(name.x - screen.wide / 2) > (screen.wide - name.width) / 2 + _ROUNDED
        or abs(name.y - screen.high / 2) > (screen.high - name.height) / 2 + _ROUNDED
    ]
    met = any(one.meets(other) for one, other in combinations(names, 2))
    return met or bool(beyond) or any(name.covers(dots(shown, screen)) for name in names)


@each_screen
def test_each_theme_is_named_where_its_dots_are(screen: Screen) -> None:
    """Themes that lie apart are all named, in a corner too, and what is about nothing else is not."""
    shown = legend(APART, WORDS)
    names = named(shown, screen)
    assert [each.words for each in names] == [WORDS["rota"], WORDS["pay"], WORDS["cards"]]
    rota, pay, cards = names
    assert rota.x < cards.x < pay.x
    assert cards.y > max(rota.y, pay.y)
    assert not at_fault(names, shown, screen)
    for each in names:
        assert [word for word, _ in each.lines] == each.words


@each_screen
@pytest.mark.parametrize("seed", range(5))
def test_no_name_lies_on_a_dot_or_on_another(seed: int, screen: Screen) -> None:
    """However crowded the map is, a name has no more words than there is room for; the same map always has the same names."""
    chance = Random(seed)
    words = {f"theme{at}": [f"word{at}a", f"word{at}b more", f"word{at}c"] for at in range(12)}
    crowd = [each for theme in words for each in places(theme, *(_near(chance) for _ in range(chance.randint(1, 12))))]
    shown = legend(crowd, words)
    names = named(shown, screen)
    assert names == named(shown, screen)
    assert len(names) > len(words) / 3
    assert all(each.words == words[_theme(each)][: len(each.words)] for each in names)
    assert not at_fault(names, shown, screen)


@each_screen
def test_the_control_a_name_in_the_middle_of_its_dots_lies_on_one(screen: Screen) -> None:
    """It is noticed: where a dot is, on another name by less than its width, and beyond the edge."""
    shown = legend(APART, WORDS)
    (name, *_) = named(shown, screen)
    ((x, y), *_) = dots(shown, screen)
    assert name._replace(x=x, y=y).covers([(x, y)])
    assert name.meets(name._replace(x=name.x + name.width - 1))
    assert not name.meets(name._replace(x=name.x + name.width + 1))
    assert at_fault([name._replace(x=x, y=y)], shown, screen)
    assert at_fault([name._replace(x=screen.wide)], [], screen)


def test_dots_far_from_all_others_leave_these_their_room() -> None:
    """One outlier does not push the rest into a corner, and nothing changes sides."""
    shown = legend([*places(None, (-1, 0), (-0.99, 0), (-0.98, 0), (1, 0))], {})
    across = [x for x, _, _ in shown[0].places]
    assert across == sorted(across)
    assert across[0] == 0
    assert across[2] > 30
    assert across[3] == 100


def test_the_map_is_as_high_as_it_is_reckoned() -> None:
    """The style sheet gives the dots as much room downwards as their names were placed for."""
    style = (files("hardwon_api.web") / "static" / "hardwon.css").read_text()
    assert re.findall(r"\.map > svg \{[^}]*block-size: calc\((\d+)px", style) == [str(s.high) for s in SCREENS.values()]


def _near(chance: Random) -> tuple[float, float]:
    return chance.uniform(-1, 1), chance.uniform(-1, 1)


def _theme(name: Name) -> str:
    return f"theme{re.findall(r'[0-9]+', name.words[0])[0]}"
