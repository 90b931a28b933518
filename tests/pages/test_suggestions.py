"""What a project was suggested, and what it makes of it, in a browser."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(240)
PROFILE = {
    "name": "Tablets for inspectors",
    "summary": "Inspectors get tablets from one supplier, with training at five depots and an app that works offline.",
}


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
    assert _feedback(sample, project, lesson)["verdict"] == "adopted"

    card.get_by_role("button", name="It helped").click()
    expect(card.get_by_role("button", name="It helped")).to_have_attribute("aria-pressed", "true")
    assert _feedback(sample, project, lesson)["outcome"] == "helped"

    card.get_by_role("button", name="Undo").click()
    expect(card.get_by_role("button", name="We will do this")).to_have_attribute("aria-pressed", "false")
    assert _feedback(sample, project, lesson) is None
    assert page.url == address


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


def test_what_was_suggested_by_then(page: Page, project: Any) -> None:
    """I move the slider to the beginning: nothing had been suggested then; back at now it is all there again."""
    page.goto(f"/projects/{project['id']}")
    slider = page.get_by_label("Show what was suggested by then")
    slider.focus()
    page.keyboard.press("Home")
    page.locator("form[data-steps]").get_by_role("button", name="Show").click()
    expect(page.get_by_text("Nothing had been suggested by then")).to_be_visible()
    expect(page.locator(".suggestion")).to_have_count(0)
    expect(page.get_by_role("button", name="We will do this")).to_have_count(0)
    page.get_by_role("link", name="Back to now").click()
    expect(page.locator(".suggestion").first).to_be_visible()


def test_a_suggestion_leads_to_its_story(page: Page, project: Any) -> None:
    """ "Tell me more" shows the story, the advice, the way of the lesson, and where it went."""
    page.goto(f"/projects/{project['id']}")
    page.locator(".suggestion").first.get_by_role("link", name="Tell me more").click()
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
    sample.http.patch(f"/projects/{project['id']}", json=changes)
    before = _shown(page)
    expect(page.get_by_role("link", name="There is something new")).to_be_visible()
    assert _shown(page) == before
    page.get_by_role("link", name="There is something new").click()
    told = page.locator(".arrivals p.quiet")
    expect(told).to_be_visible()  # not while it still waits for them
    expect(told).not_to_contain_text(f"{before} lesson")
    assert _shown(page) > before


def _shown(page: Page) -> int:
    """Return how many suggestions there are, with those that are not unfolded yet: once they are, all are there."""
    if page.locator("details.rest:not([open]) > summary").count():
        page.locator("details.rest > summary").click()
        expect(page.locator("details.rest .suggestion").first).to_be_visible()
    return page.locator(".suggestion").count()


def _feedback(sample: Any, project: Any, lesson: str) -> Any:
    items = sample.http.get(f"/projects/{project['id']}/recommendations").json()["items"]
    return next(each["feedback"] for each in items if each["lesson"]["id"] == lesson)
