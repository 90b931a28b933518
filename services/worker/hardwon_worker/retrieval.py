"""Finding lessons of one organisation by meaning and by words: candidates from two legs, their scores fused.

The leg of vectors compares all lessons, in PostgreSQL while they are few, else in memory (held.py), and walks an index where memory is too
small for them; the leg of words is in words.py.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import numpy as np
from pgvector import HalfVector, Vector
from psycopg import Connection, sql
from psycopg.rows import dict_row

from hardwon.ports import Embedder
from hardwon.projections.following import Pool, Row
from hardwon.projections.reading import fetch
from hardwon.sql import queries
from hardwon_worker import words
from hardwon_worker.fusing import Floats, fuse
from hardwon_worker.held import ROOM, HeldVectors, Snapshot
from hardwon_worker.matches import Match, Near, Scored
from hardwon_worker.passages import apart, word_weights
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
"""Threads for what is done beside: words are looked up while the question is embedded, since PostgreSQL works on another core meanwhile;
and whether there is something new to compare."""
_PASSED_OVER = 50
"""So many more than wanted are looked at in memory, where it is not known which lessons ended."""
_FEW_TEXTS = 10
"""Of so few lessons the mean says more about them than about how the organisation writes."""
_TOLD = ("project_id", "insight", "advice", "applies_when", "language")


class Heard(NamedTuple):
    """A question's words as the organisation knows them, and the candidates that hold some of them."""

    words: words.Asked | None
    """None where the organisation knows none of them."""
    candidates: list[Row]


class Known(NamedTuple):
    """What there is to compare with a question's vector."""

    lessons: int
    """With a vector."""
    mean: Floats
    """Of all vectors."""
    held: Snapshot | None
    """All vectors; None where they are compared in PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, of the lessons of all projects but one. All that can be done before its vector is there is done beside."""

    other_than: UUID | None
    among: Sequence[UUID] | None
    """Only these lessons may answer; None where all may."""
    heard: Future[Heard]
    known: Future[Known]


