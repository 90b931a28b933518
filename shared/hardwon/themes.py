"""Reading the themes that the worker found, and which lessons were carried furthest."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon.projections.following import Row
from hardwon.projections.reading import fetch, fetch_one
from hardwon.sql import queries

SQL = queries("hardwon", "themes.sql")
_CARRIED = 500
"""So many lessons are ordered: some may have ended, and the rest make up for them."""


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


def standing(connection: Connection[Any], organisation_id: UUID) -> int:
    """Return how many lessons there are, on the map or not."""
    (counted,) = fetch(connection, SQL["standing"], organisation_id=organisation_id)
    return int(counted["lessons"])


def carried(connection: Connection[Any], organisation_id: UUID) -> list[tuple[UUID, int]]:
    """Return the lessons that were carried furthest, the first before the others, and to how many projects each was suggested."""
    found = fetch(connection, SQL["carried"], organisation_id=organisation_id, limit=_CARRIED)
    return [(row["lesson_id"], row["suggested_to"]) for row in found]


def carried_lessons(connection: Connection[Any], organisation_id: UUID, lesson_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Return those lessons that stand, as rows of the read model with their project's name and team."""
    found = fetch(connection, SQL["carried_lessons"], organisation_id=organisation_id, lesson_ids=lesson_ids)
    return {row["lesson_id"]: row for row in found}
