"""The first minutes of somebody who has only the address, and an organisation in which nothing is yet."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from every_page import Organisation
from others import ENTER, link
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hardwon.ids import new_id
from hardwon_local.running import Running

pytestmark = pytest.mark.timeout(240)
PATIENCE = 60_000  # milliseconds
_ALL_READ = 150_000  # until a worker has read the whole sample, and suggests


@pytest.fixture
def newcomer(hardwon: Running, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Return what opens the pages of an organisation of its own for its first administrator."""
    token, opened = hardwon.register("A newcomer's"), []

    def enter(**options: Any) -> Page:
        opened.append(chromium.new_context(base_url=hardwon.url, locale="en-GB", **options))
        opened[-1].set_default_timeout(PATIENCE)
        page = opened[-1].new_page()
        page.goto(hardwon.entry_address(token))
        page.get_by_role("button", name=re.compile("Enter")).click()
        expect(page.get_by_role("heading", name="Three steps to begin with")).to_be_visible()
        return page

    yield enter
    for context in opened:
        context.close()


def test_from_nothing_to_a_word_on_a_suggestion(newcomer: Callable[..., Page]) -> None:
    """Bring the sample, say in a line what I do, then what a suggestion is worth: each leads to the next, then the list is gone."""
    page = newcomer()
    page.get_by_role("button", name="Bring the sample").click()
    expect(page.get_by_role("heading", name="Start your project")).to_be_visible()
    page.get_by_label("What project are you about to begin?").fill(
        "New payment terminals on eleven piers in one weekend"
    )
    page.get_by_role("button", name="Show me what others learned").click()
    expect(page.get_by_role("button", name="Good to know").first).to_be_visible(timeout=_ALL_READ)
    page.goto("/")
    page.get_by_role("link", name="To your project").click()
    page.get_by_role("button", name="Good to know").first.click()
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    expect(page.locator(".first-run")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False])
def test_who_comes_by_a_link_begins_with_a_line(
    hardwon: Running, sample: Organisation, token: str, browser: Callable[..., BrowserContext], *, script: bool
) -> None:
    """An invited member says on the link's page what he is about to do; also a double click leads to what others learned."""
    name = f"Nora {script}"
    member = sample.http.post("/members", json={"name": name, "email": f"{new_id()}@ferries.example"}).json()
    page = browser(storage_state=None, java_script_enabled=script).new_page()
    page.goto(link(hardwon, token, member["id"]))
    page.get_by_label("What project are you about to begin?").fill(f"New payment terminals on eleven piers, {name}")
    page.get_by_role("button", name="Show me what others learned").click(click_count=1 + script, delay=20)
    expect(page.get_by_role("heading", name="New payment terminals on eleven piers", level=1)).to_be_visible()
    if script:
        expect(page.get_by_role("button", name="Good to know").first).to_be_visible()


def test_a_press_that_did_not_arrive_is_no_last_one(
    hardwon: Running, sample: Organisation, token: str, browser: Callable[..., BrowserContext]
) -> None:
    """I stop what the button sent that is taken once: a moment later it works again."""
    member = sample.http.post("/members", json={"name": "Nils", "email": f"{new_id()}@ferries.example"}).json()
    page = browser(storage_state=None).new_page()
    page.goto(link(hardwon, token, member["id"]))
    page.route("**/enter/*", lambda route: route.abort("aborted"), times=1)
    enter = page.get_by_role("button", name=ENTER)
    enter.click(no_wait_after=True)
    page.wait_for_timeout(3_500)
    enter.click()
    expect(page).to_have_url(f"{hardwon.url}/")


def test_the_sample_comes_without_script(newcomer: Callable[..., Page]) -> None:
    """By a form like any other."""
    page = newcomer(java_script_enabled=False)
    page.get_by_role("button", name="Bring the sample").click()
    expect(page.get_by_role("link", name="Near-miss reporting for everyone")).to_be_visible()
