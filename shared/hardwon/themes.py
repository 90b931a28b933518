"""Reading the themes that the worker found, and which lessons were carried furthest."""

from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon.projections.following import Row
from hardwon.projections.reading import fetch, fetch_one
from hardwon.sql import queries

SQL = queries("hardwon", "themes.sql")


def made(connection: Connection[Any], organisation_id: UUID) -> Row | None:
    """Return at which position of the log the themes were found, in how many of the texts known; None before the first time."""
    return fetch_one(connection, SQL["made"], organisation_id=organisation_id)


def words(connection: Connection[Any], organisation_id: UUID) -> dict[str, list[str]]:
    """Return the words of each theme."""
    return {row["theme"]: row["words"] for row in fetch(connection, SQL["all"], organisation_id=organisation_id)}


def told(
    connection: Connection[Any], organisation_id: UUID, *, first: str, last: str, team: str | None = None
) -> list[Row]:
    """Return how many texts of which kind each project told of each theme, by month."""
    return fetch(connection, SQL["told"], organisation_id=organisation_id, first=first, last=last, team=team)


def on_the_map(connection: Connection[Any], organisation_id: UUID) -> list[Row]:
    """Return the lessons that have a place on the map, theme by theme."""
    return fetch(connection, SQL["on_the_map"], organisation_id=organisation_id)


def carried(connection: Connection[Any], organisation_id: UUID, limit: int) -> list[Row]:
    """Return the lessons that were carried furthest, as rows of the read model with ``suggested_to``."""
    return fetch(connection, SQL["carried"], organisation_id=organisation_id, limit=limit)
