"""Ways to find lessons by their words, side by side: time of a question, size on disk, cost of a hundred more lessons."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import bm25s
import numpy as np
import Stemmer
import tantivy
from psycopg import Connection

from hardwon.ids import new_id
from hardwon.projections.following import Pool
from hardwon.sql import queries
from hardwon_bench import database
from hardwon_bench.database import Organisation
from hardwon_bench.measuring import Times, timed
from hardwon_bench.texts import Speech
from hardwon_worker import words

SQL = queries("hardwon_bench", "wording.sql")
_FOUND = 100
_MORE = 100
"""Lessons that are added, to see what that costs."""
_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one way."""

    way: str
    built: float
    """Seconds."""
    asked: Times
    megabytes: float
    more: float
    """Milliseconds for a hundred more lessons."""


class Way(Protocol):
    """A way to find lessons by words."""

    def build(self) -> None: ...
    def ask(self, organisation: Organisation, question: str) -> object: ...
    def add(self, organisation: Organisation, lessons: Sequence[UUID], texts: Sequence[str]) -> None: ...
    def megabytes(self) -> float: ...


class InPostgresql:
    """The product's own: weights in a sparsevec, candidates by a GIN index on the rarer words."""

    def __init__(self, pool: Pool, owner: Connection[Any], organisations: Sequence[Organisation]) -> None:
        self._pool, self._owner, self._organisations = pool, owner, organisations

    def build(self) -> None:
        for each in self._organisations:
            words.Words(self._pool).follow(each.organisation_id)
        database.settle(self._owner)

    def ask(self, organisation: Organisation, question: str) -> object:
        with self._pool.of(organisation.organisation_id) as connection:
            asked = words.ask(connection, organisation.organisation_id, question)
            return words.holding(connection, organisation.organisation_id, asked, _FOUND) if asked else []

    def add(self, organisation: Organisation, lessons: Sequence[UUID], texts: Sequence[str]) -> None:
        database.add(self._owner, organisation, lessons, texts)
        words.Words(self._pool).follow(organisation.organisation_id)

    def megabytes(self) -> float:
        return database.megabytes(self._owner, "lesson_words", "term")


class Postings:
    """A row a word of a lesson in PostgreSQL, summed up by lesson; it leans on the words that the product's own way counted."""

    def __init__(self, pool: Pool, owner: Connection[Any]) -> None:
        self._pool, self._owner = pool, owner

    def build(self) -> None:
        self._owner.execute(SQL["make_postings"])
        self._owner.execute(SQL["fill_postings"], {"lesson_ids": [], "all": True})
        database.settle(self._owner)

    def ask(self, organisation: Organisation, question: str) -> object:
        with self._pool.of(organisation.organisation_id) as connection:
            asked = words.ask(connection, organisation.organisation_id, question)
            names = {"organisation_id": organisation.organisation_id, "limit": _FOUND}
            names |= {"terms": asked.terms.tolist(), "weights": asked.weights.tolist()} if asked else {}
            return connection.execute(SQL["best_postings"], names).fetchall() if asked else []

    def add(self, organisation: Organisation, lessons: Sequence[UUID], texts: Sequence[str]) -> None:  # noqa: ARG002 - as the others
        self._owner.execute(SQL["fill_postings"], {"lesson_ids": list(lessons), "all": False})

    def megabytes(self) -> float:
        return database.megabytes(self._owner, "posting")


