"""What one does with a point happens within it: it opens there, one writes there, and one is back where one was."""

from collections.abc import Callable

import pytest
from boards import card, meeting, write
from every_page import Organisation
from looking import violations
from playwright.sync_api import BrowserContext, Locator, Page, expect
from test_board_page import SCROLLING

pytestmark = pytest.mark.timeout(300)
Opens = Callable[..., BrowserContext]
SCREENS = pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
DEEDS = pytest.mark.parametrize(
    ("link", "title"),
    [
        ("Change", "Change this point"),
        ("Take back", "Take this point back?"),
        ("Learn from it", "What can we learn from this?"),
    ],
)
POINT = "Point 8."


def opened(browser: Opens, sample: Organisation, width: int, height: int) -> Page:
    """Open a board with many points."""
    page = browser(viewport={"width": width, "height": height}).new_page()
    page.goto(meeting(sample, *(f"Point {n}." for n in range(12))))
    return page


def link_of(point: Locator, words: str) -> Locator:
    return point.get_by_role("link", name=f"{words}: ")


@SCREENS
@DEEDS
def test_it_opens_where_it_was_pressed(
    browser: Opens, sample: Organisation, width: int, height: int, link: str, title: str
) -> None:
    """Far down the board: it opens in the point, the point stays in sight with it, nothing beside moves; Escape and the button close it."""
    page = opened(browser, sample, width, height)
    point = card(page, POINT)
    asks, others = link_of(point, link), card(page, "Point 7.")
    asks.scroll_into_view_if_needed()
    asks.focus()
    place = others.bounding_box()
    for close in ("Escape", "the button"):
        asks.press("Enter")
        expect(point.get_by_role("heading", name=title)).to_be_focused()
        expect(point.get_by_role("heading", name=title)).to_be_in_viewport(ratio=0.99)
        expect(point.locator("> .point-text")).to_be_in_viewport(ratio=0.99)
        expect(point.locator(".slot").get_by_role("button").first).to_be_in_viewport()
        assert page.evaluate(SCROLLING) == []
        if close == "Escape":
            page.keyboard.press("Escape")
        else:
            point.locator("[data-leave]").click()
        expect(point.get_by_role("heading", name=title)).to_have_count(0)
        expect(asks).to_be_focused()
    asks.scroll_into_view_if_needed()
    assert place
    assert others.bounding_box() | {"y": 0} == place | {"y": 0}


def test_the_room_goes_on_around_what_one_writes(page: Page, ben: Page, sample: Organisation) -> None:
    """Ben raises a point above the one that I write in: it arrives, and my words, my place in them, on the screen, and the focus stay."""
    address = meeting(sample, *(f"Point {n}." for n in range(6)), "First.")
    page.set_viewport_size({"width": 390, "height": 844})
    for each in (page, ben):
        each.goto(address)
    link_of(card(page, "First."), "Learn from it").click()
    insight, advice = page.get_by_label("The insight"), page.get_by_label("Advice for the next project")
    insight.fill("Suppliers decide the schedule.")
    advice.press_sequentially("Ask dates.")
    for _letter in "dates.":
        page.keyboard.press("ArrowLeft")
    before = advice.evaluate("(each) => each.getBoundingClientRect().top")
    write(ben, "The gates came late.")  # it went well, and on a phone that stands above
    expect(card(page, "The gates came late.")).to_be_visible()
    expect(advice).to_be_focused()
    assert abs(advice.evaluate("(each) => each.getBoundingClientRect().top") - before) < 2
    page.keyboard.type("for ")
    expect(advice).to_have_value("Ask for dates.")
    expect(insight).to_have_value("Suppliers decide the schedule.")


def test_the_focus_stays_where_a_browser_takes_it_out(page: Page, ben: Page, sample: Organisation) -> None:
    """The same in a browser that cannot move a field without taking it out of the page."""
    page.add_init_script("delete Element.prototype.moveBefore")
    address = meeting(sample, "First.")
    for each in (page, ben):
        each.goto(address)
    link_of(card(page, "First."), "Learn from it").click()
    page.get_by_label("The insight").press_sequentially("Suppliers decide")
    write(ben, "The gates came late.")
    expect(card(page, "The gates came late.")).to_be_visible()
    expect(page.get_by_label("The insight")).to_be_focused()
    page.keyboard.type(" it.")
    expect(page.get_by_label("The insight")).to_have_value("Suppliers decide it.")


