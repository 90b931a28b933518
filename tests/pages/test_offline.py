"""A page in a train: what was pressed and could not be sent is told, and nothing that one wrote is lost."""

import re
from collections.abc import Callable

import pytest
from boards import meeting
from every_page import Organisation
from playwright.sync_api import BrowserContext, Locator, Page, expect

pytestmark = pytest.mark.timeout(240)


def note(page: Page) -> Locator:
    return page.locator("#notice")


def test_a_point_that_was_not_sent_is_in_its_field(page: Page, sample: Organisation) -> None:
    """I raise a point while the line has failed: that is said, and what I wrote is there to be sent again."""
    page.goto(meeting(sample))
    field = page.get_by_label("What happened?")
    page.context.set_offline(True)
    field.fill("Nobody had a key.")
    field.press("Enter")
    expect(note(page).get_by_text("That was not sent")).to_be_in_viewport(ratio=1)
    expect(field).to_have_value("Nobody had a key.")


def test_a_page_is_not_left_for_nothing(browser: Callable[..., BrowserContext]) -> None:
    """Offline I press a link by mistake: what I wrote stays. The browser was wrong about the line: who insists goes on."""
    page = browser().new_page()
    page.clock.install()
    page.goto("/projects/new")
    page.clock.pause_at(page.evaluate("Date.now()") / 1_000 + 60)
    page.evaluate("dispatchEvent(new Event('offline'))")
    page.get_by_label("What is it called?").fill("Tablets for piers")
    away = page.get_by_role("link", name="Not now")
    away.dblclick()
    expect(note(page).get_by_text("That was not sent")).to_be_visible()
    expect(page.get_by_label("What is it called?")).to_have_value("Tablets for piers")
    page.clock.run_for(1_000)
    away.click()
    expect(page).not_to_have_url(re.compile("/projects/new"))


def test_where_there_is_no_network_pages_are_left_at_once(browser: Callable[..., BrowserContext]) -> None:
    """Hardwon runs on my own machine, in a train: the browser says that there is no line, and the page came all the same."""
    page = browser().new_page()
    page.add_init_script("Object.defineProperty(navigator, 'onLine', { get: () => false });")
    page.goto("/projects/new")
    expect(page.get_by_text("Offline:")).to_be_hidden()
    page.get_by_role("link", name="Not now").click()
    expect(page).not_to_have_url(re.compile("/projects/new"))
