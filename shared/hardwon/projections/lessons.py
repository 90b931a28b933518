"""Lessons: the text that is read, embedded and suggested, and whether it still stands."""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon.domain.events import FeedbackGiven, FeedbackWithdrawn, LessonDrawn, LessonRetired, OutcomeReported
from hardwon.domain.lesson import searchable_text
from hardwon.log import wire
from hardwon.log.wire import StoredEvent
from hardwon.projections.answering import Answering, answers_after
from hardwon.projections.following import Projection, Row
from hardwon.projections.reading import fetch, fetch_one
from hardwon.sql import queries

SQL = queries("hardwon.projections", "lessons.sql")
_ANSWER = ("verdict", "outcome", "at")


def key(stored: StoredEvent) -> UUID | None:
    event = stored.event
    return event.lesson_id if isinstance(event, LessonDrawn | LessonRetired | Answering) else None


def evolve(row: Row | None, stored: StoredEvent) -> Row | None:
    event = stored.event
    match event:
        case LessonDrawn():
            text = searchable_text(event.insight, event.advice, event.applies_when)
            return {
                **wire.to_json(event),
                "state": "current",
                "leads_to": None,
                "endorsements": [],
                "answers": {},
                "merges": {},
                "drawn_at": wire.timestamp(stored.occurred_at),
                "version": stored.version,
                "position": stored.position,
                "text_hash": hashlib.sha256(text.encode()).hexdigest(),
                "text_position": stored.position,
            }
        case LessonRetired() if row:
            return row | {"state": "retired", "version": stored.version}
        case FeedbackGiven() | FeedbackWithdrawn() | OutcomeReported() if row:
            return row | {"answers": answers_after(row["answers"], event.project_id, stored, _ANSWER)}
        case _:
            return row


PROJECTION = Projection("lessons", SQL, key, evolve)


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
