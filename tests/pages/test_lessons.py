"""A lesson's page, in a browser."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from looking import Arriving, violations
from outside import wait_for
from playwright.sync_api import BrowserContext, Page, expect

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

    def is_found() -> bool:
        answer = sample.http.get("/search?q=gates+freeze&limit=20")
        return answer.is_success and id_ in {each["lesson"]["id"] for each in answer.json()["items"]}

    wait_for(is_found, "the lesson in the search: it was drawn just now")
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


@pytest.fixture
def mine(sample: Any) -> dict[str, str]:
    """A project of the test's own that goes on, and got its first answer: it says enough not to be offered what many met."""
    about = "Cyclists shall find room on the evening ferry: racks, a fare of their own, and somebody who loads them."
    told = {"name": "A ferry for bicycles", "summary": about}
    made: dict[str, str] = sample.http.post("/projects", json=told).json()
    path, waiting = f"/projects/{made['id']}/recommendations", {"Prefer": "wait=20"}
    wait_for(lambda: sample.http.get(path, headers=waiting).json()["state"] == "ready", "the first answer")
    return made


def test_it_is_found_and_taken_into_my_project(page: Page, lesson: str, mine: dict[str, str]) -> None:
    """From my project I search, open what I found, and take it along with my project chosen already; all of it by keys alone."""
    page.goto(f"/projects/{mine['id']}")
    page.get_by_role("link", name="Search for more").press("Enter")
    field = page.get_by_label("What do you want to know?")
    expect(field).to_be_focused()
    arriving = Arriving(page)  # what is listed until then is about to be replaced
    field.press_sequentially("gates freeze", delay=15)
    expect(page).to_have_url(re.compile(r"[?&]q=gates\+freeze(&|$)"))
    field.press("Tab")  # who leaves the field asks once more
    arriving.wait()
    found = page.locator(f"#results h2 a[href*='{lesson}']")
    found.press("Enter")
    page.wait_for_url("**/lessons/*")
    expect(page.get_by_role("link", name="Back to the search")).to_be_visible()
    into = page.get_by_label("We will do this in …")
    expect(into.locator("option:checked")).to_have_text("A ferry for bicycles")
    into.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Take it along")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/projects/{mine['id']}#lesson-{lesson}")
    card = page.locator(f"#lesson-{lesson}")
    expect(card).to_contain_text("You brought it here on")
    expect(card.get_by_role("button", name="We will do this")).to_have_attribute("aria-pressed", "true")


def test_the_search_is_where_it_was(page: Page, lesson: str) -> None:
    """The way back from what I found leads to the same search, as far as I had looked."""
    page.goto("/search?q=gates+freeze&all=1")
    page.locator(f"#results h2 a[href*='{lesson}']").click()
    page.get_by_role("link", name="Back to the search").click()
    expect(page).to_have_url("/search?q=gates+freeze&all=1")
    expect(page.get_by_label("What do you want to know?")).to_have_value("gates freeze")


@pytest.mark.parametrize(("language", "press"), [("en-GB", "Take it along"), ("de-DE", "Mitnehmen")])
def test_it_is_taken_along_without_script(
    language: str, press: str, browser: Callable[..., BrowserContext], lesson: str, mine: dict[str, str]
) -> None:
    """A form like any other, in both languages."""
    page = browser(java_script_enabled=False, locale=language).new_page()
    page.goto(f"/lessons/{lesson}?project={mine['id']}")
    page.get_by_role("button", name=press).click()
    expect(page).to_have_url(f"/projects/{mine['id']}#lesson-{lesson}")
    expect(page.locator(f"#adopted-{lesson}")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("script", [True, False])
def test_taken_out_again_it_can_be_brought_back(
    script: bool,  # noqa: FBT001 - a parameter of the test
    browser: Callable[..., BrowserContext],
    lesson: str,
    mine: dict[str, str],
) -> None:
    """I read that it is out where whatever happens is said, nothing moves for that, and a second Enter does not bring it back by mistake.

    Pressing on its words leaves it there.
    """
    page = browser(java_script_enabled=script).new_page()
    sample_page = f"/projects/{mine['id']}"
    page.goto(f"/lessons/{lesson}?project={mine['id']}")
    page.get_by_role("button", name="Take it along").click()
    card = page.locator(f"#lesson-{lesson}")
    card.locator(".suggestion-beside").get_by_role("button", name="Take it out of the project again").click()
    told = page.locator("#notice").get_by_text("Taken out of the project again.")
    expect(told).to_be_in_viewport(ratio=0.99)
    expect(card).to_have_count(0)
    place = page.locator(".beside").bounding_box()
    if script:
        assert violations(page) == ""
        expect(page.locator("#put-back")).to_be_focused()
        page.keyboard.press("Enter")
        told.click()
        expect(told).to_be_visible()
        page.get_by_role("button", name="Bring it back").focus()
        expect(told).to_be_visible()
    page.get_by_role("button", name="Bring it back").click()
    expect(page).to_have_url(re.compile(f"{sample_page}.*#lesson-{lesson}$"))
    expect(card).to_contain_text("You brought it here on")
    card.get_by_role("button", name="Take it out of the project again").click()
    expect(told).to_be_visible()
    page.goto(sample_page)
    expect(told).to_have_count(0)
    assert page.locator(".beside").bounding_box() == place


@pytest.mark.parametrize("go_on", ["press", "key"])
def test_what_is_said_of_it_goes_when_i_go_on(go_on: str, page: Page, lesson: str, mine: dict[str, str]) -> None:
    """On a phone it lies over the answers: it is gone as soon as I press elsewhere, or go elsewhere by keyboard."""
    page.goto(f"/lessons/{lesson}?project={mine['id']}")
    page.get_by_role("button", name="Take it along").click()
    page.locator(f"#lesson-{lesson}").get_by_role("button", name="Take it out of the project again").click()
    told, back = page.get_by_text("Taken out of the project again."), page.get_by_role("button", name="Bring it back")
    expect(told).to_be_visible()
    page.wait_for_load_state()
    if go_on == "press":
        page.locator("footer p").first.click()  # which no focus goes to
    else:
        back.focus()
        expect(told).to_be_visible()
        page.keyboard.press("Tab")
    expect(told).to_have_count(0)
