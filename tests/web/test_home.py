"""Home: what came again waits for a word of somebody who knows."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from browser import Browser
from telling import Teller

from hardwon import handlers
from hardwon.domain.commands import DetectRecurrence
from hardwon.ports import Log

SignIn = Callable[..., Browser]
ASKED = 'name="same" value="yes"'


@pytest.fixture
def again(log: Log, organisation: UUID, follow: Callable[[], None]) -> UUID:
    """A point of one project that sounds like what another had learned, and like a story of a third."""
    teller = Teller(log, organisation)
    first, second = teller.project("The first ferry"), teller.project("The second ferry")
    (lesson,) = teller.lessons(first, "Salt eats the readers.")
    (point, bare) = teller.points(second, "Our readers rust.", "The crew had no keys.")
    (earlier,) = teller.points(first, "Nobody had the keys.")
    found = ((point, lesson, None), (bare, None, earlier))
    detected = [DetectRecurrence(at, second, drawn, met, 0.8, False, False, "r", "m") for at, drawn, met in found]
    handlers.detect_recurrences(log, organisation, detected, "tests")
    follow()
    return point


def test_it_says_whose_it_is_what_is_asked_and_what_happens_then(signed_in: SignIn, again: UUID) -> None:
    """The project in which it went wrong, what was known before and from whom, and what my answer does."""
    page = signed_in("Ada").get("/").text
    assert page.count("The second ferry</a></p>") == 2
    assert "What “The first ferry” had learned before:" in page
    assert "What “The first ferry” had told before:" in page
    assert "Is it the same?" in page
    assert "you may" in page
    assert "takes it out of there" in page


def test_whoever_may_not_answer_is_not_asked(signed_in: SignIn, again: UUID) -> None:
    """What is somebody else's to decide does not stand in a newcomer's way."""
    assert "The same again?" in signed_in("Ada").get("/").text
    page = signed_in("Mia", "member").get("/").text
    assert "The same again?" not in page
    assert ASKED not in page


def test_a_project_says_how_many_suggestions_wait(
    signed_in: SignIn, log: Log, organisation: UUID, follow: Callable[[], None]
) -> None:
    """I see in the list where a word of mine is wanted: not for what was answered, nor a lesson that no longer stands."""
    teller = Teller(log, organisation)
    lessons = teller.lessons(teller.project("A ferry"), "Salt.", "Rust.", "Ice.", "Fog.")
    project, bare = teller.project("A second ferry"), teller.project("A third ferry")
    teller.offer(project, *lessons)
    follow()
    mia = signed_in("Mia", "member")
    assert told(mia, project) == "4 suggestions wait for an answer"
    assert told(mia, bare) is None
    for lesson, verdict in zip(lessons, ("adopted", "not_relevant"), strict=False):
        mia.submit(f"/projects/{project}/suggestions/{lesson}", of=f"/projects/{project}", verdict=verdict)
    teller.retire(lessons[2])
    follow()
    assert told(mia, project) == "1 suggestion waits for an answer"
    assert told(mia, bare) is None


def told(browser: Browser, project: UUID) -> str | None:
    """Return what the list of projects says beside this one of what waits."""
    (row,) = [row for row in browser.get("/").text.split("<li") if f'href="/projects/{project}"' in row]
    found = re.search(r"\d+ suggestions? waits? for an answer", row.partition("</li>")[0])
    return found and found[0]


@pytest.mark.parametrize(("ended_on", "waiting"), [("2199-05-01", 1), ("2020-05-01", 0)])
def test_a_project_whose_end_lies_ahead_goes_on(
    signed_in: SignIn, log: Log, organisation: UUID, follow: Callable[[], None], ended_on: str, waiting: int
) -> None:
    """I said when it will end: until then its suggestions wait for me as those of any other."""
    teller = Teller(log, organisation)
    (lesson,) = teller.lessons(teller.project("A ferry"), "Salt.")
    teller.offer(teller.project("A second ferry", ended_on=ended_on), lesson)
    follow()
    assert signed_in("Mia", "member").get("/").text.count("1 suggestion waits for an answer") == waiting


def test_what_was_answered_waits_no_more(signed_in: SignIn, again: UUID, follow: Callable[[], None]) -> None:
    ada = signed_in("Ada")
    assert ada.get("/").text.count(ASKED) == 2
    assert ada.submit(f"/recurrences/{again}", of="/", same="no").status_code == 302
    follow()
    assert ada.get("/").text.count(ASKED) == 1
