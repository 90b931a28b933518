"""The map of lessons, drawn on the server: where dots stand, how each theme draws its own, and where there is room for its name.

Places are in per cent of the map, which takes whatever screen there is; dots and letters are as large on each. So it is computed for the
narrowest screens of a sort only: on wider ones names and dots stand further apart.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import dist
from statistics import median
from typing import NamedTuple

from hardwon_api.queries.themes import Place
from hardwon_api.web.search import name_of
from hardwon_api.web.translating import gettext as _


class Screen(NamedTuple):
    """How large the map is there in pixels, as hardwon.css has it, and how high its letters are."""

    wide: float
    high: float
    letters: float


SCREENS = {"wide": Screen(656, 592, 15), "narrow": Screen(300, 560, 13)}
_SHAPES = 6
"""Ways to draw a dot, so that colour is never needed; a theme beyond them takes the first again, filled otherwise."""
_LETTER, _LINE, _AROUND = 0.66, 1.2, 0.3
"""How wide a bold letter is at most on average, how high a line, and what the edge around the words takes, of the height of letters."""
_DOT = 10
"""Pixels from a dot's middle to where it ends."""
_AROUND_A_DOT = [each for each in product((0, -1, 1), repeat=2) if any(each)]

Dot = tuple[float, float]
"""Where it lies, in pixels."""


class _Reach:
    """From where to where dots lie, so that they fill the map; and halfway to standing equally far apart, so that few lie on each other."""

    def __init__(self, values: Iterable[float]) -> None:
        self._values = sorted(values)

    def share(self, value: float) -> float:
        least, most = self._values[0], self._values[-1]
        place = (bisect_left(self._values, value) + bisect_right(self._values, value) - 1) / 2
        return ((value - least) / (most - least or 1) + place / (len(self._values) - 1 or 1)) / 2


class Shown(NamedTuple):
    """A theme, as the map and its legend draw it."""

    theme: str
    words: list[str]
    shape: int
    hollow: bool
    places: list[tuple[float, float, Place]]

    @property
    def name(self) -> str:
        return name_of(self.words)


class Name(NamedTuple):
    """A theme's name on the map, a line for each of its words, and where its middle lies in pixels."""

    shape: int
    words: list[str]
    screen: Screen
    x: float
    y: float

    @property
    def width(self) -> float:
        return (max(len(word) for word in self.words) * _LETTER + _AROUND) * self.screen.letters

    @property
    def height(self) -> float:
        return (len(self.words) * _LINE + _AROUND) * self.screen.letters

    @property
    def at(self) -> tuple[float, float]:
        """Where its middle lies in per cent."""
        return round(100 * self.x / self.screen.wide, 2), round(100 * self.y / self.screen.high, 2)

    @property
    def lines(self) -> list[tuple[str, float]]:
        """The words, and how many pixels below the middle the foot of each stands."""
        first = (1 + _AROUND / 2) * self.screen.letters - self.height / 2
        return [(word, round(first + at * _LINE * self.screen.letters, 1)) for at, word in enumerate(self.words)]

    def meets(self, other: "Name") -> bool:
        """Tell whether they would lie on each other."""
        across, down = abs(self.x - other.x), abs(self.y - other.y)
        return across < (self.width + other.width) / 2 and down < (self.height + other.height) / 2

    def covers(self, dots: Iterable[Dot]) -> bool:
        """Tell whether it would lie on one of them."""
        wide, high = self.width / 2 + _DOT, self.height / 2 + _DOT
        return any(abs(x - self.x) < wide and abs(y - self.y) < high for x, y in dots)

    def beside(self, dots: Iterable[Dot]) -> "Iterator[Name]":
        """Go through its places around each dot, as far as they are on the map."""
        wide, high = self.width / 2 + _DOT, self.height / 2 + _DOT
        for (x, y), (across, down) in product(dots, _AROUND_A_DOT):
            yield self._replace(
                x=_within(x + across * wide, self.width, self.screen.wide),
                y=_within(y + down * high, self.height, self.screen.high),
            )


def named(shown: Sequence[Shown], screen: Screen) -> list[Name]:
    """Return the names that there is room for, each beside a dot of its theme, on no dot and on no other name.

    Large themes come before small ones. A name has as many of its words as there is room for; one with none stands in the legend only.
    """
    dots = {each.theme: [_pixels(x, y, screen) for x, y, _ in each.places] for each in shown}
    every = [dot for own in dots.values() for dot in own]
    kept: list[Name] = []
    for each in shown:
        own = dots[each.theme]
        middle = median(x for x, _ in own), median(y for _, y in own)
        for many in range(len(each.words) if each.theme else 0, 0, -1):
            places = Name(each.shape, each.words[:many], screen, *middle).beside(own)
            free = [at for at in places if not at.covers(every) and not any(at.meets(other) for other in kept)]
            if free:
                kept.append(min((dist((at.x, at.y), middle), at) for at in free)[1])
                break
    return kept


def _pixels(x: float, y: float, screen: Screen) -> Dot:
    return x * screen.wide / 100, y * screen.high / 100


def _within(middle: float, long: float, whole: float) -> float:
    return min(max(middle, long / 2), whole - long / 2)


def legend(places: Sequence[Place], words: dict[str, list[str]]) -> list[Shown]:
    """Return the themes of the map with their lessons, those without a theme last."""
    grouped: dict[str, list[tuple[float, float, Place]]] = defaultdict(list)
    wide, high = _Reach(each.x for each in places), _Reach(each.y for each in places)
    for each in places:
        grouped[each.theme or ""].append((*_point(each, wide, high), each))
    ordered = sorted(grouped.items(), key=lambda item: (not item[0], -len(item[1]), item[0]))
    return [
        Shown(theme, words.get(theme) or [_("no theme")], at % _SHAPES, at >= _SHAPES, told)
        for at, (theme, told) in enumerate(ordered)
    ]


def _point(place: Place, wide: _Reach, high: _Reach) -> tuple[float, float]:
    return round(100 * wide.share(place.x), 2), round(100 - 100 * high.share(place.y), 2)
