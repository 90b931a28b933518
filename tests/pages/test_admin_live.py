"""Admin in a real browser: a colleague is invited and gets in; a worker rebuilds a read model while one looks."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(240)


def test_a_colleague_is_invited_and_gets_in(page: Page, browser: Callable[..., Any]) -> None:
    """From the bar at the top to the colleague's first page; she is no administrator and finds no Admin."""
    page.goto("/")
    page.get_by_role("link", name="Admin").click()
    page.get_by_label("Name", exact=True).fill("Grace")
    page.get_by_label("E-mail address").fill("grace@ferries.example")
    page.get_by_role("button", name="Add and make a link").click()
    address = page.get_by_label("The link, shown this once").input_value()
    grace = browser(storage_state=None).new_page()
    grace.goto(address)
    grace.get_by_role("button", name=re.compile("Enter")).click()
    expect(grace.get_by_role("heading", level=1)).to_be_visible()
    grace.goto("/")
    expect(grace.get_by_role("link", name="Log", exact=True)).to_be_visible()
    expect(grace.get_by_role("link", name="Admin")).to_have_count(0)


def test_a_read_model_is_rebuilt_while_i_look(page: Page) -> None:
    """I press the button; without loading the page again I see when it is done."""
    page.goto("/admin/health")
    page.get_by_role("button", name="Rebuild lessons", exact=True).click()
    row = page.get_by_role("row").filter(has_text="lessons").filter(has=page.get_by_text("rebuilt"))
    expect(row.first).to_be_visible()
    expect(page.get_by_text("no worker")).to_have_count(0)
