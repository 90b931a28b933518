"""Members: who they are now, and what their roles let them do."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon.domain.events import MemberAdded, MemberChanged, MemberRemoved
from hardwon.log import wire
from hardwon.log.wire import StoredEvent
from hardwon.projections.following import Projection, Row
from hardwon.projections.reading import fetch, fetch_one
from hardwon.sql import queries

SQL = queries("hardwon.projections", "members.sql")


def key(stored: StoredEvent) -> UUID | None:
    event = stored.event
    return event.member_id if isinstance(event, MemberAdded | MemberChanged | MemberRemoved) else None


def evolve(row: Row | None, stored: StoredEvent) -> Row | None:
    event = stored.event
    match event:
        case MemberAdded():
            added = {"position": stored.position, "added_at": wire.timestamp(stored.occurred_at), "removed": False}
            return wire.to_json(event) | added
        case MemberChanged() if row:
            return row | wire.to_json(event.changes)
        case MemberRemoved() if row:
            return row | {"removed": True}
        case _:
            return row


PROJECTION = Projection("members", "member", SQL, key, evolve)


def get(connection: Connection[Any], organisation_id: UUID, member_id: UUID) -> Row | None:
    return fetch_one(connection, SQL["get"], organisation_id=organisation_id, member_id=member_id)


def of_ids(connection: Connection[Any], organisation_id: UUID, member_ids: Collection[UUID]) -> dict[UUID, Row]:
    """Return those of the members that were ever added, by id."""
    found = fetch(connection, SQL["of_ids"], organisation_id=organisation_id, member_ids=list(member_ids))
    return {row["member_id"]: row for row in found}


def page(connection: Connection[Any], organisation_id: UUID, *, before: int, limit: int) -> list[Row]:
    """Return up to ``limit`` members added before log position ``before``, the newest first, without those removed."""
    return fetch(connection, SQL["page"], organisation_id=organisation_id, before=before, limit=limit)


def names(connection: Connection[Any], organisation_id: UUID, member_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what these members are called, those removed too."""
    found = fetch(connection, SQL["names"], organisation_id=organisation_id, member_ids=list(member_ids))
    return {row["member_id"]: row["name"] for row in found}


def administrators(connection: Connection[Any], organisation_id: UUID, *, limit: int) -> list[str]:
    """Return what up to ``limit`` administrators are called, those first who were added first."""
    return [
        row["name"] for row in fetch(connection, SQL["administrators"], organisation_id=organisation_id, limit=limit)
    ]


def of_team(connection: Connection[Any], organisation_id: UUID, team: str, *, limit: int) -> list[Row]:
    """Return up to ``limit`` members who are in the team, by name."""
    return fetch(connection, SQL["of_team"], organisation_id=organisation_id, team=team, limit=limit)


def teams(connection: Connection[Any], organisation_id: UUID) -> list[Row]:
    """Return every team that a member or a project names, with how many of each do."""
    return fetch(connection, SQL["teams"], organisation_id=organisation_id)
