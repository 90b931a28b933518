"""The nearest lessons are found, whether an organisation is small or large beside the others that share its table."""

from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt
import psycopg
import pytest
from pgvector import HalfVector
from psycopg import sql

from hardwon.ids import new_id
from hardwon.projections.following import Pool
from hardwon_worker.held import HeldVectors
from hardwon_worker.retrieval import SQL, Retrieval, statement
from hardwon_worker.vectors import LiveModel

LIVE = LiveModel("recall", "recall", 64)
ORGANISATIONS = 100
LESSONS = 3_000
ASKED = 10
"""Questions to each organisation."""

WAYS = {"in PostgreSQL": {"few": 1_000_000}, "in memory": {"few": 0}, "through the index": {"few": 0, "room": 0}}
"""How the nearest are found, by how many lessons there are and how much room for them."""

Vectors = npt.NDArray[np.float32]


class Town(NamedTuple):
    """A hundred organisations in one table: their lessons' ids and vectors."""

    lessons: dict[UUID, list[UUID]]
    vectors: dict[UUID, Vectors]
    questions: Vectors

    @property
    def largest(self) -> UUID:
        return max(self.lessons, key=lambda organisation_id: len(self.lessons[organisation_id]))


@pytest.fixture(scope="module")
def town(stack: Any) -> Town:
    """Fill the tables as the worker would, with vectors spread as those of texts are: along few directions of many."""
    chance = np.random.default_rng(20)
    directions = chance.normal(size=(12, LIVE.dimensions))

    def vectors(count: int) -> Vectors:
        made = chance.normal(size=(count, 12)) @ directions + chance.normal(size=(count, LIVE.dimensions))
        return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)

    shares = 1 / np.arange(1, ORGANISATIONS + 1)
    sizes = np.maximum(3, shares / shares.sum() * LESSONS).astype(int)
    made = {new_id(): vectors(size) for size in sizes}
    town = Town({id_: [new_id() for _ in each] for id_, each in made.items()}, made, vectors(ASKED))
    rows = [(id_, town.lessons[id_][n], each[n]) for id_, each in made.items() for n in range(len(each))]
    _write(stack.owner_database_url, [rows[n] for n in chance.permutation(len(rows))])
    return town


def _write(owner_database_url: str, rows: list[tuple[UUID, UUID, Vectors]]) -> None:
    with psycopg.connect(owner_database_url) as connection, connection.cursor() as cursor:
        connection.execute("DELETE FROM lesson_vector WHERE model = %s", (LIVE.model,))
        with cursor.copy("COPY lesson_vector FROM STDIN") as copy:
            for organisation_id, lesson_id, vector in rows:
                copy.write_row((organisation_id, lesson_id, LIVE.model, "hash", HalfVector(vector).to_text()))
        columns = (
            "organisation_id, lesson_id, project_id, retrospective_id, insight, advice, applies_when, tags, language, points,"
            " state, drawn_at, version, position, text_hash, text_position"
        )
        with cursor.copy(f"COPY lesson ({columns}) FROM STDIN") as copy:
            for position, (organisation_id, lesson_id, _) in enumerate(rows, start=1):
                text = ("insight", "advice", "", "[]", "en", "[]", "current", "2026-01-01", 1)
                copy.write_row((organisation_id, lesson_id, lesson_id, None, *text, position, "hash", position))
        cursor.execute(
            """
            INSERT INTO project SELECT organisation_id, organisation_id, '{"name": "All"}', 1, 1, now(), 0, 0, count(*)
            FROM lesson_vector WHERE model = %s GROUP BY organisation_id
            """,
            (LIVE.model,),
        )
        cursor.execute("SELECT ensure_vector_index(%s, %s)", (LIVE.model, LIVE.dimensions))


def true_nearest(town: Town, organisation_id: UUID, wanted: Vectors, count: int) -> set[UUID]:
    order = np.argsort(-(town.vectors[organisation_id] @ wanted))[:count]
    return {town.lessons[organisation_id][place] for place in order}


@pytest.mark.parametrize("sizes", WAYS.values(), ids=WAYS)
def test_every_organisation_gets_its_nearest_lessons(town: Town, pool: Pool, sizes: dict[str, int]) -> None:
    """Of a hundred organisations of very different sizes each finds 99 in 100 of its ten nearest, and never another one's."""
    retrieval, recall = Retrieval(pool, **sizes), {}
    for organisation_id, ids in town.lessons.items():
        shares = []
        for wanted in town.questions:
            found = {each.lesson_id for each in retrieval.nearest(organisation_id, LIVE, wanted.tolist(), 10)}
            wanted_ids = true_nearest(town, organisation_id, wanted, 10)
            assert len(found) == min(10, len(ids))
            assert found <= set(ids)
            shares.append(len(found & wanted_ids) / len(wanted_ids))
        recall[organisation_id] = float(np.mean(shares))
    assert min(recall.values()) >= 0.99, sorted(recall.values())[:5]


