"""Discussion points: what was raised, the stories behind the lessons."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon.domain.events import DiscussionPointRaised, DomainEvent, PointReworded, PointWithdrawn
from hardwon.log import wire
from hardwon.log.personal import ERASED
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log
from hardwon.projections.following import Projection, Row, fold
from hardwon.projections.reading import fetch
from hardwon.sql import queries

SQL = queries("hardwon.projections", "points.sql")
CHANGED: tuple[type[DomainEvent], ...] = (PointReworded, PointWithdrawn)
"""The types of events that change a point."""
_LATELY = 200


def key(stored: StoredEvent) -> UUID | None:
    event = stored.event
    known = DiscussionPointRaised | PointReworded | PointWithdrawn
    return event.point_id if isinstance(event, known) else None


def evolve(row: Row | None, stored: StoredEvent) -> Row | None:
    event = stored.event
    match event:
        case DiscussionPointRaised():
            raised_at = wire.timestamp(stored.occurred_at)
            return {**wire.to_json(event), "raised_at": raised_at, "position": stored.position, "reworded": None}
        case PointReworded() if row:
            return row | {"text": event.text, "reworded": stored.position}
        case PointWithdrawn():
            return None
        case _:
            return row


PROJECTION = Projection("points", "discussion_point", SQL, key, evolve)


def of_ids(connection: Connection[Any], organisation_id: UUID, point_ids: Sequence[UUID]) -> list[Row]:
    return fetch(connection, SQL["of_ids"], organisation_id=organisation_id, point_ids=list(point_ids))


def with_projects(connection: Connection[Any], organisation_id: UUID, point_ids: Sequence[UUID]) -> list[Row]:
    """Return what ``of_ids`` does, and what the points' projects are called."""
    return fetch(connection, SQL["with_projects"], organisation_id=organisation_id, point_ids=list(point_ids))


def of_ids_as_of(log: Log, organisation_id: UUID, point_ids: Collection[UUID], until: int) -> list[Row]:
    """Return what ``of_ids`` returned at position ``until``."""
    found: dict[UUID, Row] = {}
    fold(PROJECTION, found, events_of(log, organisation_id, point_ids, until))
    return sorted(found.values(), key=lambda row: int(row["position"]))


def events_of(log: Log, organisation_id: UUID, point_ids: Collection[UUID], until: int) -> list[StoredEvent]:
    """Return what became of these points up to position ``until``; a point's id is that of the event that raised it."""
    raised = [stored for stored in log.find(organisation_id, point_ids).values() if stored.position <= until]
    return raised + log.read_about(organisation_id, "point", point_ids, CHANGED, until)


def unanswered(
    connection: Connection[Any], organisation_id: UUID, *, before: int, limit: int, project_id: UUID | None = None
) -> list[Row]:
    """Return up to ``limit`` points without a lesson raised before log position ``before``, newest first, of one project or of all."""
    query = SQL["unanswered_of_project"] if project_id else SQL["unanswered"]
    asked = {"before": before, "limit": limit, "project_id": project_id, "erased": ERASED}
    return fetch(connection, query, organisation_id=organisation_id, **asked)


def unanswered_lately(connection: Connection[Any], organisation_id: UUID, *, limit: int) -> list[Row]:
    """Return up to ``limit`` points without a lesson of the newest ones, the newest first: quick, where not all are needed."""
    asked = {"limit": limit, "looked_at": _LATELY, "erased": ERASED}
    return fetch(connection, SQL["unanswered_lately"], organisation_id=organisation_id, **asked)


def count_unanswered(
    connection: Connection[Any], organisation_id: UUID, project_ids: Sequence[UUID]
) -> dict[UUID, int]:
    """Return how many points of each project have no lesson; one without such points is left out."""
    asked = {"project_ids": list(project_ids), "erased": ERASED}
    found = fetch(connection, SQL["count_unanswered"], organisation_id=organisation_id, **asked)
    return {row["project_id"]: row["points"] for row in found}
