"""Vectors follow the log: a text is embedded once a model, and one model at a time answers an organisation's questions.

A new model embeds the lessons beside the live one, under a checkpoint of its own, and becomes live in the transaction in which it has
caught up.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, LiteralString
from uuid import UUID

import numpy as np
import structlog
from pgvector import HalfVector
from psycopg import Connection, sql

from hardwon.domain.lesson import searchable_text
from hardwon.log.personal import ERASED
from hardwon.ports import Embedder, EmbeddingModel
from hardwon.projections import lessons, points
from hardwon.projections.following import Checkpoint, Pool, Row, checkpoints, ensure_checkpoint, move_checkpoint
from hardwon.projections.reading import fetch, fetch_one
from hardwon.sql import queries
from hardwon_worker import trying
from hardwon_worker.fusing import Floats

SQL = queries("hardwon_worker", "vectors.sql")
Load = Callable[[str], Embedder]
"""From a source, as the settings name it, to the embedder."""
log = structlog.get_logger()


_HALFVEC_HEADER = 4
"""Bytes before the numbers in pgvector's binary form of a halfvec."""


def from_halfvec(binary: bytes) -> Floats:
    """Return a vector that came in pgvector's binary form, by ``halfvec_send``: a tenth of the time that its text would take."""
    return np.frombuffer(binary, ">f2", offset=_HALFVEC_HEADER).astype(float)


@dataclass(frozen=True, slots=True)
class Subject:
    """What has vectors: the read model that holds its texts, and where they go."""

    read_model: str
    table: str
    text: Callable[[Row], str]
    unembedded: LiteralString
    save: sql.Composed
    prefix: str
    forget: LiteralString | None = None
    """Takes the vectors away of what ended in a part of the log; None where what ended keeps them."""

    def follower(self, model: str) -> str:
        return f"{self.prefix}:{model}"


def _lesson_text(row: Row) -> str:
    return searchable_text(row["insight"], row["advice"], row["applies_when"])


def _point_text(row: Row) -> str:
    return str(row["text"])


def _saving(said: LiteralString, **names: str) -> sql.Composed:
    """Return the statement that saves vectors, for the tables of these names."""
    told = {role: sql.Identifier(name) for role, name in names.items()}
    return sql.SQL(SQL["save"]).format(said=sql.SQL(said), **told)


LESSONS = Subject(
    lessons.PROJECTION.name,
    "lesson_vector",
    _lesson_text,
    SQL["unembedded"],
    _saving(SQL["lesson_says"], vectors="lesson_vector", key="lesson_id", sums="vector_sum", counted="lessons"),
    prefix="embedding",
)
POINTS = Subject(
    points.PROJECTION.name,
    "point_vector",
    _point_text,
    SQL["unembedded_points"],
    _saving(SQL["point_says"], vectors="point_vector", key="point_id", sums="point_vector_sum", counted="points"),
    prefix="point-embedding",
    forget=SQL["forget_points"],
)


@dataclass(frozen=True, slots=True)
class LiveModel:
    """The model whose vectors answer an organisation's questions, and the setting by which it can be loaded."""

    model: str
    source: str
    dimensions: int


class Embedders:
    """The embedder that the settings name, and those that still answer where a change of model is under way."""

    def __init__(self, source: str, load: Load) -> None:
        self.source = source
        self.configured = load(source)
        self._load = load
        self._others: dict[str, Embedder | None] = {}
        self._loading = Lock()

    def of(self, live: LiveModel) -> Embedder | None:
        """Return the embedder that made the live vectors; None where it cannot be loaded: then questions wait for the new one."""
        if live.model == self.configured.model.name:
            return self.configured
        with self._loading:
            if live.model not in self._others:
                self._others[live.model] = self._other(live)
            return self._others[live.model]

    def _other(self, live: LiveModel) -> Embedder | None:
        try:
            embedder = self._load(live.source)
        except Exception as error:  # noqa: BLE001 - whatever the library raises, the change to the new model must go on
            log.warning("old_model_cannot_be_loaded", model=live.model, source=live.source, error=str(error))
            return None
        if embedder.model.name != live.model:
            log.warning("old_model_is_another_now", model=live.model, source=live.source, found=embedder.model.name)
            return None
        return embedder


