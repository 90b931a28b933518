"""A board answers whoever works on it: what was raised is seen, nothing jumps, and what others close or open is so here too."""

from collections.abc import Callable

import pytest
from boards import card, meeting, write
from every_page import Organisation
from playwright.sync_api import BrowserContext, Locator, Page, expect

pytestmark = pytest.mark.timeout(300)
Opens = Callable[..., BrowserContext]
SCROLLING = """() => [...document.querySelectorAll(".room *")].filter((each) => !each.matches("textarea")
  && ["auto", "scroll"].includes(getComputedStyle(each).overflowY)).map((each) => each.className)"""
"""What scrolls by itself within the page."""
MARKS = """() => {
  window.everNew = new Set();
  new MutationObserver(() => document.querySelectorAll(".point-new > .point-text").forEach((each) => everNew.add(each.textContent)))
    .observe(document.body, { subtree: true, childList: true, attributeFilter: ["class"] });
}"""
"""Keeps which points were ever marked as new: a mark lasts for four seconds, and a busy machine may look later."""


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_what_i_raise_is_confirmed(browser: Opens, ben: Page, sample: Organisation, width: int, height: int) -> None:
    """Beside the field, which stays in sight, stands what is on the board now, and leads there, where it is marked for a while."""
    page = browser(viewport={"width": width, "height": height}).new_page()
    page.goto(address := meeting(sample, *(f"Point {n}." for n in range(8)), kind="went_well"))
    ben.goto(address)
    for each in (page, ben):
        each.evaluate(MARKS)
    write(page, "The gates came late.")
    said = page.locator("[data-raised]")
    expect(said).to_have_text("On the board: The gates came late.")
    expect(page.get_by_label("What happened?")).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("What happened?")).to_be_focused()
    expect(card(ben, "The gates came late.")).to_be_visible()
    for each in (page, ben):  # and none that was there before
        each.wait_for_function("everNew.size > 0")
        assert each.evaluate("[...everNew]") == ["The gates came late."]
    expect(ben.locator("[data-raised]")).to_have_text("")
    said.get_by_role("link").click()
    expect(card(page, "The gates came late.")).to_be_in_viewport(ratio=1)
    expect(card(page, "The gates came late.")).to_have_class("point", timeout=20_000)


def test_a_first_point_comes_into_sight(browser: Opens, sample: Organisation) -> None:
    """Where there is room for both, the point that I raise is brought into sight, and the field stays."""
    page = browser(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(meeting(sample))
    write(page, "The gates came late.")
    expect(card(page, "The gates came late.")).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("What happened?")).to_be_in_viewport(ratio=1)


def test_one_groups_where_one_sees_the_points(browser: Opens, sample: Organisation) -> None:
    """The field for a heading stands above the points; that they can be dragged is said where there is a mouse, the other way to all."""
    address = meeting(sample, "The gates came late.")
    for touch in (False, True):
        page = browser(has_touch=touch, is_mobile=touch).new_page()
        page.goto(address)
        heading = page.get_by_label("A heading for points that belong together")
        assert top(heading) < top(card(page, "The gates came late."))
        expect(page.get_by_text("Drag a point")).to_be_visible(visible=not touch)
        expect(page.get_by_text("moves a point too")).to_be_visible()


def test_a_question_stands_beside_its_point(page: Page, sample: Organisation) -> None:
    """I learn from a point far down: the page does not move, nothing in it scrolls by itself, and when the lesson is drawn I read which."""
    page.goto(meeting(sample, *(f"Point {n}." for n in range(12))))
    link = card(page, "Point 8.").get_by_role("link", name="Learn from it")
    link.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 0
    link.click()
    heading = page.get_by_role("heading", name="What can we learn from this?")
    expect(heading).to_be_focused()
    assert page.evaluate("scrollY") == before
    assert abs(top(heading) - top(card(page, "Point 8."))) < 60
    assert page.evaluate(SCROLLING) == []
    page.get_by_label("The insight").fill("Suppliers decide the schedule.")
    draw = page.get_by_role("button", name="Draw this lesson")
    draw.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    draw.click()
    expect(page.locator(".question [data-focus]")).to_contain_text("Drawn: Suppliers decide the schedule.")
    expect(page.locator(".question [data-focus]")).to_be_in_viewport(ratio=1)
    assert abs(page.evaluate("scrollY") - before) < 200  # so much that what was drawn is seen whole
    expect(card(page, "Point 8.")).to_contain_text("1 lesson")


def test_the_control_a_scroll_within_the_page_is_noticed(page: Page, sample: Organisation) -> None:
    """What stands beside the board is given a scroll of its own."""
    page.goto(meeting(sample))
    page.evaluate("document.querySelector('.room-beside').style.overflowY = 'auto'")
    assert page.evaluate(SCROLLING) == ["room-beside"]


def test_without_my_name_stays_on_and_says_so(page: Page, sample: Organisation) -> None:
    """Once ticked it is not taken off behind my back; the button says under whose name the next one is raised, until I take it off."""
    page.goto(meeting(sample))
    expect(page.get_by_role("button", name="Raise it", exact=True)).to_be_visible()
    page.get_by_label("Without my name").check()
    for words in ("First.", "Second."):
        expect(page.get_by_role("button", name="Raise it without my name")).to_be_visible()
        write(page, words)
        expect(card(page, words)).to_be_visible()
        expect(card(page, words).locator(".meta")).to_have_text("")
    page.get_by_label("Without my name").uncheck()
    expect(page.get_by_role("button", name="Raise it", exact=True)).to_be_visible()
    write(page, "Third.")
    expect(card(page, "Third.").locator(".meta")).not_to_have_text("")


def test_closed_and_open_again_wherever_it_is_open(page: Page, ben: Page, sample: Organisation) -> None:
    """Ben closes it: my button offers to open it again. A page that was opened while it was closed has its field once it is open again."""
    address = meeting(sample, "The gates came late.")
    for each in (page, ben):
        each.goto(address)
    ben.get_by_role("button", name="Close the retrospective").click()
    expect(page.get_by_role("button", name="Open it again")).to_be_visible()
    expect(page.get_by_role("button", name="Close the retrospective")).to_have_count(0)
    expect(page.get_by_text("Who else is in the room?")).to_be_hidden()
    page.reload()
    ben.get_by_role("button", name="Open it again").click()
    expect(page.get_by_role("button", name="Close the retrospective")).to_be_visible()
    write(page, "After all.")
    expect(card(ben, "After all.")).to_be_visible()
    page.get_by_role("button", name="Close the retrospective").click()
    expect(ben.get_by_role("button", name="Open it again")).to_be_visible()


def top(what: Locator) -> float:
    return float(what.evaluate("(each) => each.getBoundingClientRect().top + scrollY"))
