"""`make screenshots`: every page in both themes and at two widths, under build/screenshots; and those that README shows, in docs/images."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from every_page import PAGES
from playwright.sync_api import Page

FOLDER = Path("build/screenshots")
README = {
    "project": ("project", "light", 900),
    "retrospective": ("retrospective-while-typing", "light", 1150),
    "learned": ("learned", "dark", 900),
}
"""Name of the picture: page, theme and height."""
pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("name", PAGES)
def test_photograph(name: str, opened: Callable[..., Page]) -> None:
    page = opened(name)
    themes: list[Any] = ["light", "dark"]
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=FOLDER / f"{name}-{theme}-{width}.png", full_page=True)
        for picture, (of, shown_in, height) in README.items():
            if (of, shown_in) == (name, theme):
                page.set_viewport_size({"width": 1440, "height": height})
                page.screenshot(path=Path("docs/images") / f"{picture}.png")