def test_escape_loses_nothing(page: Page, sample: Organisation) -> None:
    """What I wrote before I pressed Escape is there again when I open it, and what I wrote in another point stays there meanwhile."""
    page.goto(meeting(sample, "First.", "Second."))
    for words in ("First.", "Second."):
        link_of(card(page, words), "Learn from it").click()
        card(page, words).get_by_label("The insight").fill(f"Of {words}")
    page.keyboard.press("Escape")
    expect(card(page, "Second.").get_by_label("The insight")).to_be_hidden()
    expect(card(page, "First.").get_by_label("The insight")).to_have_value("Of First.")
    page.keyboard.press("Enter")
    expect(card(page, "Second.").get_by_label("The insight")).to_have_value("Of Second.")


def test_escape_loses_nothing_that_was_refused(page: Page, sample: Organisation) -> None:
    """What I sent and was not taken is mine still: after Escape it is there again. The control: left by its button, it goes."""
    page.goto(meeting(sample, "First."))
    point, length = card(page, "First."), 10_001
    words, insight, advice = (
        page.get_by_label(each) for each in ("What it is to say", "The insight", "Advice for the next project")
    )
    link_of(point, "Change").click()
    words.evaluate("(each) => each.removeAttribute('maxlength')")
    words.fill("x" * length)
    page.get_by_role("button", name="Save the change").click()
    expect(point.locator(".wrong")).to_be_visible()
    page.keyboard.press("Escape")
    expect(words).to_be_hidden()
    link_of(point, "Change").click()
    expect(words).to_have_js_property("textLength", length)
    page.get_by_role("link", name="Leave it as it is").click()
    link_of(point, "Change").click()
    expect(words).to_have_value("First.")
    link_of(point, "Learn from it").click()
    insight.fill("  ")
    advice.fill("Ask for dates.")
    page.get_by_role("button", name="Draw this lesson").click()
    expect(point.locator(".wrong")).to_be_visible()
    page.keyboard.press("Escape")
    expect(advice).to_be_hidden()
    link_of(point, "Learn from it").click()
    expect(advice).to_have_value("Ask for dates.")


def test_a_lesson_is_drawn_within_the_point(browser: Opens, sample: Organisation) -> None:
    """When it is drawn I read which, where I pressed; the page stays, the point has it, and the way back closes what was open."""
    page = opened(browser, sample, 1280, 800)
    point = card(page, POINT)
    link_of(point, "Learn from it").click()
    page.get_by_label("The insight").fill("Suppliers decide the schedule.")
    draw = page.get_by_role("button", name="Draw this lesson")
    draw.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    draw.click()
    drawn = point.locator(".question [data-focus]")
    expect(drawn).to_contain_text("Drawn: Suppliers decide the schedule.")
    expect(drawn).to_be_focused()
    expect(drawn).to_be_in_viewport(ratio=0.99)
    assert abs(page.evaluate("scrollY") - before) < 200  # so much that what was drawn is seen whole
    expect(point.locator("> .meta")).to_contain_text("1 lesson")
    point.get_by_role("link", name="Back to the point").click()
    expect(point.locator(".question")).to_have_count(0)
    expect(link_of(point, "Learn from it")).to_be_focused()


def test_one_goes_on_beside_what_one_took_back(browser: Opens, sample: Organisation) -> None:
    """Far down the board I take a point back: for a while I read that I did, and which, where I look, and go on with the next."""
    page = opened(browser, sample, 1280, 800)
    link_of(card(page, POINT), "Take back").click()
    page.get_by_role("button", name="Take it back").click()
    expect(card(page, POINT)).to_have_count(0)
    told = page.get_by_text("Taken back.")
    expect(page.get_by_role("status").filter(has=told)).to_contain_text(POINT)
    expect(told).to_be_in_viewport(ratio=0.99)
    expect(card(page, "Point 9.").get_by_role("button", name="Vote for")).to_be_focused()
    expect(card(page, "Point 9.").get_by_role("button", name="Vote for")).to_be_in_viewport(ratio=0.99)
    expect(told).to_have_count(0)


