"""Points of a retrospective are moved by hand, while others go on."""

from typing import Any

import pytest
from boards import board_of, card, meeting
from every_page import Organisation
from playwright.sync_api import Locator, Page, Route, expect

pytestmark = pytest.mark.timeout(300)


def drag(page: Page, what: Locator, onto: Locator, *, position: Any = None) -> None:
    """Drag with a hand that moves on the way: Chromium may still be taking the point up at the first move, and a jump would be lost."""
    what.hover()
    page.mouse.down()
    what.hover(position={"x": 30, "y": 12})
    for _move in range(2):
        onto.hover(position=position)
    page.mouse.up()


def test_points_are_moved_by_pointer(page: Page, sample: Organisation) -> None:
    """Dragged onto another point or a heading a point stands under it; dragged into a column it stands by itself."""
    address = meeting(sample, "First.", "Second.")
    page.goto(address)
    drag(page, card(page, "First."), card(page, "Second."), position={"x": 20, "y": 10})
    expect(card(page, "Second.").locator(".under")).to_contain_text("First.")
    first, second = board_of(sample, address)["points"]
    assert first["under"] == second["id"]
    column = page.locator(".column", has=page.get_by_role("heading", name="Went wrong"))
    drag(page, card(page, "First."), column.get_by_role("heading"))
    expect(page.locator(".under")).to_have_count(0)


def test_a_point_that_is_moved_while_the_board_asks_for_itself_is_moved(page: Page, sample: Organisation) -> None:
    """What others do meanwhile makes the board ask for itself, before my request and again behind it: mine is not lost between them."""
    page.goto(address := meeting(sample, "First.", "Second."))
    asked: list[Route] = []
    page.route(address, lambda route: asked.append(route))  # noqa: PLW0108 - a built-in has no room for the mark it gets
    with page.expect_request(address):
        page.evaluate("htmx.trigger('#board', 'live')")
    drag(page, card(page, "First."), card(page, "Second."), position={"x": 20, "y": 10})
    page.evaluate("htmx.trigger('#board', 'live')")
    page.unroute(address)  # what was asked goes on to the server
    expect(card(page, "Second.").locator(".under")).to_contain_text("First.")
