"""What holds of every page: it can be used by everybody, is light, and says everything in the reader's language."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from every_page import PAGES, address

HEAVIEST = 100_000  # bytes of a page with all that it loads, as they are sent
pytestmark = pytest.mark.timeout(240)
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_use_it(name: str, theme: Any, browser: Callable[..., Any], sample: Any) -> None:
    """axe finds nothing against WCAG 2.2 AA: contrast, labels, order, names, in light and in dark."""
    page = browser(color_scheme=theme).new_page()
    page.goto(address(name, sample))
    found = Axe().run(page, options=_RULES)
    assert not found.violations_count, found.generate_report()


@pytest.mark.parametrize("name", PAGES)
def test_it_is_light_and_its_own(name: str, browser: Callable[..., Any], sample: Any) -> None:
    """A page weighs less than 100 KB with all that it loads, loads nothing from elsewhere, and nothing in it is refused or fails."""
    context = browser()
    page = context.new_page()
    weights, problems, strangers = [], [], []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.on("request", lambda request: strangers.append(request.url) if sample.url not in request.url else None)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda told: weights.append(told["encodedDataLength"]))
    page.goto(address(name, sample), wait_until="networkidle")
    assert sum(weights) < HEAVIEST
    assert not strangers
    assert [each for each in problems if "404" not in each or name != "not-found"] == []


@pytest.mark.parametrize("name", PAGES)
def test_no_phone_is_too_narrow(name: str, browser: Callable[..., Any], sample: Any) -> None:
    """On a phone nothing has to be moved sideways to be read."""
    page = browser(viewport={"width": 320, "height": 700}).new_page()
    page.goto(address(name, sample))
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
