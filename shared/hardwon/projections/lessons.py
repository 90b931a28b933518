"""Lessons: the text that is read, embedded and suggested, and whether it still stands."""

import hashlib
from collections.abc import Collection, Sequence
from typing import Any, get_args
from uuid import UUID

from psycopg import Connection

from hardwon.domain.events import (
    DomainEvent,
    FeedbackGiven,
    FeedbackWithdrawn,
    LessonBrought,
    LessonDrawn,
    LessonEndorsed,
    LessonMerged,
    LessonPutBack,
    LessonRestored,
    LessonRetired,
    LessonRevised,
    LessonSuperseded,
    MergeDeclined,
    MergeProposed,
    OutcomeReported,
)
from hardwon.domain.lesson import searchable_text
from hardwon.log import wire
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log
from hardwon.projections import as_of, projects
from hardwon.projections.answering import Answering, answers_after
from hardwon.projections.following import Projection, Row
from hardwon.projections.reading import fetch, fetch_one
from hardwon.sql import queries

SQL = queries("hardwon.projections", "lessons.sql")
_ANSWER = ("verdict", "outcome", "at")


_Changed = (
    LessonRevised
    | LessonEndorsed
    | MergeProposed
    | MergeDeclined
    | LessonMerged
    | LessonSuperseded
    | LessonRetired
    | LessonRestored
)
_Folded = LessonDrawn | _Changed | Answering
FOLDED: tuple[type[DomainEvent], ...] = get_args(_Folded)
"""The types of events that ``evolve`` folds."""


def key(stored: StoredEvent) -> UUID | None:
    event = stored.event
    return event.lesson_id if isinstance(event, _Folded) else None


def evolve(row: Row | None, stored: StoredEvent) -> Row | None:
    event = stored.event
    match event:
        case LessonDrawn():
            return {
                **wire.to_json(event),
                **_text_of(event, stored),
                "state": "current",
                "leads_to": None,
                "endorsements": [],
                "answers": {},
                "merges": {},
                "drawn_at": wire.timestamp(stored.occurred_at),
                "version": stored.version,
                "position": stored.position,
            }
        case FeedbackGiven() | FeedbackWithdrawn() | OutcomeReported() | LessonPutBack() | LessonBrought() if row:
            return row | {"answers": answers_after(row["answers"], event.project_id, stored, _ANSWER)}
        case _ if row and isinstance(event, _Changed):
            return row | _change(row, event, stored) | {"version": stored.version}
        case _:
            return row


def _change(row: Row, event: _Changed, stored: StoredEvent) -> Row:  # noqa: PLR0911 - one case an event
    match event:
        case LessonRevised():
            said = wire.to_json(event)
            return {name: said[name] for name in ("insight", "advice", "applies_when", "tags")} | _text_of(
                event, stored
            )
        case LessonEndorsed():
            at = wire.timestamp(stored.occurred_at)
            endorsement = {"project_id": str(event.project_id), "note": event.note, "at": at}
            return {"endorsements": [*row["endorsements"], endorsement]}
        case MergeProposed():
            proposal = {"state": "proposed", "similarity": event.similarity}
            return {"merges": row["merges"] | {str(event.into_lesson_id): proposal}}
        case MergeDeclined():
            proposal = row["merges"].get(str(event.into_lesson_id), {"similarity": None})
            return {"merges": row["merges"] | {str(event.into_lesson_id): proposal | {"state": "declined"}}}
        case LessonMerged():
            return {"state": "merged", "leads_to": str(event.into_lesson_id)}
        case LessonSuperseded():
            return {"state": "superseded", "leads_to": str(event.by_lesson_id)}
        case LessonRetired():
            return {"state": "retired"}
        case LessonRestored():
            # The text's position too: who follows texts must meet again what can be found again.
            return {"state": "current", "leads_to": None, "text_position": stored.position}


def _text_of(event: LessonDrawn | LessonRevised, stored: StoredEvent) -> Row:
    """Return what the followers of texts go by: another hash, at a later position, is another text."""
    text = searchable_text(event.insight, event.advice, event.applies_when)
    return {"text_hash": hashlib.sha256(text.encode()).hexdigest(), "text_position": stored.position}


PROJECTION = Projection("lessons", "lesson", SQL, key, evolve)


def get(connection: Connection[Any], organisation_id: UUID, lesson_id: UUID) -> Row | None:
    return fetch_one(connection, SQL["get"], organisation_id=organisation_id, lesson_id=lesson_id)


