"""A board answers whoever works on it: what was raised is seen, nothing jumps, and what others close or open is so here too."""

from collections.abc import Callable

import pytest
from boards import board_comes, card, meeting, raised, write
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
        each.wait_for_function("() => everNew.size > 0")
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
    """A heading is put on the board from above the points; that one can drag them is said where there is a mouse, the other way to all."""
    address = meeting(sample, "The gates came late.")
    for touch in (False, True):
        page = browser(has_touch=touch, is_mobile=touch).new_page()
        page.goto(address)
        page.get_by_text("Put together what belongs together").click()
        heading = page.get_by_label("A heading for points that belong together")
        assert top(heading) < top(card(page, "The gates came late."))
        expect(page.get_by_text("Drag a point")).to_be_visible(visible=not touch)
        expect(page.get_by_text("moves a point too")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720), (390, 844)])
def test_points_stand_on_the_first_screen(browser: Opens, sample: Organisation, width: int, height: int) -> None:
    """I open a board, and see what was raised without scrolling, though one can write above it."""
    phone = width < 400
    page = browser(viewport={"width": width, "height": height}, has_touch=phone, is_mobile=phone).new_page()
    page.goto(meeting(sample, "The gates came late.", kind="went_well"))
    expect(page.get_by_label("What happened?")).to_be_in_viewport(ratio=1)
    expect(card(page, "The gates came late.").locator(".point-text")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("script", [True, False])
def test_what_is_kept_of_nobody_is_told_by_key(browser: Opens, sample: Organisation, script: bool) -> None:  # noqa: FBT001 - a case
    """What Hardwon keeps of a point without a name is folded; I open it by keyboard, also without script, and the field stays."""
    page = browser(java_script_enabled=script).new_page()
    page.goto(meeting(sample))
    told = page.get_by_text("Not even an administrator can find out.")
    expect(told).to_be_hidden()
    before = top(page.get_by_label("What happened?"))
    page.get_by_text("What is kept then?").press("Enter")
    expect(told).to_be_visible()
    assert top(page.get_by_label("What happened?")) == before


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


def test_a_press_is_not_lost_because_something_arrived(page: Page, sample: Organisation) -> None:
    """Somebody raises a point while my finger is on the button: what I pressed happens."""
    address = meeting(sample, "The gates came late.")
    page.goto(address)
    page.get_by_role("button", name="Close the retrospective").hover()
    page.mouse.down()
    with board_comes(page):
        raised(sample, address, "Nobody had a key.")
    page.mouse.up()
    expect(page.get_by_role("button", name="Open it again")).to_be_visible()
    expect(card(page, "Nobody had a key.")).to_be_visible()


def top(what: Locator) -> float:
    return float(what.evaluate("(each) => each.getBoundingClientRect().top + scrollY"))
