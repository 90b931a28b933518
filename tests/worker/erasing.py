"""An organisation in which two members wrote what they went through, and all that was made of it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
import read_models
from celery import Celery
from flask.testing import FlaskClient
from in_process import Worker

from hardwon import handlers, organisations
from hardwon.domain.commands import (
    AddMember,
    ConfirmRecurrence,
    DetectRecurrence,
    DrawLesson,
    EndorseLesson,
    GiveFeedback,
    RaiseDiscussionPoint,
    RegisterProject,
    ReportOutcome,
    RetireLesson,
    ReviseLesson,
    RewordPoint,
)
from hardwon.domain.errors import Unavailable
from hardwon.domain.values import Profile
from hardwon.handlers import Request, RetroItem
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool
from hardwon.work import FOLLOW, SEARCH
from hardwon_api.app import create_app
from hardwon_api.context import Deps
from hardwon_api.found import Found
from hardwon_api.gate import Gate
from hardwon_api.hints import CeleryHints, producer
from hardwon_api.searching import WorkerSearch
from hardwon_api.settings import ApiSettings
from hardwon_api.streams import Streams

Erase = Callable[..., str]
"""Runs the command on a story, with options, and returns what it said."""
OTHERS = "Archaeopteryx2816Marker"


def new_story(log: Log) -> "Story":
    return Story(log, organisations.register(log, "An organisation", "tests"))


@dataclass
class Story:
    log: Log
    organisation: UUID
    person: UUID = field(default_factory=new_id)
    other: UUID = field(default_factory=new_id)
    ids: dict[str, UUID] = field(default_factory=dict)
    mark: str = field(default_factory=lambda: f"Quetzalcoatlus{secrets.token_hex(8)}")
    """A word that only the member says, and no other story's."""

    def by(self, person: UUID | None) -> Metadata:
        return Metadata("tests", person_id=person)

    def project(self, name: str, **profile: Any) -> UUID:
        id_ = new_id()
        command = RegisterProject(id_, Profile(name, **profile))
        handlers.register_project(self.log, self.organisation, command, Request(id_, self.by(None)))
        return id_

    def point(self, project: UUID, text: str, person: UUID | None) -> UUID:
        id_ = new_id()
        item = RetroItem(
            RaiseDiscussionPoint(id_, project, None, "went_wrong", text, (text.split(maxsplit=1)[0],)), id_
        )
        handlers.record_retro_events(self.log, self.organisation, project, [item], self.by(person))
        return id_

    def reword(self, point: UUID, text: str, person: UUID | None) -> None:
        request = Request(new_id(), self.by(person))
        handlers.change_point(self.log, self.organisation, RewordPoint(point, text), request)

    def lesson(self, project: UUID, text: str, person: UUID | None, points: tuple[UUID, ...] = ()) -> UUID:
        id_ = new_id()
        said = (f"{text} the crane was late.", f"{text} order the crane early.", f"{text} cranes")
        item = RetroItem(DrawLesson(id_, project, None, *said, points, (text,), "en"), id_)
        handlers.record_retro_events(self.log, self.organisation, project, [item], self.by(person))
        return id_

    def change(self, command: Any, person: UUID | None) -> None:
        handlers.change_lesson(self.log, self.organisation, command, Request(new_id(), self.by(person)))


