"""Words: counted once each, stemmed by language, and weighed as BM25 says."""

import math
import re
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from in_process import Worker
from telling import Teller

from hardwon import work
from hardwon.projections.following import Pool
from hardwon_worker import words
from hardwon_worker.words import K1, Words

TEXTS = [
    "The supplier delivered the gears late, late again.",
    "The gears broke in the cold and nobody had spare gears.",
    "Trains wait for suppliers; suppliers wait for nobody.",
    "A quiet week.",
]
STOP = {"the", "in", "and", "had", "for", "a", "again", "early", "look", "earlier"}


@pytest.fixture
def told(worker: Worker, teller: Teller) -> dict[str, UUID]:
    project_id = teller.project("Past", ended_on="2020-01-01")
    ids = teller.lessons(project_id, *TEXTS, advice="")
    worker.run(work.FOLLOW, teller.organisation_id)
    return dict(zip(TEXTS, ids, strict=True))


def scores(pool: Pool, organisation_id: UUID, question: str) -> dict[UUID, float]:
    with pool.of(organisation_id) as connection:
        asked = words.ask(connection, organisation_id, question)
        assert asked
        found = words.holding(connection, organisation_id, asked, 10)
        rows = connection.execute(
            "SELECT lesson_id, length, array_send(terms), array_send(counts) FROM lesson_words"
            " WHERE organisation_id = %s AND lesson_id = ANY(%s)",
            (organisation_id, found),
        ).fetchall()
    ids, *columns = zip(*rows, strict=True)
    return dict(zip(ids, words.bm25(asked, *(list(column) for column in columns)).tolist(), strict=True))


def test_the_score_is_that_of_bm25(told: dict[str, UUID], pool: Pool, teller: Teller) -> None:
    """Computed again from the texts alone, with stems taken off by hand, the scores are the same."""
    stems = {"suppliers": "supplier", "gears": "gear", "trains": "train", "broke": "broke"}
    bags = {
        text: Counter(stems.get(word, word) for word in re.findall(r"[a-z]+", text.lower()) if word not in STOP)
        for text in TEXTS
    }
    average = sum(bag.total() for bag in bags.values()) / len(bags)
    expected: dict[UUID, float] = {}
    for text, bag in bags.items():
        score = 0.0
        for word in ("gear", "supplier"):
            holding = sum(word in each for each in bags.values())
            idf = math.log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
            longness = K1 * (1 - words.B + words.B * bag.total() / average)
            score += idf * bag[word] * (K1 + 1) / (bag[word] + longness)
        if score:
            expected[told[text]] = pytest.approx(score)
    assert scores(pool, teller.organisation_id, "the gear of a supplier") == expected


def test_a_text_is_counted_once_however_often_it_is_followed(told: dict[str, UUID], pool: Pool, teller: Teller) -> None:
    """After the checkpoint was reset, following again changes no count."""

    def counts() -> list[Any]:
        with pool.of(teller.organisation_id) as connection:
            query = "SELECT term, lessons FROM term WHERE organisation_id = %s AND lessons > 0 ORDER BY term"
            found = connection.execute(query, (teller.organisation_id,)).fetchall()
            spoken = "SELECT language, lessons, length FROM language WHERE organisation_id = %s"
            return [*found, *connection.execute(spoken, (teller.organisation_id,)).fetchall()]

    before = counts()
    with pool.of(teller.organisation_id) as connection:
        connection.execute(
            "UPDATE checkpoint SET position = 0 WHERE organisation_id = %s AND follower = %s",
            (teller.organisation_id, words.FOLLOWER),
        )
    Words(pool).follow(teller.organisation_id)
    assert counts() == before


def test_a_language_has_its_own_stems(worker: Worker, teller: Teller, pool: Pool) -> None:
    """German words are found in another form of theirs, beside English ones."""
    project_id = teller.project("Past", ended_on="2020-01-01")
    (german,) = teller.lessons(project_id, "Die Lieferungen kamen verspätet.", advice="", language="de")
    teller.lessons(project_id, "Deliveries came late.", advice="")
    worker.run(work.FOLLOW, teller.organisation_id)
    assert list(scores(pool, teller.organisation_id, "Lieferung")) == [german]


def test_an_organisation_s_words_are_its_own(told: dict[str, UUID], pool: Pool) -> None:
    """Another organisation, asked with the same words, knows none of them."""
    with pool.of(UUID(int=1)) as connection:
        assert words.ask(connection, UUID(int=1), "gears and suppliers") is None
