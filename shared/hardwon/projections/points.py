"""Discussion points: what was raised, the stories behind the lessons."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon.domain.events import DiscussionPointRaised
from hardwon.log import wire
from hardwon.log.personal import ERASED
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log
from hardwon.projections.following import Projection, Row, fold
from hardwon.projections.reading import fetch
from hardwon.sql import queries

SQL = queries("hardwon.projections", "points.sql")
_LATELY = 200


def key(stored: StoredEvent) -> UUID | None:
    event = stored.event
    return event.point_id if isinstance(event, DiscussionPointRaised) else None


def evolve(row: Row | None, stored: StoredEvent) -> Row | None:
    event = stored.event
    if not isinstance(event, DiscussionPointRaised):
        return row
    raised_at = wire.timestamp(stored.occurred_at)
    return {**wire.to_json(event), "raised_at": raised_at, "position": stored.position}


PROJECTION = Projection("points", "discussion_point", SQL, key, evolve)


def of_ids(connection: Connection[Any], organisation_id: UUID, point_ids: Sequence[UUID]) -> list[Row]:
    return fetch(connection, SQL["of_ids"], organisation_id=organisation_id, point_ids=list(point_ids))


def with_projects(connection: Connection[Any], organisation_id: UUID, point_ids: Sequence[UUID]) -> list[Row]:
    """Return what ``of_ids`` does, and what the points' projects are called."""
    return fetch(connection, SQL["with_projects"], organisation_id=organisation_id, point_ids=list(point_ids))


def of_ids_from(log: Log, organisation_id: UUID, point_ids: Sequence[UUID]) -> list[Row]:
    """Return what ``of_ids`` does, from the log itself: a point never changes, and its id is that of the event that raised it."""
    found: dict[UUID, Row] = {}
    fold(PROJECTION, found, list(log.find(organisation_id, point_ids).values()))
    return sorted(found.values(), key=lambda row: int(row["position"]))


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
