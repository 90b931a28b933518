"""A retrospective's board, as the tests of pages open and read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from every_page import Organisation
from playwright.sync_api import Locator, Page

BEN = "ben@ferries.example"
"""The address of another member, whose browser is the fixture `ben`."""


def meeting(sample: Organisation, *points: str, kind: str = "went_wrong") -> str:
    """Open a retrospective of the newest project, with these points on its board, and return its address."""
    events = f"/projects/{sample.project['id']}/events"
    answer = sample.http.post(events, json={"type": "retrospective_held", "data": {"title": "After the opening"}})
    address = f"/retrospectives/{answer.json()['items'][0]['id']}"
    if points:
        raised(sample, address, *points, kind=kind)
    return address


def raised(sample: Organisation, address: str, *points: str, kind: str = "went_wrong") -> None:
    """Raise these points on the board at this address, as a tool does."""
    told = [{"retrospective_id": address.rpartition("/")[2], "kind": kind, "text": text} for text in points]
    events = [{"type": "discussion_point_raised", "data": each} for each in told]
    sample.http.post(f"/projects/{sample.project['id']}/events", json=events).raise_for_status()


@contextmanager
def board_comes(page: Page) -> Iterator[None]:
    """Wait, after what is done within, until the page has got its board again, whether or not it shows it."""
    page.evaluate(
        "window.came = false;"
        "document.addEventListener('htmx:afterRequest', (each) => { window.came ||= each.target.id === 'board'; })"
    )
    yield
    page.wait_for_function("() => window.came")


def board_of(sample: Organisation, address: str) -> Any:
    return sample.http.get(address, headers={"Prefer": "wait=20"}).json()


def card(page: Page, text: str) -> Locator:
    return page.locator(".point", has=page.locator(f"> .point-text:text-is('{text}')")).last


def write(page: Page, text: str) -> None:
    page.get_by_label("What happened?").fill(text)
    page.keyboard.press("Enter")
