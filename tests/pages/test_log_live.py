"""The log in a real browser: what is new is told without a jump, and a worker proves the log while one looks."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

HEIGHTS = """
window.heights = [];
const look = () => {
  const proof = document.querySelector(".proof");
  if (proof) heights.push(proof.getBoundingClientRect().height);
  requestAnimationFrame(look);
};
look();
"""
"""Notes in each frame how high what is told of the proof stands."""
pytestmark = pytest.mark.timeout(240)


def test_new_events_are_told_and_nothing_jumps(page: Page, sample: Any) -> None:
    """Somebody registers a project while I read: a bar says so in the place that was kept for it, and leads to the event."""
    page.goto("/log")
    row = page.locator(".log .row").first
    page.wait_for_timeout(500)  # the stream is open, and what the page asked for while it opened is there
    before = row.bounding_box()
    assert sample.http.post("/projects", json={"name": "Seen live"}).status_code == 201
    bar = page.locator(".new-bar")
    expect(bar).to_contain_text("new event")
    assert row.bounding_box() == before
    bar.click()
    expect(page.get_by_text("The project “Seen live” was registered.")).to_be_visible()


def test_an_event_is_unfolded_in_its_place(page: Page) -> None:
    """By keyboard: its JSON and hashes come when they are asked for."""
    page.goto("/log?type=lessons")
    summary = page.locator(".raw summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".raw .json").first).to_contain_text('"specversion": "1.0"')
    expect(page.locator(".raw").first).to_contain_text("Hash of the one before")


@pytest.mark.parametrize("width", [1280, 760, 660, 390])
@pytest.mark.parametrize("language", ["en-GB", "de"])
def test_a_worker_proves_the_log_while_i_look(
    browser: Callable[..., BrowserContext], width: int, language: str
) -> None:
    """I press the button, see that it is under way, and then how far it holds, without loading the page again; nothing below moves."""
    page = browser(viewport={"width": width, "height": 800}, locale=language).new_page()
    page.add_init_script(HEIGHTS)
    page.goto("/log")
    verify = page.get_by_role("button", name=re.compile("Verify now|Jetzt prüfen"))
    verify.click()
    expect(page.get_by_text(re.compile("Verified up to position|Geprüft bis Position"))).to_be_visible()
    expect(verify).to_be_visible()
    page.wait_for_function("() => heights.length")
    heights = page.evaluate("heights")
    assert max(heights) - min(heights) < 1, heights


def test_all_of_it_works_without_script(browser: Callable[..., Any], sample: httpx.Client) -> None:
    """Filtering, paging, opening an event and asking for the proof are links and forms."""
    page = browser(java_script_enabled=False).new_page()
    page.goto("/log")
    page.get_by_label("What happened").select_option("lessons")
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_text("drew a lesson").first).to_be_visible()
    page.get_by_role("link", name="Older ones").click()
    expect(page.get_by_label("What happened")).to_have_value("lessons")
    page.get_by_role("link", name="Position").first.click()
    expect(page.get_by_text('"specversion": "1.0"')).to_be_visible()
    page.goto("/log")
    page.get_by_role("button", name="Verify now").click()
    expect(page.get_by_text("events").first).to_be_visible()