class Vectors:
    """The vectors of lessons, followed by every model that an organisation has or is about to have; or those of what went wrong.

    The model that answers is decided by lessons: their vectors switch it, those of points come after.
    """

    def __init__(self, pool: Pool, embedders: Embedders, subject: Subject = LESSONS) -> None:
        self._pool = pool
        self.embedders = embedders
        self.subject = subject
        self._indexed: set[str] = set()

    def live(self, organisation_id: UUID) -> LiveModel:
        """Return the organisation's live model; the first time, the configured one becomes it."""
        with self._pool.of(organisation_id) as connection:
            live = _live(connection, organisation_id)
            if live is None:
                connection.execute(SQL["first_live_model"], self._configured(organisation_id))
                live = _live(connection, organisation_id)
        if live is None:
            raise AssertionError("the live model was set above and is never removed")
        return live

    def reached(self, organisation_id: UUID, live: LiveModel) -> int:
        """Return the log position up to which the live model can answer."""
        return _position(self._checkpoints(organisation_id), self.subject.follower(live.model))

    def models(self, organisation_id: UUID) -> list[Embedder]:
        """Return the embedders that must follow: the one that answers, then, during a change, the one to come."""
        live = self.embedders.of(self.live(organisation_id))
        configured = self.embedders.configured
        return [configured] if live in (None, configured) else [live, configured]

    def behind(self, organisation_id: UUID, embedder: Embedder) -> bool:
        """Tell whether the model has yet to see something that the read model already holds."""
        at = self._checkpoints(organisation_id)
        return _position(at, self.subject.follower(embedder.model.name)) < _position(at, self.subject.read_model)

    def _checkpoints(self, organisation_id: UUID) -> dict[str, Checkpoint]:
        with self._pool.of(organisation_id) as connection:
            return checkpoints(connection, organisation_id)

    def embed(self, organisation_id: UUID, embedder: Embedder, size: int) -> bool:
        """Take up to ``size`` texts, in the order in which they changed; return whether more may be left.

        The model works outside of any transaction; its vectors and the checkpoint are written in one.
        """
        name = self.subject.follower(embedder.model.name)
        names = {"organisation_id": organisation_id, "model": embedder.model.name, "follower": name}
        at = self._checkpoints(organisation_id)
        after, goal = _position(at, name), _position(at, self.subject.read_model)
        if goal <= after:
            return False
        tries = at[name].tries if name in at else 0
        size = 1 if trying.is_suspicious(tries) else size
        with self._pool.of(organisation_id) as connection:
            batch = fetch(connection, self.subject.unembedded, **names, after=after, limit=size, erased=ERASED)
        fresh = [row for row in batch if not row["embedded"]]
        vectors = self._made(names, embedder, fresh, tries) if fresh else []
        full = len(batch) == size
        with self._pool.of(organisation_id) as connection:
            ensure_checkpoint(connection, organisation_id, name)
            if vectors:
                self._ensure_index(connection, embedder.model)
            with connection.transaction():
                if connection.execute(SQL["claim"], {**names, "after": after}).fetchone() is None:
                    return full
                if vectors:
                    self._save(connection, names, fresh, vectors)
                elif fresh:
                    trying.set_aside(connection, names, fresh[0]["id"])
                self._move(connection, names, after, batch[-1]["text_position"] if full else goal)
                done = [row["id"] for row in fresh] if vectors else []
                trying.end(connection, names, done, suspicious=full and trying.is_suspicious(tries))
                if not full and embedder is self.embedders.configured and self.subject is LESSONS:
                    connection.execute(SQL["switch_live_model"], self._configured(organisation_id))
        return full

    def _move(self, connection: Connection[Any], names: Row, after: int, until: int) -> None:
        if self.subject.forget:
            connection.execute(self.subject.forget, {**names, "after": after, "until": until})
        move_checkpoint(connection, names["organisation_id"], names["follower"], until)

    def _made(self, names: Row, embedder: Embedder, rows: Sequence[Row], tries: int) -> Sequence[Sequence[float]]:
        """Return the vectors of these texts; none where there is no hope of them."""
        if trying.is_suspicious(tries):
            trying.see_that_it_works(embedder)
        if trying.is_hopeless(tries):
            return []
        with self._pool.of(names["organisation_id"]) as connection:
            trying.begin(connection, names)
        return trying.vectors_of(embedder, [self.subject.text(row) for row in rows])

    def _ensure_index(self, connection: Connection[Any], model: EmbeddingModel) -> None:
        """Make the model's index before its first vector, once a process: even finding it there would wait for all writers."""
        if model.name not in self._indexed:
            names = {"model": model.name, "dimensions": model.dimensions, "table": self.subject.table}
            connection.execute(SQL["ensure_vector_index"], names)
            self._indexed.add(model.name)

    def _save(
        self, connection: Connection[Any], names: Row, rows: Sequence[Row], vectors: Sequence[Sequence[float]]
    ) -> None:
        parameters = {
            **names,
            "ids": [row["id"] for row in rows],
            "text_hashes": [row["text_hash"] for row in rows],
            "embeddings": [HalfVector(list(vector)).to_text() for vector in vectors],
            "dimensions": len(vectors[0]),
        }
        connection.execute(self.subject.save, parameters)

    def _configured(self, organisation_id: UUID) -> Row:
        model = self.embedders.configured.model
        source = self.embedders.source
        return {
            "organisation_id": organisation_id,
            "model": model.name,
            "source": source,
            "dimensions": model.dimensions,
        }


def _position(at: Mapping[str, Checkpoint], follower: str) -> int:
    return at[follower].position if follower in at else 0


def _live(connection: Connection[Any], organisation_id: UUID) -> LiveModel | None:
    found = fetch_one(connection, SQL["live_model"], organisation_id=organisation_id)
    return LiveModel(**found) if found else None
