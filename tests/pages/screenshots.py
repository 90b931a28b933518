"""`make screenshots`: every page in both themes and at two widths, under build/screenshots."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from every_page import PAGES, address

FOLDER = Path("build/screenshots")
pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_photograph(width: int, theme: Any, browser: Callable[..., Any], sample: Any) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    page = browser(color_scheme=theme, viewport={"width": width, "height": 900}).new_page()
    for name in PAGES:
        page.goto(address(name, sample), wait_until="load")
        page.screenshot(path=FOLDER / f"{name}-{theme}-{width}.png", full_page=True)
