"""Search as the worker does it, in one large organisation beside small ones: how long it takes, whole and in parts, and what it finds."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from psycopg import Connection

from hardwon_bench import database
from hardwon_bench.database import Organisation
from hardwon_bench.measuring import Times, timed
from hardwon_bench.texts import Speech
from hardwon_bench.vectors import Vectors, embed, vectors
from hardwon_local.servers import Servers
from hardwon_worker import finding
from hardwon_worker.app import create_celery
from hardwon_worker.following import Parts
from hardwon_worker.process import Process
from hardwon_worker.retrieval import LEG, Question
from hardwon_worker.settings import WorkerSettings
from hardwon_worker.vectors import LiveModel, Load

_ANSWERS = 10
_SENTENCES = 3
"""Of a lesson."""
_FIRST = 50
"""So many questions are asked unmeasured: they wake the model, the connections and the caches."""


class Filled(NamedTuple):
    """What is in the database, and what is asked."""

    large: Organisation
    vectors: Vectors
    """Of the large organisation's lessons."""
    questions: list[str]


class Found(NamedTuple):
    """What was measured."""

    whole: dict[str, Times]
    parts: dict[str, Times]
    exact: Times
    """The peer: comparing all vectors of the organisation in memory, by numpy."""
    recall: dict[int, float]
    """Of so many nearest, the share that the leg of vectors finds."""


def fill(started: Servers, owner: Connection[Any], lessons: int, questions: int, load: Load) -> Filled:
    """Make the organisations, their vectors and words."""
    speech, chance, counts = Speech(), np.random.default_rng(1), database.sizes(lessons)
    topics = speech.topics_of(sum(counts), chance)
    told = speech.sentences(np.repeat(topics, _SENTENCES), chance)
    texts = [" ".join(told[at : at + _SENTENCES]) for at in range(0, len(told), _SENTENCES)]
    with worker(started, load) as parts:
        embedder = parts.vectors.embedders.configured
        organisations = database.fill(parts.pool, owner, texts, counts)
        made = vectors(speech, topics, embedder, chance)
        database.fill_vectors(owner, organisations, embedder.model, made)
        for each in organisations:
            parts.words.follow(each.organisation_id)
    database.settle(owner)
    asked = speech.sentences(speech.topics_of(_FIRST + questions, chance), chance)
    return Filled(organisations[0], made[:lessons], asked)


@contextmanager
def worker(started: Servers, load: Load) -> Iterator[Parts]:
    """Open what a worker process holds open."""
    settings = WorkerSettings(database_url=started.app_database_url, redis_url=started.redis_url)
    process = Process(create_celery(settings), settings, load)
    process.open()
    try:
        yield process.parts()
    finally:
        process.close()


def measure(parts: Parts, filled: Filled) -> Found:
    organisation_id, questions = filled.large.organisation_id, filled.questions[_FIRST:]
    asking = [partial(finding.search, parts, organisation_id, [each], _ANSWERS, {}) for each in filled.questions]
    timed(asking[:_FIRST], at_once=2)
    whole = {"one at a time": timed(asking[_FIRST:]), "two at once": timed(asking[_FIRST:], at_once=2)}
    wanted = embed(parts.vectors.embedders.configured, questions)
    exact = [partial(_nearest, filled.vectors, each) for each in wanted]
    return Found(whole, _parts(parts, organisation_id, questions), timed(exact), _recall(parts, filled, wanted))


def _parts(parts: Parts, organisation_id: UUID, questions: Sequence[str]) -> dict[str, Times]:
    """Time the steps of ``finding.search`` one by one."""
    retrieval, embedder = parts.retrieval, parts.vectors.embedders.configured
    live = parts.vectors.live(organisation_id)
    wanted = [embedder.embed([each])[0] for each in questions]
    words = [partial(_heard, parts, organisation_id, live, each) for each in questions]
    asked = list(zip([each() for each in words], wanted, strict=True))
    found = [retrieval.search(organisation_id, live, *each, _ANSWERS) for each in asked]
    return {
        "embedding the question": timed([partial(embedder.embed, [each]) for each in questions]),
        "beside it, the leg of words": timed(words),
        "the leg of vectors and the scores": timed(
            [partial(retrieval.search, organisation_id, live, *each, _ANSWERS) for each in asked]
        ),
        "of it, the leg of vectors": timed(
            [partial(retrieval.nearest, organisation_id, live, each, LEG) for each in wanted]
        ),
        "passages": timed(
            [
                partial(retrieval.passages, organisation_id, text, question, passed, embedder)
                for text, (question, _), passed in zip(questions, asked, found, strict=True)
            ]
        ),
    }


def _heard(parts: Parts, organisation_id: UUID, live: LiveModel, text: str) -> Question:
    """Put a question and wait until all is looked up that can be without its vector."""
    question = parts.retrieval.question(organisation_id, live, text)
    question.heard.result(), question.known.result()
    return question


def _recall(parts: Parts, filled: Filled, wanted: Vectors) -> dict[int, float]:
    organisation_id = filled.large.organisation_id
    live = parts.vectors.live(organisation_id)
    shares: dict[int, list[float]] = {10: [], LEG: []}
    for each in wanted:
        near = parts.retrieval.nearest(organisation_id, live, each.tolist(), LEG)
        true = [filled.large.lessons[at] for at in _nearest(filled.vectors, each)]
        for count, held in shares.items():
            first = {found.lesson_id for found in near[:count]}
            held.append(len(first & set(true[:count])) / len(true[:count]))
    return {count: round(float(np.mean(held)), 4) for count, held in shares.items()}


def _nearest(vectors: Vectors, wanted: Vectors) -> list[int]:
    cosines = vectors @ wanted
    first = np.argpartition(-cosines, min(LEG, len(cosines) - 1))[:LEG]
    return [int(at) for at in first[np.argsort(-cosines[first])]]
