"""Stories that no lesson tells: what went wrong and nobody has drawn a lesson from; they count in what an organisation often meets."""

from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import dict_row

from hardwon.projections.following import Pool
from hardwon.sql import queries
from hardwon_worker.fusing import Floats
from hardwon_worker.vectors import LiveModel, from_halfvec

SQL = queries("hardwon_worker", "stories.sql")


@dataclass(frozen=True, slots=True)
class Story:
    """What went wrong in a project."""

    project_id: UUID
    vector: Floats


def unanswered(pool: Pool, organisation_id: UUID, live: LiveModel, limit: int, *, other_than: UUID) -> list[Story]:
    """Return the latest stories without a lesson, none of the project ``other_than``; those without a vector yet are left out."""
    names = {"organisation_id": organisation_id, "model": live.model, "limit": limit, "other_than": other_than}
    with pool.connection() as connection, connection.cursor(row_factory=dict_row, binary=True) as cursor:
        rows = cursor.execute(SQL["unanswered"], names).fetchall()
    return [Story(row["project_id"], from_halfvec(row["vector"])) for row in rows]
