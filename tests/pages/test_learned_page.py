"""What we learned: themes over time, what came back, what became of lessons, and the map."""

import re
from collections.abc import Callable
from itertools import combinations
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from others import Untouched
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def page(browser: Callable[..., BrowserContext], untouched: Untouched) -> Page:
    """A page in an organisation whose themes stay as they are: where others add something, a worker may find new ones at any moment."""
    return browser(storage_state=untouched.signed_in).new_page()


def test_themes_are_called_by_what_they_are_about(untouched: Untouched) -> None:
    """In the sample, to which nobody has added anything, no theme is called by a number, a month, or a word that fits everything."""
    words = {word.lower() for each in untouched.themes for word in each["words"]}
    assert words
    assert words & {"something", "next", "took", "four", "twelve", "september", "days", "weeks", "minutes"} == set()


def test_themes_are_told_as_a_chart_and_as_a_table(page: Page, untouched: Untouched) -> None:
    """Each theme by its words, with its chart; the table tells the same numbers to whoever cannot see bars."""
    themes = untouched.themes
    page.goto("/learned")
    shown = page.locator(".theme")
    expect(shown).to_have_count(len(themes))
    expect(shown.first.get_by_role("heading")).to_have_text(" · ".join(themes[0]["words"]))
    expect(shown.first.get_by_role("img")).to_be_visible()
    bars = shown.first.locator("svg rect").count()
    assert 0 < bars == shown.first.locator("svg g text").count()
    numbers = sum(int(each.text_content() or "") for each in shown.first.locator("svg g text").all())
    assert numbers == sum(themes[0][sort] for sort in ("went_well", "went_wrong", "lessons"))
    page.get_by_text("As a table").last.click()
    rows = page.locator("table").last.locator("tbody tr")
    told = sum(int(each.locator("td").nth(4).inner_text()) for each in rows.all())
    assert told == sum(each["idea"] for each in themes)
    unhappy = sum(int(each.locator("td").nth(2).inner_text()) for each in rows.all())
    assert unhappy == sum(each["went_wrong"] for each in themes)


def test_a_year_stands_under_its_bars(page: Page) -> None:
    """The last period is named under the last bar, the first one under the first, on a phone as on a wall, mirrored too."""
    page.goto("/learned")
    for direction in ("rtl", "ltr"):
        page.evaluate("(direction) => { document.documentElement.dir = direction }", direction)
        for width in (390, 2560):
            page.set_viewport_size({"width": width, "height": 800})
            drawn = page.locator(
                "#learned svg.chart"
            ).first  # of all: something was told in its first period and in its last
            first, last = drawn.locator("text.chart-end").evaluate_all(_ACROSS)
            bars = drawn.locator("rect").evaluate_all(_ACROSS)
            assert _share(first, min(bars)), (direction, width)
            assert _share(last, max(bars)), (direction, width)
            assert not _share(first, max(bars))  # the control


_ACROSS = "all => all.map(each => { const {left, right} = each.getBoundingClientRect(); return [left, right]; })"


