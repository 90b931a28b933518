"""Stories: what went wrong. Those that no lesson tells count in what an organisation often meets; all can stand beside one like them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pgvector import HalfVector
from psycopg.rows import dict_row

from hardwon.projections.following import Pool, Row
from hardwon.sql import queries
from hardwon_worker import retrieval
from hardwon_worker.fusing import Floats
from hardwon_worker.retrieval import FEW, ask, mean_of
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
    with pool.of(organisation_id) as connection, connection.cursor(row_factory=dict_row, binary=True) as cursor:
        rows = cursor.execute(SQL["unanswered"], names).fetchall()
    return [Story(row["project_id"], from_halfvec(row["vector"])) for row in rows]


@dataclass(frozen=True, slots=True)
class Near:
    """A point that tells what went wrong, and the cosine of its vector to what was asked."""

    point_id: UUID
    similarity: float


def near(
    pool: Pool,
    organisation_id: UUID,
    live: LiveModel,
    wanted: Sequence[float],
    limit: int,
    *,
    other_than: UUID | None,
    few: int = FEW,
) -> list[Near]:
    """Return up to ``limit`` points that tell what went wrong, the nearest first, none of the retrospective ``other_than``.

    All are compared while they are few; else the index is walked, and all compared where that gives too little.
    """
    names: Row = {"organisation_id": organisation_id, "limit": limit, "other_than": other_than, "model": live.model}
    names["wanted"] = HalfVector(list(wanted)).to_text()
    with pool.of(organisation_id) as connection:
        known, _ = mean_of(connection, SQL["mean_of_points"], live, names)
        if known > few:
            with connection.transaction():
                connection.execute(retrieval.SQL["walk_the_index"])
                rows = ask(connection, SQL["nearest_points_indexed"], live, names)
            if len(rows) == limit:
                return [Near(**row) for row in rows]
        return [Near(**row) for row in ask(connection, SQL["nearest_points_exact"], live, names)]
