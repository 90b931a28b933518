"""Recommendations: all that each project was offered or somebody brought it, and whether it waits for an answer.

An answer is owed to its registration, and to what changed since.
"""

from collections.abc import Sequence
from typing import Any, get_args
from uuid import UUID

from psycopg import Connection

from hardwon.domain.events import (
    DomainEvent,
    FeedbackGiven,
    FeedbackWithdrawn,
    LessonBrought,
    LessonPutBack,
    LessonsSuggested,
    OutcomeReported,
    ProjectProfileChanged,
    ProjectRegistered,
)
from hardwon.domain.project import COMPARED
from hardwon.domain.suggesting import is_open
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
_Folded = ProjectRegistered | ProjectProfileChanged | LessonsSuggested | Answering
BROUGHT = "brought"
"""The occasion of a lesson that was not suggested: a person brought it."""
FOLDED: tuple[type[DomainEvent], ...] = get_args(_Folded)
"""The types of events that ``evolve`` folds."""


def key(stored: StoredEvent) -> UUID | None:
    event = stored.event
    return event.project_id if isinstance(event, _Folded) else None


def evolve(row: Row | None, stored: StoredEvent) -> Row | None:  # noqa: PLR0911 - one case an event
    event = stored.event
    match event:
        case ProjectRegistered():
            ended_on = event.profile.ended_on
            return {
                "project_id": str(event.project_id),
                "state": "pending" if is_open(ended_on, _day(stored)) else "ready",
                "owed_position": stored.position,
                "position": stored.position,
                "known_position": 0,
                "ended_on": ended_on,
                "suggested": [],
                "offered": [],
                "answers": {},
            }
        case ProjectProfileChanged() if row:
            return _changed(row, event, stored)
        case LessonsSuggested() if row:
            return _answered(row, event, stored)
        case LessonBrought() if row:
            return _brought(row, event, stored)
        case LessonPutBack() if row:
            return _put_back(row, event, stored)
        case FeedbackGiven() | FeedbackWithdrawn() | OutcomeReported() if row and _stands(row, event.lesson_id):
            return row | {"answers": answers_after(row["answers"], event.lesson_id, stored, _ANSWER)}
        case _:
            return row


def _changed(row: Row, event: ProjectProfileChanged, stored: StoredEvent) -> Row:
    """Owe an answer to a project that is another one now to its lessons, or is taken up again; one that has ended is owed nothing."""
    ended_on, today = event.changes.get("ended_on", row["ended_on"]), _day(stored)
    after = row | {"ended_on": ended_on}
    if not is_open(ended_on, today):
        return after | {"state": "ready"}
    if COMPARED.isdisjoint(event.changes) and is_open(row["ended_on"], today):
        return after
    return after | {"state": "pending", "owed_position": stored.position, "position": stored.position}


def _answered(row: Row, event: LessonsSuggested, stored: StoredEvent) -> Row:
    """Add the answer; new lessons and a digest come beside what is owed, and so does an answer to an older profile."""
    place = {"position": stored.position, "suggested_at": wire.timestamp(stored.occurred_at)}
    offered = [*row["offered"], *(str(each.lesson_id) for each in event.suggestions)]
    after = row | {"suggested": [*row["suggested"], wire.to_json(event) | place], "offered": offered}
    if event.occasion in {"registered", "profile_changed"}:
        after["known_position"] = event.known_position
        after["state"] = "ready" if event.known_position >= row["owed_position"] else row["state"]
    return after if after["state"] == "pending" else after | {"position": stored.position}


def _brought(row: Row, event: LessonBrought, stored: StoredEvent) -> Row:
    """Add the lesson, without a rank or a score, which nobody gave it; ``offered`` holds what was suggested only."""
    entry = {
        "position": stored.position,
        "suggested_at": wire.timestamp(stored.occurred_at),
        "occasion": BROUGHT,
        "brought_by": stored.metadata["actor"],
        "suggestions": [{"lesson_id": str(event.lesson_id), "rank": None, "score": None, "reasons": []}],
    }
    after = row | {"suggested": [*row["suggested"], entry]}
    return after if after["state"] == "pending" else after | {"position": stored.position}


def _stands(row: Row, lesson_id: UUID) -> bool:
    """Tell whether the lesson stands before the project: what older versions recorded of one just put back is said of nothing."""
    return any(each["lesson_id"] == str(lesson_id) for answer in row["suggested"] for each in answer["suggestions"])


def _put_back(row: Row, event: LessonPutBack, stored: StoredEvent) -> Row:
    """Take the entry away with which the lesson was brought, and what was said of it."""
    entry = str(event.lesson_id)
    kept = [
        each for each in row["suggested"] if each["occasion"] != BROUGHT or each["suggestions"][0]["lesson_id"] != entry
    ]
    after = row | {"suggested": kept, "answers": answers_after(row["answers"], event.lesson_id, stored, _ANSWER)}
    return after if after["state"] == "pending" else after | {"position": stored.position}


def _day(stored: StoredEvent) -> str:
    return stored.recorded_at.date().isoformat()


PROJECTION = Projection("recommendations", "recommendation", SQL, key, evolve)


def get(connection: Connection[Any], organisation_id: UUID, project_id: UUID) -> Row | None:
    return fetch_one(connection, SQL["get"], organisation_id=organisation_id, project_id=project_id)


def unanswered(connection: Connection[Any], organisation_id: UUID, project_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many suggestions of each project wait for an answer; one without such is left out."""
    asked = {"organisation_id": organisation_id, "project_ids": list(project_ids)}
    return {row["project_id"]: row["lessons"] for row in fetch(connection, SQL["unanswered"], **asked)}


def get_as_of(log: Log, organisation_id: UUID, project_id: UUID, until: int) -> Row | None:
    """Return what the projection held at position ``until``.

    A project that waited then for an answer to a change waits in it even where nothing new was found: the log has no event of that.
    """
    found = as_of.rows(log, organisation_id, PROJECTION, until, subject="project", ids=[project_id], types=FOLDED)
    return found.get(project_id)


def lesson_ids(row: Row) -> list[UUID]:
    """Return all lessons that the project was offered or somebody brought to it."""
    return [UUID(said["lesson_id"]) for answer in row["suggested"] for said in answer["suggestions"]]


def pending(connection: Connection[Any], organisation_id: UUID, embedded_to: int) -> list[UUID]:
    """Return the projects that wait for suggestions and whose lessons are all embedded, the longest waiting first."""
    found = fetch(connection, SQL["pending"], organisation_id=organisation_id, embedded_to=embedded_to)
    return [row["project_id"] for row in found]


def nothing_new(connection: Connection[Any], organisation_id: UUID, project_id: UUID, position: int) -> None:
    """Say that there is nothing new to answer to what was owed up to ``position``; the log holds no event of it."""
    names = {"organisation_id": organisation_id, "project_id": project_id, "position": position}
    connection.execute(SQL["nothing_new"], names)


def try_again(connection: Connection[Any], organisation_id: UUID) -> list[UUID]:
    """Let workers try the projects again that were set aside; return these."""
    return [row["project_id"] for row in fetch(connection, SQL["try_again"], organisation_id=organisation_id)]
