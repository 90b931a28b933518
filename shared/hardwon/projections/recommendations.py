"""Recommendations: what each project was offered, or that it still waits for it."""

from typing import Any, get_args
from uuid import UUID

from psycopg import Connection

from hardwon.domain.events import (
    DomainEvent,
    FeedbackGiven,
    FeedbackWithdrawn,
    LessonsSuggested,
    OutcomeReported,
    ProjectRegistered,
)
from hardwon.domain.suggesting import is_owed
from hardwon.log import wire
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log
from hardwon.projections import as_of
from hardwon.projections.answering import Answering, answers_after
from hardwon.projections.following import Projection, Row
from hardwon.projections.reading import fetch, fetch_one
from hardwon.sql import queries

SQL = queries("hardwon.projections", "recommendations.sql")
_ANSWER = ("verdict", "note", "outcome", "outcome_note", "at", "position")
_Folded = ProjectRegistered | LessonsSuggested | Answering
FOLDED: tuple[type[DomainEvent], ...] = get_args(_Folded)
"""The types of events that ``evolve`` folds."""


def key(stored: StoredEvent) -> UUID | None:
    event = stored.event
    return event.project_id if isinstance(event, _Folded) else None


def evolve(row: Row | None, stored: StoredEvent) -> Row | None:
    event = stored.event
    match event:
        case ProjectRegistered():
            recorded_on = stored.recorded_at.date().isoformat()
            return {
                "project_id": str(event.project_id),
                "state": "pending" if is_owed(event.profile, recorded_on) else "ready",
                "owed_position": stored.position,
                "position": stored.position,
                "suggested": {},
                "answers": {},
            }
        case LessonsSuggested() if row:
            return row | {"state": "ready", "position": stored.position, "suggested": wire.to_json(event)}
        case FeedbackGiven() | FeedbackWithdrawn() | OutcomeReported() if row:
            return row | {"answers": answers_after(row["answers"], event.lesson_id, stored, _ANSWER)}
        case _:
            return row


PROJECTION = Projection("recommendations", SQL, key, evolve)


def get(connection: Connection[Any], organisation_id: UUID, project_id: UUID) -> Row | None:
    return fetch_one(connection, SQL["get"], organisation_id=organisation_id, project_id=project_id)


def get_as_of(log: Log, organisation_id: UUID, project_id: UUID, until: int) -> Row | None:
    """Return what ``get`` returned at position ``until``."""
    found = as_of.rows(log, organisation_id, PROJECTION, until, subject="project", ids=[project_id], types=FOLDED)
    return found.get(project_id)


def pending(connection: Connection[Any], organisation_id: UUID, embedded_to: int) -> list[UUID]:
    """Return the projects that wait for suggestions and whose lessons are all embedded, the longest waiting first."""
    found = fetch(connection, SQL["pending"], organisation_id=organisation_id, embedded_to=embedded_to)
    return [row["project_id"] for row in found]