@pytest.mark.parametrize("sizes", WAYS.values(), ids=WAYS)
def test_what_must_not_be_found_is_passed_over(town: Town, pool: Pool, sizes: dict[str, int]) -> None:
    """The asking project's own lessons, retired ones, and vectors of words that a lesson no longer has, make room for others."""
    organisation_id, wanted = town.largest, town.questions[0]
    retrieval = Retrieval(pool, **sizes)
    own, retired, reworded, *rest = [
        each.lesson_id for each in retrieval.nearest(organisation_id, LIVE, wanted.tolist(), 10)
    ]
    with pool.of(organisation_id) as connection, connection.transaction(force_rollback=True):
        connection.execute("UPDATE lesson SET state = 'retired' WHERE lesson_id = %s", (retired,))
        connection.execute("UPDATE lesson SET text_hash = 'another' WHERE lesson_id = %s", (reworded,))
        inside = Retrieval(_Same(connection), **sizes)  # type: ignore[arg-type]  # it sees what this transaction sees
        found = inside.nearest(organisation_id, LIVE, wanted.tolist(), 10, other_than=own)
    ids = [each.lesson_id for each in found]
    assert ids[: len(rest)] == rest
    assert len(ids) == 10
    assert not {own, retired, reworded} & set(ids)


def test_the_nearest_comes_first_with_its_cosine(town: Town, pool: Pool) -> None:
    """All ways give the same order and the same numbers, up to the half precision in which vectors are kept."""
    organisation_id, wanted = town.largest, town.questions[1]
    ways = [Retrieval(pool, **sizes).nearest(organisation_id, LIVE, wanted.tolist(), 10) for sizes in WAYS.values()]
    assert [each.lesson_id for each in ways[0]] == [each.lesson_id for each in ways[1]]
    assert ways[0] == ways[2]
    assert [each.similarity for each in ways[1]] == pytest.approx([each.similarity for each in ways[0]], abs=1e-3)
    cosines = town.vectors[organisation_id] @ wanted
    assert [each.similarity for each in ways[0]] == pytest.approx(sorted(cosines, reverse=True)[:10], abs=2e-3)


@pytest.mark.parametrize(("query", "indexed"), [("nearest_indexed", True), ("nearest_exact", False)])
def test_each_way_is_planned_as_it_is_meant(town: Town, pool: Pool, query: str, *, indexed: bool) -> None:
    """Large organisations go through the model's HNSW index and small ones do not, whatever the planner thinks of their size."""
    for organisation_id in list(town.lessons)[:: ORGANISATIONS // 4]:
        with pool.of(organisation_id) as connection, connection.transaction():
            if indexed:
                connection.execute(SQL["walk_the_index"])
            names = "SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%%hnsw%%' AND indexdef LIKE %s"
            (name,) = connection.execute(names, (f"%'{LIVE.model}'%",)).fetchone() or [None]
            parameters: dict[str, Any] = {
                "organisation_id": organisation_id,
                "wanted": HalfVector(town.questions[0]).to_text(),
                "limit": 10,
                "other_than": None,
                "among": None,
            }
            explained = connection.execute(sql.SQL("EXPLAIN ") + statement(SQL[query], LIVE), parameters).fetchall()
            assert (f"Index Scan using {name}" in str(explained)) is indexed


def test_what_is_held_is_brought_up_to_date(town: Town, pool: Pool) -> None:
    """A lesson that says something else now is found by that, a new one is found, and a text without its vector yet is not."""
    organisation_id, wanted = town.largest, town.questions[2]
    held = HeldVectors(pool)
    (nearest, _), *_, (farthest, _) = held.now(organisation_id, LIVE).nearest(wanted.tolist(), 1_000_000)
    same = HalfVector(wanted).to_text()
    with pool.of(organisation_id) as connection, connection.transaction(force_rollback=True):
        inside = HeldVectors(_Same(connection))  # type: ignore[arg-type]  # as above
        inside.now(organisation_id, LIVE)
        changed = (
            "UPDATE lesson SET text_hash = 'new', text_position = text_position + 1000000 WHERE lesson_id = ANY(%s)"
        )
        connection.execute(changed, ([nearest, farthest],))
        again = "UPDATE lesson_vector SET text_hash = 'new', embedding = %s::halfvec WHERE lesson_id = %s"
        connection.execute(again, (same, farthest))
        found = inside.now(organisation_id, LIVE).nearest(wanted.tolist(), 2)
    assert found[0] == (farthest, pytest.approx(1, abs=1e-3))
    assert found[1][0] == nearest  # by its old text; whoever asks passes over it


def test_what_is_held_makes_room(town: Town, pool: Pool) -> None:
    """Where there is room for one organisation only, the one asked before is dropped, and read again when it is asked."""
    first, second = sorted(town.lessons, key=lambda id_: -len(town.lessons[id_]))[:2]
    held = HeldVectors(pool, room=len(town.lessons[first]) * LIVE.dimensions * 3)
    before = held.now(first, LIVE).nearest(town.questions[0].tolist(), 5)
    held.now(second, LIVE)
    assert [key[0] for key in held._held] == [second]
    assert held.now(first, LIVE).nearest(town.questions[0].tolist(), 5) == before
    assert not held.has_room(len(town.lessons[first]) + 1, LIVE)


class _Same:
    """A pool that always gives the connection of the test's own transaction."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def of(self, _: UUID) -> "_Same":
        return self

    def __enter__(self) -> Any:
        return self._connection

    def __exit__(self, *_: object) -> None:
        """Leave the connection to the test."""
