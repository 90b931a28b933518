"""A lesson's page, in a browser."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def lesson(sample: Any) -> str:
    """A lesson of the test's own."""
    project = sample.http.post("/projects", json={"name": "Gates at the pier", "ended_on": "2025-01-31"}).json()
    drawn = {
        "type": "lesson_drawn",
        "data": {"insight": "Gates freeze.", "advice": "Heat the *hinges*, <b>not</b> the motor."},
    }
    id_: str = sample.http.post(f"/projects/{project['id']}/events", json=drawn).json()["items"][0]["id"]
    sample.http.get(f"/lessons/{id_}", headers={"Prefer": "wait=10"})
    return id_


def test_advice_is_shown_as_it_was_meant_and_runs_nothing(page: Page, lesson: str) -> None:
    """Markdown in advice is set; a tag in it is text."""
    page.goto(f"/lessons/{lesson}")
    advice = page.locator(".next-time .advice")
    expect(advice.locator("em")).to_have_text("hinges")
    expect(advice).to_contain_text("<b>not</b>")


def test_it_is_said_better_and_its_way_shows_it(page: Page, lesson: str) -> None:
    """I change the advice and say why: both stand in the lesson's way, with the words of before."""
    page.goto(f"/lessons/{lesson}")
    page.get_by_text("Say it better", exact=True).click()
    page.get_by_label("Advice for the next project").fill("Heat hinges and motor.")
    page.get_by_label("Why do you change it?").fill("The motor froze too.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".next-time")).to_contain_text("Heat hinges and motor.")
    way = page.locator(".thread")
    expect(way).to_contain_text("Learned")
    expect(way).to_contain_text("The motor froze too.")


def test_it_is_retired_and_stands_again(page: Page, lesson: str) -> None:
    """I retire it with a reason, see that it is suggested no more, and let it stand again."""
    page.goto(f"/lessons/{lesson}")
    page.get_by_text("Retire it", exact=True).first.click()
    page.get_by_label("Why?").fill("There are no gates any more.")
    page.get_by_role("button", name="Retire it").click()
    expect(page.get_by_text("It was retired: it is suggested no more.")).to_be_visible()
    page.get_by_text("Let it stand again", exact=True).first.click()
    page.get_by_label("Why?").fill("New gates were built.")
    page.get_by_role("button", name="Let it stand again").click()
    expect(page.get_by_text("It stands again")).to_be_visible()


def test_another_project_stands_behind_it(page: Page, lesson: str) -> None:
    """A project that went through the same says so, and the lesson counts it."""
    page.goto(f"/lessons/{lesson}")
    page.get_by_text("We went through the same", exact=True).click()
    page.get_by_label("What happened to you?").fill("Ours froze too.")
    page.get_by_role("button", name="Stand behind it").click()
    expect(page.get_by_text("1 other project went through the same.")).to_be_visible()
    expect(page.locator(".thread")).to_contain_text("Ours froze too.")