class Tantivy:
    """One index of all organisations, the organisation a term that each question must match."""

    def __init__(self, organisations: Sequence[Organisation], folder: Path) -> None:
        self._organisations, self._folder = organisations, folder
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("organisation", stored=False, tokenizer_name="raw")
        schema.add_text_field("lesson", stored=True, tokenizer_name="raw")
        schema.add_text_field("text", stored=False, tokenizer_name="en_stem")
        self._index = tantivy.Index(schema.build(), path=str(folder))

    def build(self) -> None:
        for each in self._organisations:
            self.add(each, each.lessons, each.texts)

    def ask(self, organisation: Organisation, question: str) -> object:
        text = " ".join(word for word in question.split() if word.isalpha())
        query = self._index.parse_query(f'+organisation:"{organisation.organisation_id}" +({text.lower()})', ["text"])
        searcher = self._index.searcher()
        return [searcher.doc(address)["lesson"] for _, address in searcher.search(query, _FOUND).hits]

    def add(self, organisation: Organisation, lessons: Sequence[UUID], texts: Sequence[str]) -> None:
        writer = self._index.writer()
        for lesson_id, text in zip(lessons, texts, strict=True):
            told = {"organisation": str(organisation.organisation_id), "lesson": str(lesson_id), "text": text}
            writer.add_document(tantivy.Document(**told))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def megabytes(self) -> float:
        return sum(file.stat().st_size for file in self._folder.iterdir()) / 1e6


class InMemory:
    """bm25s, an index an organisation in the worker's memory; more lessons mean making it anew."""

    def __init__(self, organisations: Sequence[Organisation]) -> None:
        self._organisations = organisations
        self._indexes: dict[UUID, bm25s.BM25] = {}
        self._stemmer = Stemmer.Stemmer("english")

    def build(self) -> None:
        for each in self._organisations:
            self._index(each, each.texts)

    def ask(self, organisation: Organisation, question: str) -> object:
        index = self._indexes[organisation.organisation_id]
        scores = index.get_scores(
            *bm25s.tokenize([question], stemmer=self._stemmer, return_ids=False, show_progress=False)
        )
        return np.argpartition(-scores, min(_FOUND, len(scores) - 1))[:_FOUND]

    def add(self, organisation: Organisation, lessons: Sequence[UUID], texts: Sequence[str]) -> None:  # noqa: ARG002 - as the others
        self._index(organisation, [*organisation.texts, *texts])

    def megabytes(self) -> float:
        with tempfile.TemporaryDirectory() as folder:
            for name, index in self._indexes.items():
                index.save(str(Path(folder) / str(name)))
            return sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()) / 1e6

    def _index(self, organisation: Organisation, texts: Sequence[str]) -> None:
        index = bm25s.BM25()
        tokens = bm25s.tokenize(list(texts), stopwords="en", stemmer=self._stemmer, show_progress=False)
        index.index(tokens, show_progress=False)
        self._indexes[organisation.organisation_id] = index


def compare(pool: Pool, owner: Connection[Any], lessons: int, questions: int) -> Iterator[Measured]:
    """Fill a large organisation and ten small ones, and measure each way in the large one."""
    speech, chance, counts = Speech(), np.random.default_rng(1), database.sizes(lessons)
    texts = _texts(speech, sum(counts) + _MORE, chance)
    organisations = database.fill(pool, owner, texts[:-_MORE], counts)
    asked = speech.sentences(speech.topics_of(questions, chance), chance)
    with tempfile.TemporaryDirectory(prefix="hardwon-bench-") as folder:
        ways: dict[str, Way] = {
            "sparsevec and GIN, in PostgreSQL": InPostgresql(pool, owner, organisations),
            "postings, in PostgreSQL": Postings(pool, owner),
            "tantivy": Tantivy(organisations, Path(folder)),
            "bm25s": InMemory(organisations),
        }
        more = [new_id() for _ in range(_MORE)]
        # Before any is added to, so that all hold the same.
        built = {name: timed([way.build]).p50 for name, way in ways.items()}
        for name, way in ways.items():
            asking = [partial(way.ask, organisations[0], each) for each in asked]
            timed(asking[:20])
            times, size = timed(asking), way.megabytes()
            adding = timed([partial(way.add, organisations[0], more, texts[-_MORE:])])
            yield Measured(name, round(built[name] / 1_000, 1), times, round(size, 1), adding.p50)


def _texts(speech: Speech, count: int, chance: np.random.Generator) -> list[str]:
    told = speech.sentences(np.repeat(speech.topics_of(count, chance), _SENTENCES), chance)
    return [" ".join(told[at : at + _SENTENCES]) for at in range(0, len(told), _SENTENCES)]
