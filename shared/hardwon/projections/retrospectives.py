"""Retrospectives: which a project held, and which are closed. A board is folded from its stream when it is asked for."""

from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon.domain.events import (
    DiscussionPointRaised,
    PointWithdrawn,
    RetrospectiveClosed,
    RetrospectiveHeld,
    RetrospectiveReopened,
)
from hardwon.log import wire
from hardwon.log.wire import StoredEvent
from hardwon.projections.following import Projection, Row
from hardwon.projections.reading import fetch
from hardwon.sql import queries

SQL = queries("hardwon.projections", "retrospectives.sql")


def key(stored: StoredEvent) -> UUID | None:
    event = stored.event
    known = RetrospectiveHeld | DiscussionPointRaised | PointWithdrawn | RetrospectiveClosed | RetrospectiveReopened
    return event.retrospective_id if isinstance(event, known) else None


def evolve(row: Row | None, stored: StoredEvent) -> Row | None:
    event = stored.event
    match event:
        case RetrospectiveHeld():
            opened = {"points": 0, "opened_at": wire.timestamp(stored.occurred_at), "closed_at": None}
            return {**wire.to_json(event), **opened, "position": stored.position}
        case DiscussionPointRaised() if row:
            return row | {"points": row["points"] + 1}
        case PointWithdrawn() if row:
            return row | {"points": row["points"] - 1}
        case RetrospectiveClosed() if row:
            return row | {"closed_at": wire.timestamp(stored.occurred_at)}
        case RetrospectiveReopened() if row:
            return row | {"closed_at": None}
        case _:
            return row


PROJECTION = Projection("retrospectives", "retrospective", SQL, key, evolve)


def page(
    connection: Connection[Any], organisation_id: UUID, *, before: int, limit: int, project_id: UUID | None = None
) -> list[Row]:
    """Return up to ``limit`` retrospectives after the one opened at log position ``before``, the one held last first."""
    query = SQL["page_of_project"] if project_id else SQL["page"]
    return fetch(connection, query, organisation_id=organisation_id, before=before, limit=limit, project_id=project_id)
