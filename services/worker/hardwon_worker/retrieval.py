"""Finding the nearest lessons of one organisation: by comparing all of them while they are few, through the index when they are many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from pgvector import HalfVector
from psycopg import Connection, sql
from psycopg.rows import class_row

from hardwon.domain.lesson import searchable_text
from hardwon.projections.following import Pool
from hardwon.sql import queries
from hardwon_worker.vectors import LiveModel

SQL = queries("hardwon_worker", "retrieval.sql")
FEW = 10_000
"""Up to so many lessons an organisation's vectors are all compared, which finds every one; docs/decisions/0007 tells the measurements."""


@dataclass(frozen=True, slots=True)
class Near:
    """A lesson, and the cosine of its vector to what was asked."""

    lesson_id: UUID
    project_id: UUID
    insight: str
    advice: str
    applies_when: str
    similarity: float

    @property
    def text(self) -> str:
        return searchable_text(self.insight, self.advice, self.applies_when)


class Retrieval:
    """Nearest lessons: current ones of one organisation, by the vectors of their present text."""

    def __init__(self, pool: Pool, *, few: int = FEW) -> None:
        self._pool = pool
        self._few = few

    def nearest(
        self,
        organisation_id: UUID,
        live: LiveModel,
        wanted: Sequence[float],
        limit: int,
        *,
        other_than: UUID | None = None,
    ) -> list[Near]:
        """Return up to ``limit`` lessons, the nearest first, none of the project ``other_than``."""
        parameters = {
            "organisation_id": organisation_id,
            "wanted": HalfVector(list(wanted)).to_text(),
            "limit": limit,
            "other_than": other_than,
        }
        with self._pool.connection() as connection:
            if _one(connection, SQL["lessons_recorded"], organisation_id=organisation_id) <= self._few:
                return _ask(connection, "nearest_exact", live, parameters)
            with connection.transaction():
                connection.execute(SQL["walk_the_index"])
                found = _ask(connection, "nearest_indexed", live, parameters)
            if len(found) == limit:
                return found
            return _ask(connection, "nearest_exact", live, parameters)

    def considered(self, organisation_id: UUID, project_id: UUID, known_position: int) -> int:
        """Return how many lessons of other projects could be found."""
        with self._pool.connection() as connection:
            return _one(
                connection,
                SQL["considered"],
                organisation_id=organisation_id,
                project_id=project_id,
                known_position=known_position,
            )


def statement(query: str, live: LiveModel) -> sql.Composed:
    """Return a query with the model in it: as a literal, or its index could not be used."""
    return sql.SQL(SQL[query]).format(model=sql.Literal(live.model), dimensions=sql.Literal(live.dimensions))


def _ask(connection: Connection[Any], query: str, live: LiveModel, parameters: dict[str, Any]) -> list[Near]:
    with connection.cursor(row_factory=class_row(Near)) as cursor:
        # Never prepared: a plan must be made for this organisation, whose size decides what is fast.
        return cursor.execute(statement(query, live), parameters, prepare=False).fetchall()


def _one(connection: Connection[Any], query: LiteralString, **parameters: object) -> int:
    row = connection.execute(query, parameters).fetchone()
    return int(row[0]) if row else 0