def test_without_script_it_is_said_on_the_board(browser: Opens, sample: Organisation) -> None:
    """On a page of its own I am asked, and the board that comes next says that it is done; the next time it says so no more."""
    page = browser(java_script_enabled=False).new_page()
    page.goto(meeting(sample, "The boss forgot."))
    link_of(card(page, "The boss forgot."), "Take back").click()
    expect(page.get_by_role("heading", name="Take this point back?")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("status").filter(has_text="Taken back.")).to_contain_text("The boss forgot.")
    expect(card(page, "The boss forgot.")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("Taken back.")).to_have_count(0)


def test_one_chooses_letters_where_one_writes(page: Page, sample: Organisation) -> None:
    """While something is open in a point, a hand that moves in its field chooses letters and does not take the point up."""
    page.goto(meeting(sample, "First."))
    expect(card(page, "First.")).to_have_attribute("draggable", "true")
    link_of(card(page, "First."), "Change").click()
    expect(page.get_by_label("What it is to say")).to_be_visible()
    expect(card(page, "First.")).to_have_attribute("draggable", "false")
    page.keyboard.press("Escape")
    expect(card(page, "First.")).to_have_attribute("draggable", "true")


def test_what_is_open_when_somebody_closes_it_says_so(page: Page, ben: Page, sample: Organisation) -> None:
    """Ben closes it while I change a point: I read at once that it is too late, my words stay, and I send them once it is open again."""
    address = meeting(sample, "First.", "Second.", "Third.")
    for each in (page, ben):
        each.goto(address)
    first, second, third = (card(page, each) for each in ("First.", "Second.", "Third."))
    link_of(second, "Take back").click()
    expect(second.get_by_role("heading", name="Take this point back?")).to_be_focused()
    link_of(third, "Learn from it").click()
    page.get_by_label("The insight").fill("Suppliers decide the schedule.")
    expect(page.get_by_label("Where it stands")).to_be_visible()
    link_of(first, "Change").click()
    words, sends = page.get_by_label("What it is to say"), page.get_by_role("button", name="Save the change")
    takes = page.get_by_role("button", name="Take it back")
    words.fill("The first one.")
    late = first.get_by_text("It can be changed no more")
    expect(late).to_have_count(1)
    expect(late).to_be_hidden()
    ben.get_by_role("button", name="Close the retrospective").click()
    expect(late).to_be_visible()
    expect(second.get_by_text("It can be taken back no more")).to_be_visible()
    expect(page.locator("[data-arrivals]")).to_contain_text("no more: the retrospective was closed")
    for gone in (sends, takes, page.get_by_label("Where it stands")):
        expect(gone).to_be_hidden()
    expect(words).to_be_focused()
    expect(words).to_have_value("The first one.")
    assert violations(page) == ""
    page.get_by_role("button", name="Draw this lesson").click()  # that is not over
    expect(third.locator(".question [data-focus]")).to_contain_text("Drawn: Suppliers decide the schedule.")
    ben.get_by_role("button", name="Open it again").click()
    expect(late).to_be_hidden()
    expect(takes).to_be_visible()
    sends.click()
    expect(card(ben, "The first one.")).to_be_visible()


def test_whoever_is_on_the_button_that_goes_stays_at_the_point(page: Page, ben: Page, sample: Organisation) -> None:
    """My focus is on the button when it goes: it stands on the question then, and not at the top of the page."""
    address = meeting(sample, "First.")
    for each in (page, ben):
        each.goto(address)
    link_of(card(page, "First."), "Take back").click()
    page.get_by_role("button", name="Take it back").focus()
    ben.get_by_role("button", name="Close the retrospective").click()
    expect(page.get_by_text("It can be taken back no more").first).to_be_visible()
    expect(page.get_by_role("heading", name="Take this point back?")).to_be_focused()