def tell(log: Log, worker: Worker) -> Story:
    """Let a member and another one write in every way there is, and the worker make all of it that it can."""
    story = new_story(log)
    mine, theirs = story.person, story.other
    for person, name, role in ((theirs, OTHERS, "administrator"), (mine, story.mark, "project_office")):
        command = AddMember(person, f"{name} Okafor", f"{name}@ferries.example", role, ("Cranes",))
        handlers.change_members(log, story.organisation, command, Request(new_id(), story.by(theirs)))
    yard = story.project("The yard", ended_on="2020-01-01")
    dock = story.project("The dock", ended_on="2020-01-01")
    story.ids["yard"] = yard
    raised = [story.point(yard, f"{story.mark} the crane did not come {n}", mine) for n in range(2)]
    story.ids["point"] = raised[0]
    story.ids["unanswered"] = raised[1]
    story.ids["plain"] = story.point(yard, f"{OTHERS} the crane did not come", None)
    story.reword(raised[0], f"{story.mark} the crane came late", mine)
    story.reword(raised[1], f"{story.mark} the crane did not come at all", theirs)
    drawn = {
        "mine": story.lesson(yard, story.mark, mine, (raised[0],)),
        "retired": story.lesson(yard, story.mark, mine),
        "rewritten": story.lesson(dock, story.mark, mine),
        "shortened": story.lesson(dock, story.mark, mine),
        "kept": story.lesson(dock, story.mark, mine),
        "theirs": story.lesson(dock, OTHERS, theirs),
    }
    story.ids |= drawn
    story.change(RetireLesson(drawn["retired"], f"{story.mark} is out of date"), mine)
    new = {"insight": f"{OTHERS} cranes are late.", "advice": "Order.", "applies_when": "cranes", "tags": ("c",)}
    story.change(ReviseLesson(drawn["rewritten"], new, "better"), theirs)
    story.change(ReviseLesson(drawn["shortened"], {"insight": f"{OTHERS} no crane came."}, "better"), theirs)
    story.change(ReviseLesson(drawn["kept"], {"advice": f"{OTHERS} ring the crane."}, "better"), theirs)
    story.change(EndorseLesson(drawn["theirs"], yard, f"{story.mark} went through the same"), mine)
    worker.run(FOLLOW, story.organisation)
    story.ids["asking"] = asking = story.project("The bridge", summary="the crane was late, order cranes early")
    worker.run(FOLLOW, story.organisation)
    answer(story, asking)
    worker.run(FOLLOW, story.organisation)
    return story


def answer(story: Story, project: UUID) -> None:
    """Let the member say what he makes of the suggestions, and of a problem that came back."""
    log, organisation = story.log, story.organisation
    offered = sorted(handlers.current_suggesting(log, organisation, project)[0].offered)
    assert offered
    for lesson_id in offered:
        said = GiveFeedback(project, lesson_id, "adopted", f"{story.mark} we need it")
        handlers.give_feedback(log, organisation, said, Request(new_id(), story.by(story.person)))
        came = ReportOutcome(project, lesson_id, "helped", f"{story.mark} it came")
        handlers.report_outcome(log, organisation, came, Request(new_id(), story.by(story.person)))
    met = DetectRecurrence(story.ids["plain"], story.ids["yard"], None, story.ids["point"], 0.9, False, False, "r", "m")
    handlers.detect_recurrences(log, organisation, [met], "tests")
    judged = ConfirmRecurrence(story.ids["plain"], f"{story.mark} the same crane")
    handlers.judge_recurrence(log, organisation, judged, Request(new_id(), story.by(story.person)))


class SearchHere:
    """Asks the worker inside the test."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def find(self, organisation_id: UUID, queries: Any, limit: int, narrowed: Any) -> list[list[Found]]:
        found = self._worker.run(SEARCH, organisation_id, list(queries), limit, dict(narrowed))
        return [[Found(**each | {"lesson_id": UUID(each["lesson_id"])}) for each in beside] for beside in found]


def api(stack: Any, pool: Pool, log: Log, worker: Worker) -> FlaskClient:
    keys = {"database_url": stack.database_url, "redis_url": stack.redis_url, "person_key": stack.person_key}
    settings = ApiSettings(**keys)
    hints = CeleryHints(settings, producer(settings))
    return create_app(Deps(settings, pool, log, hints, SearchHere(worker), Streams(4, 4), Gate(4))).test_client()


def leave_in_redis(stack: Any, story: Story) -> None:
    """Ask for a search that no worker takes, and leave an answer that nobody fetches."""
    settings = ApiSettings(database_url=stack.database_url, redis_url=stack.redis_url, search_timeout=0.1)
    with pytest.raises(Unavailable, match="A worker that could search does not answer"):
        WorkerSearch(settings, producer(settings)).find(story.organisation, [story.mark], 3, {})
    results = Celery("tests", backend=stack.redis_url, set_as_current=False)
    results.backend.store_result("an-answer", [[{"passage": f"{story.mark} the crane"}]], "SUCCESS")


def rows(pool: Pool, organisation: UUID) -> dict[str, list[Any]]:
    with pool.of(organisation) as connection:
        return {each.name: read_models.rows(connection, each, organisation) for each in PROJECTIONS}


def folded(pool: Pool, log: Log, organisation: UUID) -> dict[str, list[Any]]:
    events = log.read(organisation, limit=10_000)
    return {each.name: read_models.folded(pool, each, organisation, events) for each in PROJECTIONS}
