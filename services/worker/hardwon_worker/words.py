"""The words of lessons, for BM25: followed from the log in PostgreSQL, whose dictionaries stem them by language.

Which lessons hold a question's rarer words is asked of an index; how well they match is then computed here, from counts and lengths as
they are. BM25 is that of Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with the idf that Lucene uses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from psycopg import Connection

from hardwon.projections import lessons
from hardwon.projections.following import Pool
from hardwon.sql import queries
from hardwon_worker.batches import take_batch
from hardwon_worker.fusing import Floats

SQL = queries("hardwon_worker", "words.sql")
FOLLOWER = "words"
K1, B = 1.2, 0.75
_USUAL_LENGTH = 40
"""Words; the length by which candidates are weighed, near that of the lessons that people write."""
_MOST_TERMS = 100
"""So many of a question's rarest words count: a pasted charter must not ask for a thousand."""
_MOST_LESSONS = 2_000
"""Words are added from the rarest on until they lead to so many lessons; the rest only weigh."""
_BATCH = 500
_HEADER = 20
"""Bytes before the elements of an array of one dimension in PostgreSQL's binary form; an empty one has fewer, and nothing behind them."""
_TERM, _COUNT = (np.dtype([("size", ">i4"), ("number", number)]) for number in (">i4", ">i2"))
"""Such elements: of an int[], of a smallint[]."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's words, the rarest first, and what the organisation's lessons are like."""

    terms: npt.NDArray[np.int64]
    weights: Floats
    """Of each term: its idf, times how often it was asked."""
    rarest: int
    """So many of the terms lead to candidates."""
    average_length: float


class Words:
    """Follows the texts of lessons."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def follow(self, organisation_id: UUID) -> None:
        """Bring the words up to the read model of lessons; leaves at once if another worker is at it."""

        def take(connection: Connection[Any], after: int, goal: int) -> tuple[int, bool]:
            names: dict[str, Any] = {"organisation_id": organisation_id, "after": after, "limit": _BATCH}
            batch = connection.execute(SQL["changed"], names).fetchall()
            if batch:
                names |= {"lesson_ids": [row[0] for row in batch], "k1": K1, "b": B, "usual_length": _USUAL_LENGTH}
                connection.execute(SQL["forget"], names)
                connection.execute(SQL["remember"], names)
            full = len(batch) == _BATCH
            return batch[-1][1] if full else goal, full

        while take_batch(self._pool, organisation_id, FOLLOWER, [lessons.PROJECTION.name], take):
            pass


def ask(connection: Connection[Any], organisation_id: UUID, question: str) -> Asked | None:
    """Return the question's words as the organisation knows them; None where it knows none."""
    names = {"organisation_id": organisation_id, "question": question}
    found = connection.execute(SQL["asked"], names).fetchmany(_MOST_TERMS)
    if not found:
        return None
    (total, length) = connection.execute(SQL["corpus"], names).fetchone() or (0, 0)
    terms, counts, holding = np.array(found, np.int64).T
    idf: Floats = np.log1p((total - holding + 0.5) / (holding + 0.5))
    rarest = max(1, int(np.searchsorted(np.cumsum(holding), _MOST_LESSONS, side="right")))
    return Asked(terms, counts * idf, rarest, length / total)


def holding(
    connection: Connection[Any],
    organisation_id: UUID,
    asked: Asked,
    limit: int,
    *,
    other_than: UUID | None = None,
    among: Sequence[UUID] | None = None,
) -> list[UUID]:
    """Return up to ``limit`` lessons that hold the asked words, about the best first, none of the project ``other_than``.

    Where ``among`` is given, only these are looked at.
    """
    weighed = ",".join(f"{term}:{weight:.6g}" for term, weight in zip(asked.terms, asked.weights, strict=True))
    parameters = {
        "organisation_id": organisation_id,
        "rarest": asked.terms[: asked.rarest].tolist(),
        "weighed": f"{{{weighed}}}/1000000000",
        "other_than": other_than,
        "among": among,
        "limit": limit,
    }
    return [row[0] for row in connection.execute(SQL["with_words"], parameters, prepare=False)]


def bm25(asked: Asked, lengths: Sequence[int], terms: Sequence[bytes], counts: Sequence[bytes]) -> Floats:
    """Return the BM25 score of each text, given its length and, in PostgreSQL's binary form, its words with their counts."""
    scores = np.zeros(len(lengths))
    owner = np.repeat(np.arange(len(lengths)), [max(0, len(each) - _HEADER) // _TERM.itemsize for each in terms])
    term, count = _numbers(terms, _TERM), _numbers(counts, _COUNT)
    order = np.argsort(asked.terms)
    place = order[np.minimum(np.searchsorted(asked.terms, term, sorter=order), len(order) - 1)]
    hit = asked.terms[place] == term
    owner, count = owner[hit], count[hit]
    longness = 1 - B + B * np.asarray(lengths, np.float64)[owner] / asked.average_length
    np.add.at(scores, owner, asked.weights[place[hit]] * count * (K1 + 1) / (count + K1 * longness))
    return scores


def _numbers(arrays: Sequence[bytes], element: np.dtype[np.void]) -> npt.NDArray[np.int64]:
    """Return the numbers of all arrays that came by ``array_send``, one array after the other."""
    return np.frombuffer(b"".join(each[_HEADER:] for each in arrays), element)["number"].astype(np.int64)


def weights_of(
    connection: Connection[Any], organisation_id: UUID, asked: Asked, sentences: Sequence[str], languages: Sequence[str]
) -> Floats:
    """Return for each sentence how much of what was asked its words are, in the unit of ``asked.weights``."""
    names = {"organisation_id": organisation_id, "sentences": list(sentences), "languages": list(languages)}
    weights = np.zeros(len(sentences))
    for place, terms in connection.execute(SQL["sentences"], names):
        weights[place] = asked.weights[np.isin(asked.terms, terms)].sum()
    return weights
