"""Charts, drawn on the server: where bars stand. The template makes them SVG, with attributes only, and tells the same as a table."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from hardwon_api.queries.themes import Told, ToldInMonth
from hardwon_api.web.telling import day

HEIGHT = 80
"""Of a chart, above its line and below it together."""
STEP = 10
"""Of one period along the line."""
_FEWEST, _MOST = 12, 30
"""Periods: a line has room for so many at least, or a single one would be a wall; beyond the most, quarters are shown, or years."""
_ROOM = 2
"""Between two bars."""
_MONTHS_OF = (1, 3, 12)


class Bar(NamedTuple):
    """One kind of text in one period: a rectangle."""

    sort: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Period:
    """A month, a quarter or a year, and what was told in it."""

    name: str
    told: Told
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars along a line: happy stories and lessons above it, unhappy ones below."""

    periods: list[Period]
    line: float
    """So far from the top is the line on which bars stand, and from which they hang."""

    @property
    def width(self) -> int:
        return max(_FEWEST, len(self.periods)) * STEP


class Span(NamedTuple):
    """From which month to which all charts of a page go, and how many months a bar stands for."""

    first: int
    last: int
    months: int

    @classmethod
    def of(cls, months: Iterable[str]) -> "Span":
        """Return the span of these months, in the finest steps that a page has room for."""
        numbers = [_number(month) for month in months]
        if not numbers:
            return cls(0, -1, 1)
        first, last = min(numbers), max(numbers)
        length = next((each for each in _MONTHS_OF if (last - first) // each < _MOST), _MONTHS_OF[-1])
        return cls(first - first % length, last, length)

    @property
    def starts(self) -> range:
        return range(self.first, self.last + 1, self.months)

    def name(self, start: int) -> str:
        """Return how the reader's language calls the period."""
        form = {1: "MMM y", 3: "QQQ y", 12: "y"}[self.months]
        return day(date(start // 12, start % 12 + 1, 1), form)


def charts(told: Sequence[Sequence[ToldInMonth]]) -> list[Chart]:
    """Return a chart of each, all with the same periods and the same scale, so that they can be compared."""
    span = Span.of(each.month for months in told for each in months)
    added = [_added(months, span) for months in told]
    above = max((each.went_well + each.lessons for periods in added for each in periods), default=0)
    below = max((each.went_wrong for periods in added for each in periods), default=0)
    scale = HEIGHT / max(1, above + below)
    names = [span.name(start) for start in span.starts]
    line = above * scale if above + below else HEIGHT / 2
    return [
        Chart(
            [
                Period(name, each, _bars(each, at * STEP, line, scale))
                for at, (name, each) in enumerate(zip(names, periods, strict=True))
            ],
            round(line, 2),
        )
        for periods in added
    ]


def _added(months: Sequence[ToldInMonth], span: Span) -> list[Told]:
    grouped: dict[int, list[ToldInMonth]] = defaultdict(list)
    for each in months:
        number = _number(each.month)
        grouped[number - number % span.months].append(each)
    return [total(grouped[start]) for start in span.starts]


def total(told: Iterable[Told]) -> Told:
    """Add up."""
    rows = list(told)
    return Told(**{name: sum(getattr(row, name) for row in rows) for name in Told.model_fields})


def by_month(told: Iterable[ToldInMonth]) -> list[ToldInMonth]:
    """Add up month by month."""
    grouped: dict[str, list[ToldInMonth]] = defaultdict(list)
    for each in told:
        grouped[each.month].append(each)
    return [ToldInMonth(month=month, **total(each).model_dump()) for month, each in sorted(grouped.items())]


def _bars(told: Told, x: float, line: float, scale: float) -> list[Bar]:
    happy, lessons, unhappy = (round(count * scale, 2) for count in (told.went_well, told.lessons, told.went_wrong))
    left, width = x + _ROOM / 2, STEP - _ROOM
    drawn = [
        Bar("went_well", left, round(line - happy, 2), width, happy),
        Bar("lesson", left, round(line - happy - lessons, 2), width, lessons),
        Bar("went_wrong", left, round(line, 2), width, unhappy),
    ]
    return [bar for bar in drawn if bar.height]


def _number(month: str) -> int:
    year, _, of_year = month.partition("-")
    return int(year) * 12 + int(of_year) - 1
