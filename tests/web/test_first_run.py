"""The first run: an empty organisation says what to do, and can be given a sample to look around in."""

from collections.abc import Callable
from uuid import UUID

import pytest
from browser import Browser
from telling import Teller

from hardwon.domain.events import FeedbackGiven, ProjectRegistered
from hardwon.ids import new_id
from hardwon.log.wire import Metadata, NewEvent
from hardwon.ports import Log
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, advance
from hardwon.sample.bringing import TAG

SignIn = Callable[..., Browser]
BY = Metadata("tests")


@pytest.fixture
def ada(signed_in: SignIn) -> Browser:
    return signed_in("Ada")


@pytest.fixture
def follow(pool: Pool, organisation: UUID) -> Callable[[], None]:
    def bring_up() -> None:
        for projection in PROJECTIONS:
            advance(pool, projection, organisation)

    return bring_up


def test_an_empty_organisation_says_what_to_do(ada: Browser, signed_in: SignIn) -> None:
    """Three steps, the first of which is offered; whoever may only read is not asked to do anything."""
    page = ada.get("/").text
    assert page.count('class="step"') == 3
    assert "Bring the sample" in page
    assert "Welcome to Hardwon" in page
    assert "No project yet" in signed_in("Rhea", "reader").get("/").text
    assert "Three steps" not in signed_in("Rita", "reader").get("/").text


def test_the_sample_is_brought_once(
    ada: Browser, log: Log, organisation: UUID, follow: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its projects are there, each marked; sent twice, the form brings nothing twice, and the step is done."""
    monkeypatch.setattr("hardwon_api.web.pages._PATIENCE", 0)  # no worker runs in this test
    assert ada.submit("/sample", of="/").status_code == 302
    head = log.head(organisation)
    registered = log.read_types(organisation, [ProjectRegistered], head.position)
    assert len(registered) == 15
    assert all(TAG in stored.data["profile"]["tags"] for stored in registered)
    assert {stored.metadata["actor"] for stored in registered} == {f"member:{ada.member_id}"}
    assert ada.submit("/sample", of="/").status_code == 302
    assert log.head(organisation) == head
    follow()
    page = ada.get("/").text
    assert page.count("step-done") == 1
    assert "Bring the sample" not in page
    assert page.count('<span class="tag">sample</span>') == 15


def test_the_sample_is_not_mixed_with_projects_of_ones_own(
    ada: Browser, log: Log, organisation: UUID, follow: Callable[[], None]
) -> None:
    """It is refused, and not offered either: then the first lessons come from a retrospective of one's own."""
    Teller(log, organisation).project("Ours")
    assert ada.submit("/sample", of="/").status_code == 409
    follow()
    page = ada.get("/").text
    assert "Bring the sample" not in page
    assert "Hold a retrospective" in page
    assert log.head(organisation).position == 3


def test_a_reader_brings_nothing(signed_in: SignIn) -> None:
    assert signed_in("Rhea", "reader").submit("/sample", of="/account").status_code == 403


def test_the_steps_go_away_when_they_are_done(
    ada: Browser, log: Log, organisation: UUID, follow: Callable[[], None]
) -> None:
    """Lessons, a project that has begun, a word on a suggestion: then the page is what it is every day."""
    teller = Teller(log, organisation)
    teller.past_project("Salt eats the readers.")
    follow()
    assert ada.get("/").text.count("step-done") == 1
    project = teller.project("New")
    follow()
    assert ada.get("/").text.count("step-done") == 2
    lesson = teller.lessons(project, "Another.")[0]
    given = FeedbackGiven(project, lesson, "helpful")
    log.append(organisation, [NewEvent(new_id(), "suggestions", given, BY)])
    follow()
    assert "Three steps" not in ada.get("/").text
