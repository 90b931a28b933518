"""The map of lessons, drawn on the server: where dots stand, how each theme draws its own, and where there is room for its name."""

from collections import defaultdict
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from hardwon_api.queries.themes import Place
from hardwon_api.web.search import name_of
from hardwon_api.web.translating import gettext as _

WIDE, HIGH, _EDGE = 1000, 640, 24
_SHAPES = 6
"""Ways to draw a dot, so that colour is never needed; a theme beyond them takes the first again, filled otherwise."""
SIZES = {"wide": 17, "narrow": 36}
"""How high letters are, in the map's own measure: the map shrinks with its screen, and its letters are to be read all the same."""
_LETTER, _LINE, _AROUND = 0.66, 1.2, 0.7
"""How wide a bold letter is at most on average, how high a line, and what the edge around the words takes, of the height of letters."""


class _Reach(NamedTuple):
    """From where to where dots lie, so that they fill the map."""

    least: float
    most: float

    @classmethod
    def of(cls, values: list[float]) -> "_Reach":
        return cls(min(values, default=0), max(values, default=0))

    def share(self, value: float) -> float:
        return (value - self.least) / (self.most - self.least or 1)


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
    """A theme's name on the map, a line for each of its words, and where its middle lies."""

    shape: int
    words: list[str]
    size: float
    x: float
    y: float

    @property
    def width(self) -> float:
        return (max(len(word) for word in self.words) * _LETTER + _AROUND) * self.size

    @property
    def height(self) -> float:
        return (len(self.words) * _LINE + _AROUND) * self.size

    @property
    def lines(self) -> list[tuple[str, float]]:
        """The words, and how far down the foot of each stands."""
        first = self.y - self.height / 2 + (1 + _AROUND / 2) * self.size
        return [(word, round(first + at * _LINE * self.size, 1)) for at, word in enumerate(self.words)]

    def meets(self, other: "Name") -> bool:
        """Tell whether they would lie on each other."""
        across, down = abs(self.x - other.x), abs(self.y - other.y)
        return across < (self.width + other.width) / 2 and down < (self.height + other.height) / 2


def named(shown: Sequence[Shown], size: float) -> list[Name]:
    """Return the names that there is room for, each in the middle of its theme's dots; large themes before small ones."""
    kept: list[Name] = []
    for each in shown:
        name = _name(each, size)
        if each.theme and not any(name.meets(other) for other in kept):
            kept.append(name)
    return kept


def _name(shown: Shown, size: float) -> Name:
    x, y = median(x for x, _, _ in shown.places), median(y for _, y, _ in shown.places)
    name = Name(shown.shape, shown.words, size, x, y)
    return name._replace(x=_within(x, name.width, WIDE), y=_within(y, name.height, HIGH))


def _within(middle: float, long: float, whole: float) -> float:
    return round(min(max(middle, long / 2), whole - long / 2), 1)


def legend(places: Sequence[Place], words: dict[str, list[str]]) -> list[Shown]:
    """Return the themes of the map with their lessons, those without a theme last."""
    grouped: dict[str, list[tuple[float, float, Place]]] = defaultdict(list)
    wide, high = _Reach.of([each.x for each in places]), _Reach.of([each.y for each in places])
    for each in places:
        grouped[each.theme or ""].append((*_point(each, wide, high), each))
    ordered = sorted(grouped.items(), key=lambda item: (not item[0], -len(item[1]), item[0]))
    return [
        Shown(theme, words.get(theme) or [_("no theme")], at % _SHAPES, at >= _SHAPES, told)
        for at, (theme, told) in enumerate(ordered)
    ]


def _point(place: Place, wide: _Reach, high: _Reach) -> tuple[float, float]:
    across = _EDGE + wide.share(place.x) * (WIDE - 2 * _EDGE)
    down = _EDGE + (1 - high.share(place.y)) * (HIGH - 2 * _EDGE)
    return round(across, 1), round(down, 1)
