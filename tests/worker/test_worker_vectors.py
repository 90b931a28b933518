"""Vectors follow the log: each text is embedded once a model, and a new model takes over when it has caught up."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fake_embedding import WordsEmbedder
from in_process import Worker
from telling import Teller

from hardwon import work
from hardwon.domain.errors import Unavailable
from hardwon.ports import Embedder
from hardwon.projections import lessons
from hardwon.projections.following import Pool
from hardwon.projections.rebuilding import rebuild
from hardwon_worker import following
from hardwon_worker.following import BATCH, EMBED, WATCH

StartWorker = Callable[..., Worker]


def count(pool: Pool, organisation_id: UUID) -> dict[str, int]:
    """Return how many vectors there are of each model."""
    with pool.of(organisation_id) as connection:
        query = "SELECT model, count(*) FROM lesson_vector WHERE organisation_id = %s GROUP BY model"
        return dict(connection.execute(query, (organisation_id,)).fetchall())


def live(pool: Pool, organisation_id: UUID) -> Any:
    with pool.of(organisation_id) as connection:
        query = "SELECT model FROM live_model WHERE organisation_id = %s"
        found = connection.execute(query, (organisation_id,)).fetchone()
    return found and found[0]


def lesson_texts(embedder: WordsEmbedder) -> list[str]:
    """Return what was embedded of whole lessons; sentences for reasons have no second line."""
    return [text for text in embedder.embedded if text.endswith("\nLook earlier.")]


def test_nothing_is_embedded_twice(worker: Worker, embedder: WordsEmbedder, teller: Teller, pool: Pool) -> None:
    """Neither new lessons, nor a rebuilt read model, nor a follower that starts anew has an old lesson embedded again."""
    past = teller.past_project(*(f"The disk {n} broke." for n in range(3 * BATCH + 1)))
    worker.run(work.FOLLOW, teller.organisation_id)
    teller.lessons(past, "The clock was late.")
    worker.run(work.FOLLOW, teller.organisation_id)
    rebuild(pool, lessons.PROJECTION, teller.organisation_id)
    worker.run(work.FOLLOW, teller.organisation_id)
    with pool.of(teller.organisation_id) as connection:
        connection.execute("UPDATE checkpoint SET position = 0 WHERE organisation_id = %s", (teller.organisation_id,))
    worker.run(work.FOLLOW, teller.organisation_id)
    embedded = lesson_texts(embedder)
    assert len(embedded) == len(set(embedded)) == 3 * BATCH + 2
    assert count(pool, teller.organisation_id) == {"words@fake": 3 * BATCH + 2}


def test_a_long_backlog_is_left_to_the_bulk_queue(
    worker: Worker, teller: Teller, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hint's task embeds for a moment only, so that it is soon free for what people wait for; another queue does the rest."""
    worker.drop(EMBED)
    worker.drop(WATCH)
    monkeypatch.setattr(following, "HINT_PATIENCE", 0)
    teller.past_project(*(f"The disk {n} broke." for n in range(2 * BATCH)))
    worker.run(work.FOLLOW, teller.organisation_id)
    assert count(pool, teller.organisation_id) == {"words@fake": BATCH}
    worker.run(EMBED, teller.organisation_id)
    assert count(pool, teller.organisation_id) == {"words@fake": 2 * BATCH}


def test_a_new_model_embeds_beside_the_old_one_and_takes_over(
    start_worker: StartWorker, teller: Teller, pool: Pool
) -> None:
    """I change the model: the old one's vectors stay and it answers until the new one knows every lesson; then that one answers."""
    organisation_id, loaded = teller.organisation_id, list[str]()

    def load(source: str) -> Embedder:
        loaded.append(source)
        return WordsEmbedder(source)

    past = teller.past_project(*(f"The disk {n} broke." for n in range(BATCH + 5)))
    start_worker("old").run(work.FOLLOW, organisation_id)
    changed = start_worker("new", load)
    teller.lessons(past, "The clock was late.")

    vectors = changed.parts.vectors
    vectors.embed(organisation_id, vectors.embedders.configured, 5)
    assert live(pool, organisation_id) == "old@fake"
    assert count(pool, organisation_id) == {"old@fake": BATCH + 5, "new@fake": 5}
    assert changed.run(work.SEARCH, organisation_id, ["a late clock"], 1)[0]
    assert loaded == ["new", "old"]

    changed.run(work.FOLLOW, organisation_id)
    assert live(pool, organisation_id) == "new@fake"
    assert count(pool, organisation_id) == {"old@fake": BATCH + 6, "new@fake": BATCH + 6}
    ((found,),) = changed.run(work.SEARCH, organisation_id, ["a late clock"], 1)
    assert found["passage"] == "The clock was late."
    assert loaded == ["new", "old"]


def test_while_models_change_the_old_one_suggests(start_worker: StartWorker, teller: Teller, pool: Pool) -> None:
    """A project registered during the change is answered by the old model, which keeps up with the log until it is relieved."""
    teller.past_project("The deploy of the server broke.")
    start_worker("old").run(work.FOLLOW, teller.organisation_id)
    teller.past_project("The release of the server broke.")
    new = teller.project("New", summary="The deploy and the release of the server.")
    changed = start_worker("new")
    changed.drop(EMBED)
    changed.run(work.FOLLOW, teller.organisation_id)
    (given,) = teller.suggested(new)
    assert given.embedding_model == live(pool, teller.organisation_id) == "old@fake"
    assert len(given.suggestions) == 2
    assert count(pool, teller.organisation_id) == {"old@fake": 2}


def test_an_old_model_that_is_gone_makes_questions_wait(start_worker: StartWorker, teller: Teller, pool: Pool) -> None:
    """Where the old model cannot be loaded any more, search says so, and suggestions come when the new one has caught up."""

    def load(source: str) -> Embedder:
        if source == "old":
            raise FileNotFoundError("old")
        return WordsEmbedder(source)

    past = teller.past_project("The deploy of the server broke.")
    start_worker("old").run(work.FOLLOW, teller.organisation_id)
    changed = start_worker("new", load)
    teller.lessons(past, "The release of the server broke.")
    with pytest.raises(Unavailable, match="old@fake cannot be loaded"):
        changed.run(work.SEARCH, teller.organisation_id, ["deploy"], 1)
    new = teller.project("New", summary="The deploy and the release of the server.")
    changed.run(work.FOLLOW, teller.organisation_id)
    assert live(pool, teller.organisation_id) == "new@fake"
    (given,) = teller.suggested(new)
    assert given.embedding_model == "new@fake"
    assert count(pool, teller.organisation_id) == {"old@fake": 1, "new@fake": 2}


def test_each_model_has_its_index(start_worker: StartWorker, teller: Teller, pool: Pool) -> None:
    """A model's first vector finds its HNSW index there, made for this model's dimensions and vectors only."""
    teller.past_project("The deploy broke.")
    start_worker("indexed").run(work.FOLLOW, teller.organisation_id)
    with pool.of(teller.organisation_id) as connection:
        query = "SELECT indexdef FROM pg_indexes WHERE tablename = 'lesson_vector' AND indexdef LIKE '%%indexed@fake%%'"
        (definition,) = (row[0] for row in connection.execute(query))
    assert "hnsw ((embedding)::halfvec(64)) halfvec_cosine_ops" in definition.replace("(((", "((").replace(")))", "))")