class Retrieval:
    """Lessons that match: current ones of one organisation, by the vectors and words of their present text."""

    def __init__(self, pool: Pool, *, few: int = FEW, room: int = ROOM) -> None:
        self._pool = pool
        self._few = few
        self._held = HeldVectors(pool, room)
        self._beside = ThreadPoolExecutor(_BESIDE, "beside")

    def question(
        self,
        organisation_id: UUID,
        live: LiveModel,
        text: str,
        *,
        other_than: UUID | None = None,
        among: Sequence[UUID] | None = None,
    ) -> Question:
        """Begin to look for what is asked. Put it when its turn comes: many at once would keep everybody else's waiting."""
        heard = self._beside.submit(copy_context().run, self._hear, organisation_id, text, other_than, among)
        return Question(
            other_than, among, heard, self._beside.submit(copy_context().run, self._know, organisation_id, live)
        )

    def _know(self, organisation_id: UUID, live: LiveModel) -> Known:
        names = {"organisation_id": organisation_id, "model": live.model}
        with self._pool.of(organisation_id) as connection:
            count, mean = mean_of(connection, SQL["mean"], live, names)
        in_memory = count > self._few and self._held.has_room(count, live)
        return Known(count, mean, self._held.now(organisation_id, live) if in_memory else None)

    def _hear(self, organisation_id: UUID, text: str, other_than: UUID | None, among: Sequence[UUID] | None) -> Heard:
        with self._pool.of(organisation_id) as connection:
            asked = words.ask(connection, organisation_id, text)
            if asked is None:
                return Heard(None, [])
            ids = words.holding(connection, organisation_id, asked, LEG, other_than=other_than, among=among)
            return Heard(asked, _candidates(connection, organisation_id, ids, other_than))

    def search(
        self, organisation_id: UUID, live: LiveModel, question: Question, wanted: Sequence[float], limit: int
    ) -> list[Match]:
        """Return up to ``limit`` lessons, the best first; ``wanted`` is the question's vector."""
        known = question.known.result()
        near = self._near(organisation_id, live, known, wanted, LEG, question.other_than, question.among)
        heard = question.heard.result()
        held = {row["lesson_id"] for row in heard.candidates}
        first, spare = (
            [each.lesson_id for each in some if each.lesson_id not in held] for some in (near[:LEG], near[LEG:])
        )
        with self._pool.of(organisation_id) as connection:
            rows = heard.candidates + _candidates(connection, organisation_id, first, question.other_than)
            if len(rows) < len(held) + len(first):  # some ended, or are the project's own
                rows += _candidates(connection, organisation_id, spare, question.other_than)
            vectors = self._vectors(connection, organisation_id, live, rows)
            embedded = [row for row in rows if row["lesson_id"] in vectors]
            if not embedded:
                return []
            columns = [[row[name] for row in embedded] for name in ("length", "terms", "counts")]
            lexical = words.bm25(heard.words, *columns) if heard.words else np.zeros(len(embedded))
            ids = [row["lesson_id"] for row in embedded]
            found = _scored(wanted, ids, np.stack([vectors[each] for each in ids]), lexical, known.mean)[:limit]
            names = {"organisation_id": organisation_id, "lesson_ids": [each.lesson_id for each in found]}
            return _told(found, fetch(connection, SQL["told"], **names))

    def _vectors(
        self, connection: Connection[Any], organisation_id: UUID, live: LiveModel, rows: Sequence[Row]
    ) -> dict[UUID, Floats]:
        """Return the vectors of the candidates' present texts; to ask for those that are held would take as long as all else of them."""
        found = self._held.of(organisation_id, live, {row["lesson_id"]: row["text_position"] for row in rows})
        names: Row = {"organisation_id": organisation_id, "model": live.model}
        names["lesson_ids"] = [row["lesson_id"] for row in rows if row["lesson_id"] not in found]
        if names["lesson_ids"]:
            with connection.cursor(binary=True) as cursor:
                found |= {id_: from_halfvec(each) for id_, each in cursor.execute(SQL["vectors_of"], names)}
        return found

    def passages(
        self, organisation_id: UUID, query: str, question: Question, found: Sequence[Match], embedder: Embedder
    ) -> list[str]:
        """Return of each lesson the sentence that answers best: by its words, or by closeness where the lesson shares none."""
        told = [sentences(each.text) for each in found]
        sharing = [at for at, each in enumerate(found) if each.shares_words]
        others = [at for at, each in enumerate(found) if not each.shares_words and len(told[at]) > 1]
        texts = [(told[at], found[at].language) for at in sharing]
        by_words = self._beside.submit(copy_context().run, self._word_weights, organisation_id, question, texts)
        weights: dict[int, Floats] = {}
        if others:
            close = np.array(embedder.closeness(query, [sentence for at in others for sentence in told[at]]))
            weights = dict(zip(others, apart(close, [told[at] for at in others]), strict=True))
        weights |= zip(sharing, by_words.result(), strict=True)
        return [each[int(weights[at].argmax()) if at in weights else 0] for at, each in enumerate(told)]

    def _word_weights(
        self, organisation_id: UUID, question: Question, texts: Sequence[tuple[list[str], str]]
    ) -> list[Floats]:
        asked = question.heard.result().words
        if asked is None or not texts:
            return []
        with self._pool.of(organisation_id) as connection:
            return word_weights(connection, organisation_id, asked, texts)

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
        known = self._know(organisation_id, live)
        near = self._near(organisation_id, live, known, wanted, limit, other_than)
        names: Row = {"organisation_id": organisation_id, "model": live.model, "other_than": other_than}
        names["lesson_ids"] = [each.lesson_id for each in near]
        with self._pool.of(organisation_id) as connection:
            current = {row[0] for row in connection.execute(SQL["still_current"], names)}
        return [each for each in near if each.lesson_id in current][:limit]

    def _near(
        self,
        organisation_id: UUID,
        live: LiveModel,
        known: Known,
        wanted: Sequence[float],
        limit: int,
        other_than: UUID | None,
        among: Sequence[UUID] | None = None,
    ) -> list[Near]:
        """Return the nearest of the known lessons: ``limit`` that stand, or some more of which a few may have ended since."""
        if known.held and among is None:
            return [Near(*each) for each in known.held.nearest(wanted, limit + _PASSED_OVER)]
        names: Row = {"organisation_id": organisation_id, "limit": limit, "other_than": other_than, "among": among}
        names["wanted"] = HalfVector(list(wanted)).to_text()
        with self._pool.of(organisation_id) as connection:
            if known.lessons > self._few and among is None:
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
        with self._pool.of(organisation_id) as connection:
            with connection.cursor(row_factory=dict_row, binary=True) as cursor:
                rows = cursor.execute(SQL["latest"], names).fetchall()
            mean = mean_of(connection, SQL["mean"], live, names)[1]
        if not rows:
            return []
        ids, vectors = [row["lesson_id"] for row in rows], np.stack([from_halfvec(row["vector"]) for row in rows])
        return _told(_scored(wanted, ids, vectors, np.zeros(len(rows)), mean), rows)

    def considered(self, organisation_id: UUID, project_id: UUID, known_position: int) -> int:
        """Return how many lessons of other projects could be found."""
        names = {"organisation_id": organisation_id, "project_id": project_id, "known_position": known_position}
        with self._pool.of(organisation_id) as connection:
            row = connection.execute(SQL["considered"], names).fetchone()
        return int(row[0]) if row else 0


def _candidates(
    connection: Connection[Any], organisation_id: UUID, lesson_ids: Sequence[UUID], other_than: UUID | None
) -> list[Row]:
    """Return what the scores of those are computed from that stand."""
    names = {"organisation_id": organisation_id, "lesson_ids": lesson_ids, "other_than": other_than}
    with connection.cursor(row_factory=dict_row, binary=True) as cursor:
        return cursor.execute(SQL["candidates"], names).fetchall()


def _scored(
    wanted: Sequence[float], ids: Sequence[UUID], vectors: Floats, lexical: Floats, mean: Floats
) -> list[Scored]:
    """Return the candidates with their scores, the best first."""
    scores = fuse(np.asarray(wanted), vectors, lexical, mean).round(4).tolist()
    similarities = (vectors @ np.asarray(wanted)).round(4).tolist()
    best = sorted(range(len(ids)), key=lambda at: (-scores[at], ids[at]))
    return [Scored(ids[at], vectors[at], scores[at], similarities[at], bool(lexical[at] > 0)) for at in best]


def _told(found: Sequence[Scored], rows: Sequence[Row]) -> list[Match]:
    """Add what the lessons say."""
    by_id = {row["lesson_id"]: {name: row[name] for name in _TOLD} for row in rows}
    return [Match(**by_id[each.lesson_id], **each._asdict()) for each in found if each.lesson_id in by_id]


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
