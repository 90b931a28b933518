"""Admin in a real browser: a colleague is invited and gets in; a worker rebuilds a read model while one looks."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from looking import out_of_place
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(240)
PASSWORD = "seven gulls over the pier"


def test_a_colleague_is_invited_and_gets_in(page: Page, browser: Callable[..., Any]) -> None:
    """From the bar at the top to the colleague's first page: she finds no Admin, signs out, and comes in again with her password."""
    page.goto("/")
    page.get_by_role("link", name="Admin").click()
    page.get_by_label("Name", exact=True).fill("Grace")
    page.get_by_label("E-mail address").fill("grace@ferries.example")
    page.get_by_role("button", name="Add and make a link").click()
    address = page.get_by_label("The link, shown this once").input_value()
    grace = browser(storage_state=None).new_page()
    grace.goto(address)
    grace.get_by_text("Choose a password").click()
    grace.get_by_label("Your password").fill(PASSWORD)
    grace.get_by_role("button", name=re.compile("Enter")).click()
    expect(grace.get_by_role("heading", level=1)).to_be_visible()
    grace.goto("/")
    expect(grace.get_by_role("link", name="Log", exact=True)).to_be_visible()
    expect(grace.get_by_role("link", name="Admin")).to_have_count(0)
    grace.goto("/account")
    grace.get_by_role("button", name="Sign out", exact=True).click()
    expect(grace.get_by_role("heading", name="Sign in")).to_be_visible()
    grace.get_by_label("E-mail address").fill("grace@ferries.example")
    grace.get_by_label("Password").fill(PASSWORD)
    grace.get_by_role("button", name="Sign in", exact=True).click()
    expect(grace.get_by_role("link", name="Log", exact=True)).to_be_visible()
    expect(grace.get_by_role("heading", name="Sign in")).to_have_count(0)


def test_a_phone_shows_all_of_it(browser: Callable[..., Any]) -> None:
    """In German too, whose words are longer: where I am and whatever I can press is on the screen, nothing has to be moved aside for it."""
    page = browser(locale="de-DE", viewport={"width": 390, "height": 800}).new_page()
    for address in ("/admin", "/admin/tokens", "/admin/health", "/learned"):
        page.goto(address)
        for width in (390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert out_of_place(page) == {}, f"{address}, {width} pixels wide"
            expect(page.get_by_role("navigation", name="Seiten").locator("[aria-current]")).to_be_in_viewport(ratio=1)
    page.evaluate(
        "document.querySelector('.places').style.cssText = 'display: flex; overflow-x: auto; flex: none; inline-size: 3rem'"
    )
    assert "beside what it scrolls in" in out_of_place(page)


def test_a_read_model_is_rebuilt_while_i_look(page: Page) -> None:
    """I press the button; without loading the page again I see when it is done."""
    page.goto("/admin/health")
    page.get_by_role("button", name="Rebuild lessons", exact=True).click()
    row = page.get_by_role("row").filter(has_text="lessons").filter(has=page.get_by_text("rebuilt"))
    expect(row.first).to_be_visible()
    page.reload()  # a worker that was busy for long is missed for a moment
    expect(page.get_by_text("no worker")).to_have_count(0)
