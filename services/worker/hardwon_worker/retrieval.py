"""Finding lessons of one organisation by meaning and by words: candidates from two legs, their scores fused.

The leg of vectors compares all lessons, in PostgreSQL while they are few, else in memory (held.py), and walks an index where memory is too
small for them; the leg of words is in words.py.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

import numpy as np
from pgvector import HalfVector, Vector
from psycopg import Connection, sql
from psycopg.rows import dict_row

from hardwon.domain.lesson import searchable_text
from hardwon.ports import Embedder
from hardwon.projections.following import Pool, Row
from hardwon.sql import queries
from hardwon_worker import words
from hardwon_worker.fusing import Floats, fuse
from hardwon_worker.held import ROOM, HeldVectors
from hardwon_worker.sentences import sentences
from hardwon_worker.vectors import LiveModel, from_halfvec

SQL = queries("hardwon_worker", "retrieval.sql")
FEW = 10_000
"""Up to so many lessons an organisation's vectors are all compared, which finds every one; docs/decisions/0007 tells the measurements."""
# The distances by which one text is compared with others. The first stands without the cast that the HNSW index is made on, so the planner
# cannot take that index; the second with it, or the index would not match.
ALL_COMPARED: LiteralString = "vector.embedding <=> asked.embedding"
THROUGH_THE_INDEX: LiteralString = (
    "(vector.embedding::halfvec({dimensions})) <=> asked.embedding::halfvec({dimensions})"
)
LEG = 100
"""Candidates that each leg brings."""
_BESIDE = 4
"""Threads in which the words are asked for while the vectors are compared: PostgreSQL works on another core meanwhile."""
_PASSED_OVER = 50
"""So many more than wanted are looked at in memory, where it is not known which lessons ended."""
_FEW_TEXTS = 10
"""Of so few lessons the mean says more about them than about how the organisation writes."""
_TOLD = ("lesson_id", "project_id", "insight", "advice", "applies_when", "language")
_WEIGHED_BY_MEANING = 3
"""So many sentences are embedded for one answer; that takes longer than all the rest of it."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, as a vector and in words."""

    vector: Sequence[float]
    words: words.Asked | None
    """None where the organisation knows none of them, or meaning alone is asked for."""


@dataclass(frozen=True, slots=True)
class Near:
    """A lesson, and the cosine of its vector to what was asked."""

    lesson_id: UUID
    similarity: float


@dataclass(frozen=True, slots=True)
class Match:
    """A lesson, and how well it matches what was asked."""

    lesson_id: UUID
    project_id: UUID
    insight: str
    advice: str
    applies_when: str
    language: str
    vector: Floats
    score: float
    """By meaning and words together; comparable within one answer only."""
    similarity: float
    """Cosine of the vectors, -1 to 1."""

    @property
    def text(self) -> str:
        return searchable_text(self.insight, self.advice, self.applies_when)


class Retrieval:
    """Lessons that match: current ones of one organisation, by the vectors and words of their present text."""

    def __init__(self, pool: Pool, *, few: int = FEW, room: int = ROOM) -> None:
        self._pool = pool
        self._few = few
        self._held = HeldVectors(pool, room)
        self._beside = ThreadPoolExecutor(_BESIDE, "words")

    def question(self, organisation_id: UUID, text: str, vector: Sequence[float]) -> Question:
        """Return the question with its words as the organisation knows them."""
        with self._pool.connection() as connection:
            return Question(vector, words.ask(connection, organisation_id, text))

    def search(
        self,
        organisation_id: UUID,
        live: LiveModel,
        question: Question,
        limit: int,
        *,
        other_than: UUID | None = None,
    ) -> list[Match]:
        """Return up to ``limit`` lessons, the best first, none of the project ``other_than``."""
        by_words = self._beside.submit(self._holding, organisation_id, question.words, other_than)
        near = self._near(organisation_id, live, question.vector, LEG, other_than)
        ids = {each.lesson_id for each in near} | set(by_words.result())
        names: Row = {"organisation_id": organisation_id, "model": live.model, "other_than": other_than}
        with self._pool.connection() as connection:
            with connection.cursor(row_factory=dict_row, binary=True) as cursor:
                rows = cursor.execute(SQL["candidates"], names | {"lesson_ids": list(ids)}).fetchall()
            mean = mean_of(connection, SQL["mean"], live, names)[1]
        return _scored(question, rows, mean, limit) if rows else []

    def _holding(self, organisation_id: UUID, asked: words.Asked | None, other_than: UUID | None) -> list[UUID]:
        if asked is None:
            return []
        with self._pool.connection() as connection:
            return words.holding(connection, organisation_id, asked, LEG, other_than=other_than)

    def passages(
        self, organisation_id: UUID, question: Question, found: Sequence[Match], embedder: Embedder
    ) -> list[str]:
        """Return of each lesson the sentence that answers best: by its words, or by meaning where it shares none with the question."""
        told = [sentences(each.text) for each in found]
        languages = [match.language for match, each in zip(found, told, strict=True) for _ in each]
        flat = [sentence for each in told for sentence in each]
        held = np.zeros(len(flat))
        if question.words:
            with self._pool.connection() as connection:
                held = words.weights_of(connection, organisation_id, question.words, flat, languages)
        ends = np.cumsum([len(each) for each in told])[:-1]
        weights = np.split(held, ends)
        _weigh_by_meaning(told, weights, question, embedder)
        return [each[int(held.argmax())] for each, held in zip(told, weights, strict=True)]

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
        near = self._near(organisation_id, live, wanted, limit, other_than)
        names = {"organisation_id": organisation_id, "model": live.model, "other_than": other_than}
        names["lesson_ids"] = [each.lesson_id for each in near]
        with self._pool.connection() as connection:
            current = {row[0] for row in connection.execute(SQL["still_current"], names)}
        return [each for each in near if each.lesson_id in current][:limit]

    def _near(
        self, organisation_id: UUID, live: LiveModel, wanted: Sequence[float], limit: int, other_than: UUID | None
    ) -> list[Near]:
        """Return the nearest lessons: ``limit`` that stand, or some more of which a few may have ended since."""
        with self._pool.connection() as connection:
            recorded = lessons_recorded(connection, organisation_id)
        if recorded > self._few and self._held.has_room(recorded, live):
            return [Near(*each) for each in self._held.nearest(organisation_id, live, wanted, limit + _PASSED_OVER)]
        names: Row = {"organisation_id": organisation_id, "limit": limit, "other_than": other_than}
        names["wanted"] = HalfVector(list(wanted)).to_text()
        with self._pool.connection() as connection:
            if recorded > self._few:
                with connection.transaction():
                    connection.execute(SQL["walk_the_index"])
                    rows = ask(connection, SQL["nearest_indexed"], live, names)
                if len(rows) == limit:
                    return [Near(**row) for row in rows]
            return [Near(**row) for row in ask(connection, SQL["nearest_exact"], live, names)]

    def latest(
        self, organisation_id: UUID, live: LiveModel, wanted: Sequence[float], limit: int, *, other_than: UUID
    ) -> list[Match]:
        """Return the ``limit`` lessons that changed last, none of the project ``other_than``, scored by meaning alone."""
        names = {"organisation_id": organisation_id, "model": live.model, "other_than": other_than, "limit": limit}
        with self._pool.connection() as connection:
            with connection.cursor(row_factory=dict_row, binary=True) as cursor:
                rows = cursor.execute(SQL["latest"], names).fetchall()
            mean = mean_of(connection, SQL["mean"], live, names)[1]
        return _scored(Question(wanted, None), rows, mean, limit) if rows else []

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


