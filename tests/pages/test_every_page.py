"""What holds of every page: it can be used by everybody, is light, and fits every screen, from left to right and from right to left."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from every_page import PAGES
from looking import Arriving, out_of_place, violations
from playwright.sync_api import Page

HEAVIEST = 100_000  # bytes of a page with all that it loads, as they are sent
# What is no fault of the page: the browser's word once the line is cut, and htmx's of what it asks no more because somebody typed on.
FORESEEN = ("net::ERR_INTERNET_DISCONNECTED", "htmx:sendAbort", "htmx:afterRequest")
pytestmark = pytest.mark.timeout(240)


@pytest.mark.parametrize("name", PAGES)
def test_it_is_there_for_everybody(name: str, opened: Callable[..., Page], services: dict[str, str]) -> None:
    """A page can be used by everybody, weighs little, loads nothing from elsewhere, and fits every screen."""
    told = Told(tuple(services.values()))
    page = opened(name, told.listen, color_scheme="light")
    assert sum(told.weights) < HEAVIEST * (2 if PAGES[name].deed else 1)  # with a deed, the page before was loaded too
    assert not told.strangers
    foreseen = (f"status of {PAGES[name].status} ", *FORESEEN)
    assert [each for each in told.problems if not any(one in each for one in foreseen)] == []
    _fits(page)
    assert violations(page) == ""


def _fits(page: Page) -> None:
    """On a phone and on a wide screen, from left to right and mirrored, nothing lies beside the screen or on top of something else."""
    for direction in ("rtl", "ltr"):
        page.evaluate("(direction) => { document.documentElement.dir = direction }", direction)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 700})
            assert out_of_place(page) == {}, f"{direction}, {width} pixels wide"


@dataclass
class Told:
    """What a browser tells while a page loads."""

    ours: tuple[str, ...]
    weights: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda said: self.problems.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: None if asked.url.startswith(self.ours) else self.strangers.append(asked.url))
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", lambda loaded: self.weights.append(loaded["encodedDataLength"]))


def test_what_keeps_somebody_out_is_noticed(opened: Callable[..., Page], services: dict[str, str]) -> None:
    """The control: words that are hardly darker than their ground, a picture from elsewhere, and more than a phone should load."""
    told = Told(tuple(services.values()))
    page = opened("account", told.listen)
    page.evaluate("document.querySelector('h1').style.color = '#c0c0c0'")
    assert "color-contrast" in violations(page)
    arriving = Arriving(page)
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.2:9/elsewhere.png'}))")
    page.evaluate("fetch('/openapi.json').then(answer => answer.text())")
    arriving.wait()
    assert told.strangers == ["http://127.0.0.2:9/elsewhere.png"]
    assert sum(told.weights) > HEAVIEST


def test_what_does_not_fit_is_noticed(opened: Callable[..., Page]) -> None:
    """The control: a word that is too long, one put on top of another, and a button that one would have to scroll to."""
    page = opened("account", viewport={"width": 320, "height": 700})
    page.evaluate("document.querySelector('h1').style.cssText = 'white-space: nowrap; font-size: 9rem'")
    assert "beside the screen" in out_of_place(page)
    page.evaluate(
        "const title = document.querySelector('h1'); title.style.cssText = 'position: absolute';"
        "title.style.insetBlockStart = `${document.querySelector('h2').getBoundingClientRect().top}px`"
    )
    assert "on top of each other" in out_of_place(page)
    page.evaluate(
        "const place = document.querySelector('.bar-inner'); place.style.overflowX = 'auto';"
        "place.querySelector('.bar-end').style.marginInlineStart = '30rem'; place.style.flexWrap = 'nowrap'"
    )
    assert out_of_place(page)["beside what it scrolls in"] == ["Account"]
