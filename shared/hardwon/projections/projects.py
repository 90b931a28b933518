"""Projects: the profile as it now is, and how much was recorded."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon.domain.events import (
    DiscussionPointRaised,
    LessonDrawn,
    PointWithdrawn,
    ProjectProfileChanged,
    ProjectRegistered,
    RetrospectiveHeld,
)
from hardwon.log import wire
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log
from hardwon.projections import as_of
from hardwon.projections.following import Projection, Row
from hardwon.projections.reading import fetch, fetch_one
from hardwon.sql import queries

SQL = queries("hardwon.projections", "projects.sql")
_COUNTED: dict[type[Any], str] = {
    RetrospectiveHeld: "retrospectives",
    DiscussionPointRaised: "points",
    LessonDrawn: "lessons",
}


def key(stored: StoredEvent) -> UUID | None:
    event = stored.event
    known = ProjectRegistered | ProjectProfileChanged | RetrospectiveHeld | DiscussionPointRaised | LessonDrawn
    return event.project_id if isinstance(event, known | PointWithdrawn) else None


def evolve(row: Row | None, stored: StoredEvent) -> Row | None:
    event = stored.event
    match event:
        case ProjectRegistered():
            return {
                "project_id": str(event.project_id),
                "profile": wire.to_json(event.profile),
                "version": stored.version,
                "position": stored.position,
                "registered_at": wire.timestamp(stored.occurred_at),
                "retrospectives": 0,
                "points": 0,
                "lessons": 0,
            }
        case ProjectProfileChanged() if row:
            return row | {"profile": row["profile"] | dict(event.changes), "version": stored.version}
        case PointWithdrawn() if row:
            return row | {"points": row["points"] - 1}
        case _ if row and type(event) in _COUNTED:
            counted = _COUNTED[type(event)]
            return row | {counted: row[counted] + 1}
        case _:
            return row


PROJECTION = Projection("projects", "project", SQL, key, evolve)


def get(connection: Connection[Any], organisation_id: UUID, project_id: UUID) -> Row | None:
    return fetch_one(connection, SQL["get"], organisation_id=organisation_id, project_id=project_id)


def page(connection: Connection[Any], organisation_id: UUID, *, before: int, limit: int) -> list[Row]:
    """Return up to ``limit`` projects registered before log position ``before``, newest first."""
    return fetch(connection, SQL["page"], organisation_id=organisation_id, before=before, limit=limit)


def names(connection: Connection[Any], organisation_id: UUID, project_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of those of the projects that exist."""
    found = fetch(connection, SQL["names"], organisation_id=organisation_id, project_ids=list(project_ids))
    return {row["project_id"]: row["name"] for row in found}


def named(connection: Connection[Any], organisation_id: UUID, name: str, *, limit: int) -> list[Row]:
    """Return up to ``limit`` projects called the same, in large letters or small, the newest first: their profiles without papers."""
    return fetch(connection, SQL["named"], organisation_id=organisation_id, name=name, limit=limit)


def of_team(connection: Connection[Any], organisation_id: UUID, team: str, *, before: int, limit: int) -> list[Row]:
    """Return up to ``limit`` projects of the team registered before log position ``before``, the newest first, by id and name."""
    return fetch(connection, SQL["of_team"], organisation_id=organisation_id, team=team, before=before, limit=limit)


def profiles(connection: Connection[Any], organisation_id: UUID, project_ids: Collection[UUID]) -> dict[UUID, Row]:
    """Return what those of the projects that exist say of themselves, without their papers."""
    found = fetch(connection, SQL["profiles"], organisation_id=organisation_id, project_ids=list(project_ids))
    return {row["project_id"]: row["profile"] for row in found}


def profiles_as_of(log: Log, organisation_id: UUID, project_ids: Collection[UUID], until: int) -> dict[UUID, Row]:
    """Return the profiles of those of the projects that were registered by position ``until``, as they then were."""
    # What else the projection folds only counts, and would be read for nothing.
    types = (ProjectRegistered, ProjectProfileChanged)
    found = as_of.rows(log, organisation_id, PROJECTION, until, subject="project", ids=project_ids, types=types)
    return {id_: row["profile"] for id_, row in found.items()}
