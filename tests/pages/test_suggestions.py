"""What a project was suggested, and what it makes of it, in a browser."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from looking import load_until, out_of_place
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.timeout(240)
PROFILE = {
    "name": "Tablets for inspectors",
    "summary": "Inspectors get tablets from one supplier, with training at five depots and an app that works offline.",
}

_PLACES = """(what) => [...document.querySelectorAll(what)].map((each) => {
  const {x, y, width, height} = each.getBoundingClientRect();
  return [x + scrollX, y + scrollY, width, height];
})"""
"""Where everything stands on the page, however far one has scrolled."""
_ALL = "#suggestions, .answered, .suggestion, .suggestion-beside, .verdicts .button, .meta, footer"
_BUTTONS = ".suggestion:first-child .button"


@pytest.fixture
def project(sample: Any) -> Any:
    """A project of the test's own, with suggestions."""
    made = sample.http.post("/projects", json=PROFILE).json()
    waiting = {"Prefer": "wait=30"}
    path = f"/projects/{made['id']}/recommendations"
    for _ in range(4):  # a busy machine may need more than one wait
        offered = sample.http.get(path, headers=waiting).json()
        if offered["state"] == "ready":
            break
    assert offered["items"], offered
    return made | {"recommendations": offered}


def test_one_press_says_it_and_one_takes_it_back(page: Page, project: Any, sample: Any) -> None:
    """I press what I make of a suggestion and see it at once, where I am; I undo it as quickly; a tool reads the same."""
    lesson = project["recommendations"]["items"][0]["lesson"]["id"]
    page.goto(f"/projects/{project['id']}")
    card = page.locator(f"#lesson-{lesson}")
    address = page.url
    card.get_by_role("button", name="We will do this").click()
    expect(card.get_by_role("button", name="We will do this")).to_have_attribute("aria-pressed", "true")
    expect(card.get_by_text("Noted: this page asks later")).to_be_visible()
    assert _feedback(sample, project, lesson)["verdict"] == "adopted"
    expect(page.locator("#answered")).to_contain_text("1 of ")

    card.get_by_role("button", name="Undo").click()
    expect(card.get_by_role("button", name="We will do this")).to_have_attribute("aria-pressed", "false")
    expect(card.get_by_text("Noted: this page asks later")).to_have_count(0)
    assert _feedback(sample, project, lesson) is None
    assert page.url == address


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_when_i_answer(
    browser: Callable[..., BrowserContext], project: Any, width: int, locale: str
) -> None:
    """I unfold, press, press another one, and undo: no button goes elsewhere, nothing else either, and what I had unfolded stays so."""
    page = browser(viewport={"width": width, "height": 800}, locale=locale).new_page()
    page.goto(f"/projects/{project['id']}")
    card = page.locator(".suggestion").first
    buttons = page.evaluate(_PLACES, _BUTTONS)
    card.locator("summary").click()
    expect(card.locator(".behind .thread")).to_be_visible()  # the lesson's way, which comes once this is unfolded
    assert page.evaluate(_PLACES, _BUTTONS) == buttons
    before = page.evaluate(_PLACES, _ALL)
    for value, said in (("adopted", "true"), ("not_relevant", "true"), ("undo", None)):
        card.locator(f"[value={value}]").click()
        expect(card.locator("[aria-pressed=true]")).to_have_count(1 if said else 0)
        if said:
            expect(card.locator(f"[value={value}]")).to_have_attribute("aria-pressed", said)
        assert page.evaluate(_PLACES, _ALL) == before
        assert out_of_place(page) == {}
    # The control: were there no place for the note before it is needed, all below would move.
    page.evaluate("document.styleSheets[0].insertRule('.noted:not(:has(button)) { display: none !important }', 0)")
    without = page.evaluate(_PLACES, _ALL)
    card.locator("[value=helpful]").click()
    expect(card.locator("[value=helpful]")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(_PLACES, _ALL) != without


def test_whether_it_helped_is_asked_when_i_come_back(
    page: Page, browser: Callable[..., BrowserContext], project: Any, sample: Any
) -> None:
    """Nobody asks me on the day on which I adopt it; once it can be said, a line at the top asks, with script and without."""
    lesson = project["recommendations"]["items"][0]["lesson"]["id"]
    page.goto(f"/projects/{project['id']}")
    page.locator(f"#lesson-{lesson}").get_by_role("button", name="We will do this").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    asked = "What you adopted: did it help?"
    expect(page.get_by_text(asked)).to_have_count(0)
    page.reload()
    expect(page.locator(".suggestion").first).to_be_visible()
    expect(page.get_by_text(asked)).to_have_count(0)  # nor a minute later
    outcome = f"/projects/{project['id']}/recommendations/{lesson}/outcome"
    assert sample.http.post(outcome, json={"outcome": "too_early"}).status_code == 200
    load_until(page, page.get_by_text(asked))
    page.get_by_text(asked).click()
    page.get_by_role("button", name="It helped").click()
    expect(page.get_by_role("button", name="It helped")).to_have_attribute("aria-pressed", "true")
    assert _feedback(sample, project, lesson)["outcome"] == "helped"

    plain = browser(java_script_enabled=False).new_page()
    plain.goto(f"/projects/{project['id']}")
    plain.get_by_text(asked).click()
    plain.get_by_role("button", name="It did not").click()
    expect(plain.get_by_role("button", name="It did not")).to_have_attribute("aria-pressed", "true")
    assert _feedback(sample, project, lesson)["outcome"] == "did_not_help"


def test_it_goes_by_keyboard(page: Page, project: Any) -> None:
    """With keys alone I answer a suggestion, am still at the button that I pressed, and stay at its card when I take it back."""
    page.goto(f"/projects/{project['id']}")
    card = page.locator(".suggestion").first
    button = card.get_by_role("button", name="We knew it")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    card.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(card.get_by_role("button", name="We will do this")).to_be_focused()


def test_what_was_not_sent_is_told_where_i_am(page: Page, project: Any) -> None:
    """Far down a page the line fails: I see that what I press was not sent, and when it is back, press it once more."""
    page.goto(f"/projects/{project['id']}")
    button = page.locator(".suggestion").nth(2).get_by_role("button", name="Good to know")
    button.scroll_into_view_if_needed()
    bar, note = page.get_by_text("Offline: what you send must wait."), page.locator("#notice")
    page.context.set_offline(True)
    expect(bar).to_be_in_viewport(ratio=1)
    expect(note).to_have_text("")  # nobody pressed anything
    button.click()
    expect(note.get_by_text("That was not sent")).to_be_in_viewport(ratio=1)
    expect(button).to_have_attribute("aria-pressed", "false")
    page.context.set_offline(False)
    expect(note).to_have_text("You are back. Press once more what was not sent.")
    expect(bar).to_be_hidden()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(note).to_have_text("")


def test_what_sets_two_answers_apart_is_said_where_i_press(page: Page, project: Any) -> None:
    """Which of them is asked about later stands below the first card's answers, and each button says it of itself."""
    page.goto(f"/projects/{project['id']}")
    expect(page.get_by_text("Only “We will do this” is asked about later, on this page").first).to_be_visible()
    for card in page.locator(".suggestion").all():
        said = {"We will do this": "This page asks later whether it helped.", "Good to know": "Nothing is asked later."}
        for name, words in said.items():
            expect(card.get_by_role("button", name=name)).to_have_accessible_description(words)


@pytest.mark.parametrize("width", [390, 1366])
def test_one_goes_from_the_advice_to_the_answers_and_then_to_more(
    browser: Callable[..., BrowserContext], project: Any, width: int
) -> None:
    """The key that goes on follows what is read, on a phone and where the answers stand beside: they begin above what tells more."""
    page = browser(viewport={"width": width, "height": 800}).new_page()
    page.goto(f"/projects/{project['id']}")
    stops = page.locator(".suggestion").first.locator("a:visible, button:visible, summary:visible")
    stops.first.focus()
    heights: list[float] = []
    for each in stops.all():
        expect(each).to_be_focused()
        heights.append((each.bounding_box() or {})["y"])
        page.keyboard.press("Tab")
    assert len(heights) == 1 + 4 + 1
    assert heights[1:] == sorted(heights[1:])


def test_what_was_suggested_by_then(page: Page, project: Any) -> None:
    """I move the slider to the beginning: nothing had been suggested then; I move it on, and all is there again."""
    page.goto(f"/projects/{project['id']}")
    slider = page.get_by_label("What did this project know on")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.get_by_text("Nothing had been suggested by then").first).to_be_visible()
    expect(page.locator("[data-steps]").get_by_text("Nothing had been suggested by then")).to_be_in_viewport()
    expect(page.locator(".suggestion")).to_have_count(0)
    expect(page.get_by_role("button", name="We will do this")).to_have_count(0)
    expect(page.get_by_role("link", name="Back to now")).to_be_visible()
    expect(slider).to_be_focused()
    page.wait_for_load_state()  # until then the slider is put where the page stands
    page.keyboard.press("End")
    expect(page.locator(".suggestion").first).to_be_visible()
    expect(slider).to_be_focused()


