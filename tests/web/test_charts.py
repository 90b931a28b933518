"""Charts add up: whatever was told stands in one period, on one scale."""

import pytest
from flask.testing import FlaskClient

from hardwon_api.queries.themes import ToldInMonth
from hardwon_api.web.charts import SMALL, WALL, Chart, by_month, charts, total


@pytest.fixture(autouse=True)
def _in_a_request(app: FlaskClient) -> object:
    """Names of periods are in the reader's language."""
    with app.test_request_context(headers={"Accept-Language": "de"}):  # type: ignore[attr-defined]
        yield


def told(month: str, **counts: int) -> ToldInMonth:
    return ToldInMonth(month=month, **counts)


def test_every_month_has_its_place_and_empty_ones_too() -> None:
    """Lessons stand on a line of their own, happy stories on the other, unhappy ones hang below it: one scale for all."""
    large, small = charts(
        [[told("2026-01", went_well=1, lessons=3, went_wrong=2)], [told("2026-04", went_wrong=1)]], WALL
    )
    assert [each.name for each in large.periods] == ["Jan. 2026", "Feb. 2026", "März 2026", "Apr. 2026"]
    bars, lines = {bar.sort: bar for bar in large.periods[0].bars}, large.lines
    assert {sort: bar.number for sort, bar in bars.items()} == {"lesson": 3, "went_well": 1, "went_wrong": 2}
    assert bars["lesson"].y + bars["lesson"].height == pytest.approx(lines.lessons, abs=0.02)
    assert bars["went_well"].y + bars["went_well"].height == pytest.approx(lines.stories, abs=0.02)
    assert bars["went_wrong"].y == lines.stories
    assert sum(bar.height for bar in bars.values()) == pytest.approx(WALL.height, abs=0.05)
    assert small.lines == lines
    assert small.periods[3].bars[0].height == pytest.approx(bars["went_wrong"].height / 2, abs=0.02)
    assert [each.bars for each in small.periods[:3]] == [[], [], []]


def test_a_number_stands_beside_its_bar_and_on_none() -> None:
    """Above what stands, below what hangs, within the chart; none reaches the bar of the other line."""
    (chart,) = charts([[told("2026-01", went_well=5, lessons=9, went_wrong=7), told("2026-02", lessons=1)]], SMALL)
    bars = {bar.sort: bar for bar in chart.periods[0].bars}
    assert 0 < bars["lesson"].number_y < bars["lesson"].y
    assert chart.lines.lessons + 8 < bars["went_well"].number_y < bars["went_well"].y
    assert bars["went_wrong"].y + bars["went_wrong"].height + 8 < bars["went_wrong"].number_y < chart.lines.end


@pytest.mark.parametrize(("last", "first_period", "periods"), [("2024-12", "Q1 2022", 12), ("2039-12", "2022", 18)])
def test_long_times_are_told_in_quarters_and_years(last: str, first_period: str, periods: int) -> None:
    """A chart has room for so many bars: what happened stays, in longer steps."""
    (chart,) = charts([[told("2022-02", went_well=2), told("2022-03", lessons=1), told(last, went_wrong=1)]], WALL)
    assert (chart.periods[0].name, len(chart.periods)) == (first_period, periods)
    assert counted(chart) == {"went_well": 2, "lessons": 1, "went_wrong": 1, "puzzle": 0, "idea": 0}
    assert [each.told.lessons for each in chart.periods[:2]] == [1, 0]


@pytest.mark.parametrize("last", ["2026-02", "2026-05", "2026-12"])
def test_the_last_period_is_named_where_it_stands(last: str) -> None:
    """However few periods there are, they take the whole width, and the names reach from the outer bars inwards."""
    (chart,) = charts([[told("2026-01", lessons=1), told(last, lessons=1)]], WALL)
    first, end = chart.ends
    assert (first.name, first.x, first.anchor) == (chart.periods[0].name, chart.periods[0].x, "start")
    assert (end.name, end.x, end.anchor) == (
        chart.periods[-1].name,
        pytest.approx(chart.periods[-1].x + chart.periods[-1].width, abs=0.01),
        "end",
    )
    assert first.x == pytest.approx(100 - end.x, abs=0.01)
    assert 0 < chart.periods[0].width < 100 / 12


def test_one_period_is_named_once() -> None:
    """Under its bar, in the middle."""
    (chart,) = charts([[told("2026-01", lessons=1)]], WALL)
    assert chart.ends == [("Jan. 2026", pytest.approx(50, abs=0.01), "middle")]


def test_months_of_several_themes_are_added() -> None:
    """What two themes told in a month is one number."""
    (only,) = by_month([told("2026-01", idea=1), told("2026-01", idea=2, puzzle=1)])
    assert (only.month, only.idea, only.puzzle) == ("2026-01", 3, 1)


def test_nothing_told_is_an_empty_chart() -> None:
    """No bar, no division by nothing."""
    assert [each.periods for each in charts([[], []], SMALL)] == [[], []]


def counted(chart: Chart) -> dict[str, int]:
    return total(each.told for each in chart.periods).model_dump()