def lessons_recorded(connection: Connection[Any], organisation_id: UUID) -> int:
    return _one(connection, SQL["lessons_recorded"], organisation_id=organisation_id)


def _scored(question: Question, rows: Sequence[Row], mean: Floats, limit: int) -> list[Match]:
    """Return the ``limit`` best of the candidates."""
    vectors = np.stack([from_halfvec(row["vector"]) for row in rows])
    columns = [[row[name] for row in rows] for name in ("length", "terms", "counts")]
    lexical = words.bm25(question.words, *columns) if question.words else np.zeros(len(rows))
    wanted = np.asarray(question.vector)
    scores, similarities = fuse(wanted, vectors, lexical, mean).round(4), (vectors @ wanted).round(4)
    best = sorted(range(len(rows)), key=lambda at: (-scores[at], rows[at]["lesson_id"]))[:limit]
    return [
        Match(
            **{name: rows[at][name] for name in _TOLD},
            vector=vectors[at],
            score=float(scores[at]),
            similarity=float(similarities[at]),
        )
        for at in best
    ]


def _weigh_by_meaning(
    told: Sequence[list[str]], weights: Sequence[Floats], question: Question, embedder: Embedder
) -> None:
    """Weigh the sentences of those texts that share no word with the question, as long as a person waits gladly for it."""
    wordless = [at for at, held in enumerate(weights) if len(held) > 1 and not held.any()]
    size = np.cumsum([len(told[at]) for at in wordless])
    wordless = wordless[: int(np.searchsorted(size, _WEIGHED_BY_MEANING, side="right"))]
    vectors = iter(embedder.embed([sentence for at in wordless for sentence in told[at]]) if wordless else [])
    for at in wordless:
        weights[at][:] = [np.dot(next(vectors), question.vector) for _ in told[at]]


def mean_of(
    connection: Connection[Any], query: LiteralString, live: LiveModel, names: dict[str, Any]
) -> tuple[int, Floats]:
    """Return how many vectors a sum holds, and their mean, drawn toward nothing while they are few: what the texts have in common."""
    row = connection.execute(query, names).fetchone()
    if row is None:
        return 0, np.zeros(live.dimensions)
    total: Floats = np.array(Vector.from_text(row[1]).to_list())
    return row[0], total / (row[0] + _FEW_TEXTS)


def statement(query: LiteralString, live: LiveModel, distance: LiteralString = "") -> sql.Composed:
    """Return the query with the model in it, and the distance where it names one: as literals, or an index could not be used."""
    told = {"model": sql.Literal(live.model), "dimensions": sql.Literal(live.dimensions)}
    return sql.SQL(query).format(**told, distance=sql.SQL(distance).format(**told))


def ask(
    connection: Connection[Any], query: LiteralString, live: LiveModel, names: Row, distance: LiteralString = ""
) -> list[Row]:
    """Ask for what is nearest; never prepared: a plan must be made for this organisation, whose size decides what is fast."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement(query, live, distance), names, prepare=False).fetchall()


def _one(connection: Connection[Any], query: LiteralString, **parameters: object) -> int:
    row = connection.execute(query, parameters).fetchone()
    return int(row[0]) if row else 0
