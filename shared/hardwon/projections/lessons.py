"""Lessons: the text that is read, embedded and suggested, and whether it still stands."""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon.domain.events import (
    FeedbackGiven,
    FeedbackWithdrawn,
    LessonDrawn,
    LessonEndorsed,
    LessonMerged,
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


def key(stored: StoredEvent) -> UUID | None:
    event = stored.event
    return event.lesson_id if isinstance(event, LessonDrawn | _Changed | Answering) else None


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
        case FeedbackGiven() | FeedbackWithdrawn() | OutcomeReported() if row:
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


def leading_to(connection: Connection[Any], organisation_id: UUID, lesson_id: UUID) -> list[Row]:
    """Return the lessons that live on in this one, the oldest first."""
    return fetch(connection, SQL["leading_to"], organisation_id=organisation_id, lesson_id=lesson_id)


def to_merge(connection: Connection[Any], organisation_id: UUID, *, before: int, limit: int) -> list[Row]:
    """Return up to ``limit`` current lessons for which a merge is proposed, newest first."""
    return fetch(connection, SQL["to_merge"], organisation_id=organisation_id, before=before, limit=limit)
