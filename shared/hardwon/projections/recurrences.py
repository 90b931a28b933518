"""Recurrences: problems that were met before, and what a person says of each."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon.domain.events import PointWithdrawn, RecurrenceConfirmed, RecurrenceDetected, RecurrenceRejected
from hardwon.log import wire
from hardwon.log.wire import StoredEvent
from hardwon.projections.following import Projection, Row
from hardwon.projections.reading import fetch
from hardwon.sql import queries

SQL = queries("hardwon.projections", "recurrences.sql")


def key(stored: StoredEvent) -> UUID | None:
    event = stored.event
    known = RecurrenceDetected | RecurrenceConfirmed | RecurrenceRejected | PointWithdrawn
    return event.point_id if isinstance(event, known) else None


def evolve(row: Row | None, stored: StoredEvent) -> Row | None:
    event = stored.event
    match event:
        case RecurrenceDetected():
            return {
                **wire.to_json(event),
                "state": "detected",
                "note": "",
                "raised_at": wire.timestamp(stored.occurred_at),
                "version": stored.version,
                "position": stored.position,
            }
        case RecurrenceConfirmed() if row:
            return row | {"state": "confirmed", "note": event.note, "version": stored.version}
        case RecurrenceRejected() if row:
            return row | {"state": "rejected", "note": event.note, "version": stored.version}
        case PointWithdrawn():
            return None
        case _:
            return row


PROJECTION = Projection("recurrences", "recurrence", SQL, key, evolve)


def page(
    connection: Connection[Any],
    organisation_id: UUID,
    *,
    before: int,
    limit: int,
    project_id: UUID | None,
    states: Collection[str],
) -> list[Row]:
    """Return up to ``limit`` recurrences in these states found before log position ``before``, newest first, of one project or of all."""
    query = SQL["page_of_project"] if project_id else SQL["page"]
    return fetch(
        connection,
        query,
        organisation_id=organisation_id,
        before=before,
        limit=limit,
        project_id=project_id,
        states=list(states),
    )