def test_a_suggestion_leads_to_its_story(page: Page, project: Any) -> None:
    """The link on a card shows the story, the advice, the way of the lesson, and where it went."""
    page.goto(f"/projects/{project['id']}")
    card = page.locator(".suggestion").first
    card.get_by_text("Tell me more").click()
    expect(card.locator(".behind .thread")).to_be_visible()  # it comes in above the link
    card.get_by_role("link", name="The whole lesson, and where it went").click()
    for title in ("Next time", "The story", "Its way so far", "Where it went"):
        expect(page.get_by_role("heading", name=title)).to_be_visible()


def test_something_new_is_said_and_does_not_push_what_i_read(page: Page, project: Any, sample: Any) -> None:
    """While I read, the project is described anew and offered more: I am told, and see it when I want to."""
    page.goto(f"/projects/{project['id']}")
    expect(page.locator(".suggestion").first).to_be_visible()
    changes = {
        "summary": "Moving the payroll to a cloud platform, and a data centre is given up.",
        "technologies": ["cloud"],
    }
    before = _shown(page)
    sample.http.patch(f"/projects/{project['id']}", json=changes)
    expect(page.get_by_role("link", name="There is something new")).to_be_visible()
    assert _shown(page) == before
    page.get_by_role("link", name="There is something new").press("Enter")  # it may be put there anew under a hand
    told = page.locator("#answered")
    expect(told).to_be_visible()  # not while it still waits for them
    expect(told).not_to_contain_text(re.compile(rf"\b{before} lesson"))
    assert _shown(page) > before


def _shown(page: Page) -> int:
    """Return how many suggestions there are, with those that are not unfolded yet: each time, the next three come."""
    while (folded := page.locator("details.rest:not([open]) > summary")).count():
        seen = page.locator(".suggestion").count()
        folded.click()
        expect(page.locator(".suggestion").nth(seen)).to_be_visible()
    return page.locator(".suggestion").count()


def _feedback(sample: Any, project: Any, lesson: str) -> Any:
    items = sample.http.get(f"/projects/{project['id']}/recommendations").json()["items"]
    return next(each["feedback"] for each in items if each["lesson"]["id"] == lesson)
