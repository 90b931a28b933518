"""The main way through Hardwon with keys alone."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(240)
_FAR = 60  # presses of Tab: nobody goes on for longer


def test_from_the_first_word_to_an_answer(page: Page) -> None:
    """With Tab, Enter and letters I start a project, wait for what others learned, answer, and take it back; I always see where I am."""
    page.goto("/projects/new")
    go(page, "Skip to the content")
    page.keyboard.press("Enter")
    go(page, "name")
    page.keyboard.type("Tablets for the harbour masters")
    go(page, "summary")
    page.keyboard.type("Tablets on eleven piers; the hardware comes from one supplier.")
    go(page, "Show me what others learned")
    page.keyboard.press("Enter")
    expect(page.locator(".suggestion").first).to_be_visible()
    go(page, "We will do this")
    page.keyboard.press("Space")
    expect(page.locator(".suggestion [aria-pressed=true]")).to_be_visible()
    go(page, "Undo")
    page.keyboard.press("Enter")
    expect(page.locator(".suggestion [aria-pressed=true]")).to_have_count(0)


def test_the_control_whoever_cannot_see_the_focus_is_noticed(page: Page) -> None:
    """The same way on a page that draws no line around what has the focus."""
    page.goto("/")
    page.evaluate("for (const each of document.querySelectorAll('*')) each.style.outline = 'none'")
    with pytest.raises(AssertionError, match="nobody sees"):
        go(page, "Search")


def go(page: Page, to: str) -> None:
    """Press Tab until the control of these words, or the field of this name, has the focus, and shows it."""
    for _press in range(_FAR):
        page.keyboard.press("Tab")
        here, seen = page.evaluate(
            "() => { const on = document.activeElement, style = getComputedStyle(on);"
            " return [[on.name, on.textContent.trim()], style.outlineStyle != 'none' && on.checkVisibility()]; }"
        )
        assert seen, f"nobody sees that the focus is on {here}"
        if to in here:
            return
    raise AssertionError(f"{to} cannot be reached")
