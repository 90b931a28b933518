"""Texts that go from right to left, on pages that go either way."""

from collections.abc import Callable

import pytest
from every_page import Organisation
from looking import out_of_place
from playwright.sync_api import Page

pytestmark = pytest.mark.timeout(240)
NAME = "\u0634\u0628\u0627\u0628\u064a\u0643 \u062a\u0630\u0627\u0643\u0631"
ADVICE = "\u0627\u062c\u0644\u0633 \u0645\u0639 \u0627\u0644\u0645\u0648\u0631\u062f \u0642\u0628\u0644 \u0627\u0644\u0639\u0642\u062f."
_EDGES = """(found) => {
  const range = document.createRange();
  range.selectNodeContents(found);
  const words = range.getBoundingClientRect(), box = found.getBoundingClientRect();
  return [words.left - box.left, box.right - words.right];
}"""


@pytest.fixture
def lesson(sample: Organisation) -> str:
    """A lesson told in Arabic, of a project named so."""
    project = sample.http.post("/projects", json={"name": NAME, "ended_on": "2025-01-31"}).json()
    drawn = {"type": "lesson_drawn", "data": {"insight": ADVICE, "advice": ADVICE, "language": "ar"}}
    id_: str = sample.http.post(f"/projects/{project['id']}/events", json=drawn).json()["items"][0]["id"]
    sample.http.get(f"/lessons/{id_}", headers={"Prefer": "wait=10"})
    return id_


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_each_text_goes_its_own_way(direction: str, page: Page, lesson: str, sample: Organisation) -> None:
    """Arabic begins on the right, also where the page goes from left to right; English begins on the left, also where it does not."""
    page.goto(f"/lessons/{lesson}")
    page.evaluate("(direction) => { document.documentElement.dir = direction }", direction)
    left, right = page.locator(".next-time p").evaluate(_EDGES)
    assert right < 1 < left
    page.goto(f"/lessons/{sample.lesson['id']}")
    page.evaluate("(direction) => { document.documentElement.dir = direction }", direction)
    left, right = page.locator("h1").evaluate(_EDGES)
    assert left < 1


@pytest.mark.parametrize("width", [320, 1280])
def test_both_on_one_page(width: int, opened: Callable[..., Page], lesson: str, sample: Organisation) -> None:
    """On the list of projects Arabic stands beside English, and nothing gets in the way of anything."""
    assert sample.http.get(f"/lessons/{lesson}").is_success
    page = opened("projects", viewport={"width": width, "height": 800})
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert page.get_by_text(NAME).count()
    assert out_of_place(page) == {}
