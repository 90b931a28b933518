"""Charts, drawn on the server: where bars stand. The template makes them SVG, with attributes only, and tells the same as a table."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from hardwon_api.queries.themes import Told, ToldInMonth
from hardwon_api.web.telling import day

_FEWEST = 12
"""Of so many periods a bar is at most as wide as one's part, or a single bar would be a wall."""
_ROOM = 0.2
"""Of a period's width, left free beside its bar."""
_MONTHS_OF = (1, 3, 12)
_LINE = 14
"""Pixels that a number takes above or below its bar."""
_NAMES = 20
"""Pixels for the names of the first period and the last, below all bars."""
_DIGIT = 7
"""Pixels that a digit takes sideways, with what it stands apart from the next."""


class Size(NamedTuple):
    """How large a chart is."""

    height: int
    """Pixels for bars, above and below all lines together."""
    most: int
    """Periods that it shows; beyond them quarters are shown, or years."""


WALL, SMALL = Size(190, 24), Size(76, 16)


class Bar(NamedTuple):
    """One kind of text in one period: a rectangle with its number, as wide as its period has it."""

    sort: str
    number: int
    y: float
    height: float
    number_y: float


@dataclass(frozen=True, slots=True)
class Period:
    """A month, a quarter or a year, and what was told in it; sideways in per cent, so that a chart is as wide as its place."""

    name: str
    told: Told
    x: float
    width: float
    bars: list[Bar]

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 3)


class End(NamedTuple):
    """The name of the first period, or of the last, below its bars: where it is written, and whether from there, to there or around it."""

    name: str
    x: float
    anchor: str


class Lines(NamedTuple):
    """So far from the top bars stand, and hang: lessons on a line of their own, happy stories above the other one, unhappy ones below."""

    lessons: float
    stories: float
    end: float
    """The height of it all."""
    scale: float
    """Pixels for each text."""

    @classmethod
    def of(cls, told: Iterable[Told], size: Size) -> "Lines":
        rows = list(told)
        most = [
            max((getattr(each, sort) for each in rows), default=0) for sort in ("lessons", "went_well", "went_wrong")
        ]
        scale = size.height / max(1, sum(most))
        upper, above, below = (round(_LINE + count * scale, 2) for count in most)
        return cls(upper, upper + above, upper + above + below, scale)


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars along two lines, each with its number."""

    periods: list[Period]
    lines: Lines

    @property
    def height(self) -> float:
        """Pixels with the names below."""
        return self.lines.end + _NAMES

    @property
    def ends(self) -> list[End]:
        """Return the names to be read below; they reach inwards, so that none is cut off."""
        if len(self.periods) < 2:  # noqa: PLR2004 - the first and the last
            return [End(each.name, each.middle, "middle") for each in self.periods]
        first, last = self.periods[0], self.periods[-1]
        return [End(first.name, first.x, "start"), End(last.name, round(last.x + last.width, 3), "end")]

    @property
    def needed(self) -> int:
        """Pixels sideways that its numbers need; a narrower place is moved under it."""
        digits = max((len(str(bar.number)) for period in self.periods for bar in period.bars), default=1)
        return max(_FEWEST, len(self.periods)) * (digits * _DIGIT + 2)


class Span(NamedTuple):
    """From which month to which all charts of a page go, and how many months a bar stands for."""

    first: int
    last: int
    months: int

    @classmethod
    def of(cls, months: Iterable[str], most: int) -> "Span":
        """Return the span of these months, in the finest steps of which there are not too many."""
        numbers = [_number(month) for month in months]
        if not numbers:
            return cls(0, -1, 1)
        first, last = min(numbers), max(numbers)
        length = next((each for each in _MONTHS_OF if (last - first) // each < most), _MONTHS_OF[-1])
        return cls(first - first % length, last, length)

    @property
    def starts(self) -> range:
        return range(self.first, self.last + 1, self.months)

    def name(self, start: int) -> str:
        """Return how the reader's language calls the period."""
        form = {1: "MMM y", 3: "QQQ y", 12: "y"}[self.months]
        return day(date(start // 12, start % 12 + 1, 1), form)


def charts(told: Sequence[Sequence[ToldInMonth]], size: Size) -> list[Chart]:
    """Return a chart of each, all with the same periods, lines and scale, so that they can be compared."""
    span = Span.of((each.month for months in told for each in months), size.most)
    added = [_added(months, span) for months in told]
    lines = Lines.of((each for periods in added for each in periods), size)
    names = [span.name(start) for start in span.starts]
    return [Chart(_periods(names, periods, lines), lines) for periods in added]


def _periods(names: Sequence[str], told: Sequence[Told], lines: Lines) -> list[Period]:
    """Return them side by side over the whole width, so that the last one is where the chart ends."""
    step, width = 100 / max(1, len(names)), 100 / max(_FEWEST, len(names)) * (1 - _ROOM)
    return [
        Period(name, each, round(at * step + (step - width) / 2, 3), round(width, 3), _bars(each, lines))
        for at, (name, each) in enumerate(zip(names, told, strict=True))
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


def _bars(told: Told, lines: Lines) -> list[Bar]:
    def bar(sort: str, count: int, line: float, *, hangs: bool = False) -> Bar:
        height = round(count * lines.scale, 2)
        y = line if hangs else round(line - height, 2)
        return Bar(sort, count, y, height, round(y + height + _LINE - 3 if hangs else y - 3, 2))

    drawn = [
        bar("lesson", told.lessons, lines.lessons),
        bar("went_well", told.went_well, lines.stories),
        bar("went_wrong", told.went_wrong, lines.stories, hangs=True),
    ]
    return [each for each in drawn if each.number]


def _number(month: str) -> int:
    year, _, of_year = month.partition("-")
    return int(year) * 12 + int(of_year) - 1
