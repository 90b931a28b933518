"""Bringing the sample into an organisation that is empty, so that a newcomer sees what Hardwon does."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from hardwon import handlers
from hardwon.domain.commands import DrawLesson, HoldRetrospective, RaiseDiscussionPoint, RegisterProject, RetroCommand
from hardwon.domain.project import changed
from hardwon.domain.values import PointKind, Profile
from hardwon.handlers import Request, RetroItem
from hardwon.ids import id_for_key
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.sample import PastProject, Retrospective, sample_story

TAG = "sample"
"""Which projects are not real; whatever is shown of them can say so."""


def bring(log: Log, organisation_id: UUID, by: Metadata) -> None:
    """Record the sample's finished projects, as of when they happened. Cut short, or asked twice, it goes on where it was."""
    for past in sample_story().projects:
        project_id = _id(organisation_id, past)
        retrospectives = list(_retrospectives(organisation_id, project_id, past))
        known = log.find(organisation_id, [project_id, retrospectives[0].event_id])
        if project_id not in known:
            profile = changed(Profile(past.profile["name"]), past.profile | {"tags": [*past.profile["tags"], TAG]})
            request = Request(project_id, by, _moment(past.profile["started_on"]))
            handlers.register_project(log, organisation_id, RegisterProject(project_id, profile), request)
        if retrospectives[0].event_id not in known:
            handlers.record_retro_events(log, organisation_id, project_id, retrospectives, by)


def _retrospectives(organisation_id: UUID, project_id: UUID, past: PastProject) -> Iterator[RetroItem]:
    for number, told in enumerate(past.retrospectives):
        held = _id(organisation_id, past, str(number))
        yield _item(HoldRetrospective(held, project_id, told.title, told.held_on), held, told)
        points = {each.key: _id(organisation_id, past, str(number), each.key) for each in told.points}
        for point in told.points:
            kind: PointKind = point.kind  # type: ignore[assignment]  # tests/local/test_stories.py reads the whole sample
            raised = RaiseDiscussionPoint(points[point.key], project_id, held, kind, point.text, point.tags)
            yield _item(raised, points[point.key], told)
        for index, lesson in enumerate(told.lessons):
            id_ = _id(organisation_id, past, str(number), f"lesson {index}")
            answered = tuple(points[key] for key in lesson.points)
            said = (lesson.insight, lesson.advice, lesson.applies_when, answered, lesson.tags, "en")
            yield _item(DrawLesson(id_, project_id, held, *said), id_, told)


def _item(command: RetroCommand, event_id: UUID, told: Retrospective) -> RetroItem:
    return RetroItem(command, event_id, _moment(told.held_on))


def _id(organisation_id: UUID, past: PastProject, *parts: str) -> UUID:
    """Return always the same id; no Idempotency-Key leads to it, since none holds a line break."""
    return id_for_key(organisation_id, "\n".join((TAG, past.profile["name"], *parts)))


def _moment(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
