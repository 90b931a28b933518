"""A database for one run: organisations of very different size in the same tables, filled past the log, since reading is measured."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from pgvector import HalfVector
from psycopg import Connection

from hardwon import organisations
from hardwon.bootstrap import open_log
from hardwon.ids import new_id
from hardwon.ports import EmbeddingModel
from hardwon.projections.following import Pool
from hardwon.schema.migrate import migrate
from hardwon.sql import queries
from hardwon_bench.vectors import Vectors
from hardwon_local.folder import DataFolder
from hardwon_local.servers import Servers, servers

SQL = queries("hardwon_bench", "database.sql")
_OF_A_PROJECT = 50
"""Lessons."""
_REST_OF_LESSON = ("", "", "[]", "en", "[]", "current", "2026-01-01", 1, "text")


@dataclass(frozen=True, slots=True)
class Organisation:
    """One that shares the tables with others."""

    organisation_id: UUID
    lessons: list[UUID]
    texts: list[str]


@contextmanager
def database() -> Iterator[tuple[Servers, Connection[Any]]]:
    """Start embedded servers in a folder that is gone afterwards; the connection is the owner's, whose statements may take long."""
    with tempfile.TemporaryDirectory(prefix="hardwon-bench-") as folder:
        Path(folder).chmod(0o711)  # as root the servers run as another user, who must be able to pass through
        with servers(DataFolder(Path(folder) / "data"), durable=False) as started:
            migrate(started.owner_database_url)
            with psycopg.connect(started.owner_database_url, autocommit=True) as owner:
                # Or making the index of vectors takes many times as long.
                owner.execute("SET maintenance_work_mem = '1GB'")
                yield started, owner


def sizes(lessons: int) -> list[int]:
    """Return how many lessons each organisation has: a large one, and some small ones that have a tenth of them together."""
    shares = [5, 2.5, 1.2, 0.6, 0.3, 0.2, 0.1, 0.05, 0.03, 0.02]
    return [lessons, *(max(1, int(lessons * share / 100)) for share in shares)]


def fill(pool: Pool, owner: Connection[Any], texts: Sequence[str], counts: Sequence[int]) -> list[Organisation]:
    """Give the texts, as lessons, to organisations; return them in the order of ``counts``, which says how many each has."""
    log, made, start = open_log(pool), [], 0
    for count in counts:
        organisation_id = organisations.register(log, "Bench", "hardwon-bench")
        made.append(Organisation(organisation_id, [new_id() for _ in range(count)], list(texts[start : start + count])))
        start += count
    for each in made:
        _copy(owner, each, each.lessons, each.texts, after=0)
    owner.execute(SQL["projects"])
    owner.execute(SQL["checkpoints"])
    owner.execute(SQL["move_heads"])
    return made


def add(owner: Connection[Any], organisation: Organisation, lessons: Sequence[UUID], texts: Sequence[str]) -> None:
    """Give more texts to an organisation."""
    _copy(owner, organisation, lessons, texts, after=len(organisation.lessons))
    owner.execute(SQL["move_checkpoints"], {"organisation_id": organisation.organisation_id})
    owner.execute(SQL["move_heads"])


def _copy(
    owner: Connection[Any], organisation: Organisation, lessons: Sequence[UUID], texts: Sequence[str], *, after: int
) -> None:
    with owner.cursor() as cursor, cursor.copy(SQL["copy_lessons"]) as copy:
        for at, (lesson_id, text) in enumerate(zip(lessons, texts, strict=True)):
            project_id = organisation.lessons[at - at % _OF_A_PROJECT]
            place = after + at + 1
            copy.write_row((organisation.organisation_id, lesson_id, project_id, text, place, place, *_REST_OF_LESSON))


def fill_vectors(
    owner: Connection[Any], organisations: Sequence[Organisation], model: EmbeddingModel, vectors: Vectors
) -> None:
    """Give each lesson its vector, then make the index: in the other order it takes ten times as long, for the same index."""
    lessons = [(each.organisation_id, lesson_id) for each in organisations for lesson_id in each.lessons]
    with owner.cursor() as cursor, cursor.copy(SQL["copy_vectors"]) as copy:
        for (organisation_id, lesson_id), vector in zip(lessons, vectors, strict=True):
            copy.write_row((organisation_id, lesson_id, model.name, "text", HalfVector(vector).to_text()))
    owner.execute(SQL["vector_sums"])
    owner.execute("SELECT ensure_vector_index(%s, %s)", (model.name, model.dimensions))


def settle(owner: Connection[Any]) -> None:
    """Do what PostgreSQL does by itself after a while: clean up, and gather statistics."""
    owner.execute("VACUUM ANALYZE")


def megabytes(owner: Connection[Any], *relations: str) -> float:
    """Return the size of tables and indexes on disk, a table's with that of its indexes."""
    row = owner.execute(SQL["megabytes"], {"relations": list(relations)}).fetchone()
    return float(row[0]) if row else 0.0