def _share(one: list[float], other: list[float]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def test_a_theme_leads_to_its_lessons(page: Page) -> None:
    """From the wall to the stories: one click on a theme searches in it."""
    page.goto("/learned")
    link = page.locator(".theme h3 a").first
    chosen = parse_qs(urlsplit(link.get_attribute("href") or "").query)["theme"]
    link.click()
    expect(page.locator("#results h2").first).to_be_visible()
    expect(page.get_by_label("Theme", exact=True)).to_have_value(chosen[0])


def test_it_is_narrowed_by_team_and_months(page: Page) -> None:
    """One team's page is another one's; the address keeps what I chose, and months in the wrong order are told."""
    page.goto("/learned")
    whole = page.locator(".theme").count()
    page.get_by_label("Team", exact=True).select_option("Data and Platform")
    expect(page).to_have_url("/learned?team=Data+and+Platform")
    expect(page.get_by_text("Carried furthest")).to_have_count(0)  # which is the whole organisation's
    assert 0 < page.locator(".theme").count() <= whole
    page.goto("/learned?from=2026-02&to=2026-01")
    expect(page.get_by_text("These months are in the wrong order")).to_be_visible()
    page.goto("/learned?from=soon")
    expect(page.locator(".note-warn")).to_be_visible()


def test_the_map_is_walked_by_keyboard(page: Page) -> None:
    """Each dot is a link with the lesson's words; a list says the same, and one link leads past the map."""
    page.goto("/learned/map")
    dots = page.locator(".map svg[role=group] a")
    assert dots.count() > 20
    expect(page.locator(".map-list a")).to_have_count(dots.count())
    page.get_by_role("link", name="Past the map").focus()
    page.keyboard.press("Tab")
    expect(dots.first).to_be_focused()
    label = str(dots.first.locator("title").text_content())
    expect(dots.first).to_have_accessible_name(label)
    page.keyboard.press("Enter")
    page.wait_for_url("**/lessons/*")
    page.get_by_role("link", name="Back to the map").click()
    expect(page.locator(".map a:target")).to_have_accessible_name(label)


def test_the_map_says_that_it_is_not_all(page: Page) -> None:
    """It holds as many lessons as a page can, says of how many, and leads to the others: to the themes, and to the search."""
    page.goto("/learned/map")
    told = page.get_by_text("lessons are here")
    shown, all_of = (int(each) for each in re.findall(r"\d+", told.inner_text())[:2])
    assert shown == page.locator(".map svg[role=group] a").count() == 100 < all_of
    told.get_by_role("link", name="by theme").click()
    expect(page.get_by_role("heading", name="Themes", exact=True)).to_be_in_viewport()
    page.go_back()
    told.get_by_role("link", name="by searching").click()
    expect(page.get_by_label("What do you want to know?")).to_be_visible()


@pytest.mark.parametrize(("width", "screen"), [(1280, "wide"), (390, "narrow")])
def test_the_map_bears_names(browser: Callable[..., Any], untouched: Untouched, width: int, screen: str) -> None:
    """In the sample alone, themes are named among their dots, on no dot and no other name, in readable letters; the legend has them all."""
    page = browser(viewport={"width": width, "height": 800}, storage_state=untouched.signed_in).new_page()
    page.goto("/learned/map")
    names = page.locator(".map-names text:visible")
    assert names.count() == page.locator(f".map-{screen} text").count() >= 2
    boxes, dots = (found.evaluate_all(_LIES) for found in (names, page.locator(".map a .dot")))
    assert not any(_meet(one, other) for one, other in combinations(boxes, 2))
    assert not any(_meet(box, dot) for box in boxes for dot in dots)
    drawn = page.locator(".map > svg").bounding_box()
    assert max(dot["x"] for dot in dots) - min(dot["x"] for dot in dots) > 0.8 * drawn["width"] > 0.7 * width
    assert drawn["height"] > 500
    letters = [each.bounding_box()["height"] for each in names.locator("tspan:first-child").all()]
    assert min(letters) >= 12
    legend = page.locator(".map .key li").all_inner_texts()
    for name in names.all():
        words = " · ".join(name.locator("tspan").all_text_contents())
        assert any(each.startswith(words) for each in legend)


_LIES = """all => all.map(each => {
    const box = each.getBBox(), screen = each.getScreenCTM();
    return {x: box.x + screen.e, y: box.y + screen.f, width: box.width, height: box.height};
})"""
"""Where SVG elements lie on the screen, without the width of their pen."""


def _meet(one: Any, other: Any) -> bool:
    across = one["x"] < other["x"] + other["width"] and other["x"] < one["x"] + one["width"]
    return across and one["y"] < other["y"] + other["height"] and other["y"] < one["y"] + one["height"]


def test_it_reads_without_script_and_in_german(browser: Callable[..., Any], untouched: Untouched) -> None:
    """Nothing on the wall needs a script; German teams read German, with numbers as they write them."""
    page = browser(storage_state=untouched.signed_in, java_script_enabled=False, locale="de-DE").new_page()
    page.goto("/learned")
    expect(page.get_by_role("heading", level=1)).to_have_text("Was wir gelernt haben")
    assert page.locator(".theme").count() > 0
    assert "Dingen, die schiefgingen" in page.locator(".figures").first.inner_text()


def test_a_young_organisation_is_told_what_to_do(hardwon: Any, chromium: Any) -> None:
    """No themes, no map, nothing found: each says why, and where to go on."""
    context = chromium.new_context(base_url=hardwon.url, locale="en-GB")
    page = context.new_page()
    page.goto(hardwon.entry_address(hardwon.register("Young")))
    page.get_by_role("button", name="Enter Hardwon").click()
    page.wait_for_url(f"{hardwon.url}/")
    page.goto("/learned")
    expect(page.get_by_text("No themes yet")).to_be_visible()
    expect(page.get_by_text("No lesson has travelled yet")).to_be_visible()
    page.goto("/learned/map")
    expect(page.get_by_text("No map yet")).to_be_visible()
    page.goto("/search?q=anything")
    expect(page.locator("#results").get_by_text("Nothing found")).to_be_visible()
    context.close()