def of_ids(connection: Connection[Any], organisation_id: UUID, lesson_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Return those of the lessons that exist, by id."""
    found = fetch(connection, SQL["of_ids"], organisation_id=organisation_id, lesson_ids=list(lesson_ids))
    return {row["lesson_id"]: row for row in found}


def page(
    connection: Connection[Any], organisation_id: UUID, *, before: int, limit: int, project_id: UUID | None = None
) -> list[Row]:
    """Return up to ``limit`` lessons drawn before log position ``before``, newest first, of one project or of all."""
    query = SQL["page_of_project"] if project_id else SQL["page"]
    return fetch(connection, query, organisation_id=organisation_id, before=before, limit=limit, project_id=project_id)


def leading_to(connection: Connection[Any], organisation_id: UUID, lesson_id: UUID) -> list[Row]:
    """Return the lessons that live on in this one, the oldest first."""
    return fetch(connection, SQL["leading_to"], organisation_id=organisation_id, lesson_id=lesson_id)


def to_merge(connection: Connection[Any], organisation_id: UUID, *, before: int, limit: int) -> list[Row]:
    """Return up to ``limit`` current lessons for which a merge is proposed, newest first."""
    return fetch(connection, SQL["to_merge"], organisation_id=organisation_id, before=before, limit=limit)


def of_ids_as_of(log: Log, organisation_id: UUID, lesson_ids: Collection[UUID], until: int) -> dict[UUID, Row]:
    """Return what ``of_ids`` returned at position ``until``: the lessons, and their source projects' names, of then."""
    found = as_of.rows(log, organisation_id, PROJECTION, until, subject="lesson", ids=lesson_ids, types=FOLDED)
    sources = {id_: UUID(row["project_id"]) for id_, row in found.items()}
    profiles = projects.profiles_as_of(log, organisation_id, sources.values(), until)
    return {
        id_: row | {"project_name": profiles[sources[id_]]["name"], "project_team": profiles[sources[id_]]["team"]}
        for id_, row in found.items()
        if sources[id_] in profiles
    }


def page_as_of(
    log: Log, organisation_id: UUID, *, until: int, before: int, limit: int, project_id: UUID | None = None
) -> list[Row]:
    """Return what ``page`` returned at position ``until``; it costs the events about the lessons of this page.

    Of one project it costs the drawing of all its lessons too.
    """
    before = min(before, until + 1)
    if project_id:
        drawn = log.read_about(organisation_id, "project", [project_id], [LessonDrawn], before - 1)[-limit:]
    else:
        drawn = log.read_newest(organisation_id, LessonDrawn, before, limit)
    ids = [id_ for stored in drawn if (id_ := key(stored))]
    rows = of_ids_as_of(log, organisation_id, ids, until).values()
    return sorted(rows, key=lambda row: int(row["position"]), reverse=True)


def of_board(
    log: Log,
    organisation_id: UUID,
    project_id: UUID,
    retrospective_id: UUID,
    point_ids: Collection[UUID],
    until: int,
) -> list[Row]:
    """Return the lessons drawn in the project's retrospective, and those that answer one of its points, the oldest first.

    They are as they were at position ``until``, from the log: a room sees at once what it has drawn. It costs the drawing of all the
    project's lessons.
    """
    drawn = log.read_about(organisation_id, "project", [project_id], [LessonDrawn], until)
    told = (stored.event for stored in drawn)
    ids = [
        each.lesson_id
        for each in told
        if isinstance(each, LessonDrawn)
        and (each.retrospective_id == retrospective_id or not set(point_ids).isdisjoint(each.points))
    ]
    rows = of_ids_as_of(log, organisation_id, ids, until).values()
    return sorted(rows, key=lambda row: int(row["position"]))


def leading_to_as_of(log: Log, organisation_id: UUID, lesson_id: UUID, until: int) -> list[Row]:
    """Return what ``leading_to`` returned at position ``until``; it costs the organisation's merges and successions, few by nature."""
    ended = log.read_types(organisation_id, [LessonMerged, LessonSuperseded], until)
    ids = [id_ for stored in ended if str(lesson_id) in stored.data.values() and (id_ := key(stored))]
    rows = of_ids_as_of(log, organisation_id, ids, until).values()
    return sorted((row for row in rows if row["leads_to"] == str(lesson_id)), key=lambda row: int(row["position"]))
