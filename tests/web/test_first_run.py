"""The first run: an empty organisation says what to do, and can be given a sample to look around in."""

from collections.abc import Callable
from uuid import UUID

import pytest
from browser import Browser
from telling import Teller

from hardwon import handlers
from hardwon.domain.commands import GiveFeedback, RegisterProject
from hardwon.domain.events import ProjectRegistered
from hardwon.domain.values import Profile
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.store import SQL
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections.following import Pool
from hardwon.sample import sample_story
from hardwon.sample.bringing import TAG
from hardwon_api.web.first_run import _STEPS
from hardwon_api.web.home import _PROJECTS

SignIn = Callable[..., Browser]
BY = Metadata("tests")
BEGIN, ANSWER = "Start your project", "Say what a suggestion is worth"


@pytest.fixture
def ada(signed_in: SignIn) -> Browser:
    return signed_in("Ada")


def test_an_empty_organisation_says_what_to_do(ada: Browser, signed_in: SignIn) -> None:
    """Three steps, the first of which is offered; whoever may only read is not asked to do anything."""
    page = ada.get("/").text
    assert page.count('class="step"') == 3
    assert "Bring the sample" in page
    assert "Welcome to Hardwon" in page
    assert "No project yet" in signed_in("Rhea", "reader").get("/").text
    assert "Three steps" not in signed_in("Rita", "reader").get("/").text


def test_the_sample_is_brought_once(ada: Browser, log: Log, organisation: UUID, follow: Callable[[], None]) -> None:
    """Its projects are there, each marked; sent twice, the form brings nothing twice, and the step is done."""
    assert ada.submit("/sample", of="/").status_code == 302
    head = log.head(organisation)
    registered = log.read_types(organisation, [ProjectRegistered], head.position)
    assert len(registered) == len(sample_story().projects) < _STEPS
    assert all(TAG in stored.data["profile"]["tags"] for stored in registered)
    assert {stored.metadata["actor"] for stored in registered} == {f"member:{ada.member_id}"}
    assert ada.submit("/sample", of="/").status_code == 302
    assert log.head(organisation) == head
    follow()
    page = ada.get("/").text
    assert BEGIN in page
    assert "Bring the sample" not in page
    assert page.count('<span class="tag">sample</span>') == _PROJECTS


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


def test_a_newcomer_is_told_the_one_thing_to_do_next(
    ada: Browser, log: Log, organisation: UUID, follow: Callable[[], None]
) -> None:
    """Start your project; then say on *your* project what a suggestion is worth; then the page is what it is every day."""
    lesson = _of_others(log, organisation)
    mine = _project(log, organisation, Profile("Mine"), as_member(ada))
    follow()
    assert BEGIN not in ada.get("/").text
    assert ANSWER not in ada.get("/").text  # nothing was suggested yet
    _suggest(log, organisation, mine, lesson)
    follow()
    page = ada.get("/").text
    assert BEGIN not in page
    assert ANSWER in page
    assert f'<a class="button button-main" href="/projects/{mine}">' in page
    _say(log, organisation, mine, lesson, as_member(ada))
    page = ada.get("/").text
    assert BEGIN not in page
    assert ANSWER not in page


def test_what_others_did_is_not_told_as_mine(
    ada: Browser, log: Log, organisation: UUID, follow: Callable[[], None]
) -> None:
    """Others began projects and answered suggestions here: I am asked to start mine all the same, and am led to no project of theirs."""
    lesson = _of_others(log, organisation)
    theirs = Teller(log, organisation).project("Theirs")
    _suggest(log, organisation, theirs, lesson)
    _say(log, organisation, theirs, lesson, BY)
    follow()
    page = ada.get("/").text
    assert BEGIN in page
    assert "step-done" not in page
    assert f'<a class="button button-main" href="/projects/{theirs}">' not in page


def test_whoever_did_much_is_no_newcomer(
    ada: Browser, log: Log, organisation: UUID, follow: Callable[[], None]
) -> None:
    """Who recorded dozens of finished projects is not told how to begin, however many they are."""
    _of_others(log, organisation)
    for _ in range(_STEPS):
        _project(log, organisation, Profile("Over", ended_on="2020-01-01"), as_member(ada))
    follow()
    assert BEGIN not in ada.get("/").text


@pytest.mark.parametrize("types", [["project_registered", "feedback_given"], ["project_registered"]])
def test_first_steps_are_found_by_their_index(pool: Pool, log: Log, organisation: UUID, types: list[str]) -> None:
    """Whatever else a member recorded, only these steps are read; so are the projects that a member began."""
    teller = Teller(log, organisation)
    teller.lessons(teller.past_project("Salt eats the readers."), *(f"Lesson {each}" for each in range(50)))
    names = {"organisation_id": organisation, "actor": BY.actor, "types": types}
    names |= {"project_id": None, "after": 0, "before": 2**62, "limit": 30}
    with pool.of(organisation) as connection:
        plan = connection.execute("EXPLAIN " + SQL["read_back"], names, prepare=False).fetchall()  # type: ignore[arg-type]
    assert "event_first_steps" in str(plan)


def _of_others(log: Log, organisation: UUID) -> UUID:
    """Let somebody else's project that is over draw a lesson."""
    teller = Teller(log, organisation)
    return teller.lessons(teller.project("Over", ended_on="2020-01-01"), "Salt eats the readers.")[0]


def _project(log: Log, organisation: UUID, profile: Profile, by: Metadata) -> UUID:
    project_id = new_id()
    handlers.register_project(log, organisation, RegisterProject(project_id, profile), Request(project_id, by))
    return project_id


def _suggest(log: Log, organisation: UUID, project: UUID, lesson: UUID) -> None:
    Teller(log, organisation).offer(project, lesson)


def _say(log: Log, organisation: UUID, project: UUID, lesson: UUID, by: Metadata) -> None:
    said = GiveFeedback(project, lesson, "helpful", "")
    handlers.give_feedback(log, organisation, said, Request(new_id(), by))


def as_member(browser: Browser) -> Metadata:
    return Metadata(f"member:{browser.member_id}")
