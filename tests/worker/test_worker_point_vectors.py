"""Points that tell what went wrong have vectors too, made in the background: what people wait for goes first."""

from typing import Any
from uuid import UUID

import pytest
from fake_embedding import WordsEmbedder
from in_process import Worker
from telling import Teller

from hardwon import work
from hardwon.projections import points
from hardwon.projections.following import Pool
from hardwon.projections.rebuilding import rebuild
from hardwon_worker import following
from hardwon_worker.following import BATCH, SWEEP, THEMES, WATCH


def vectors(pool: Pool, organisation_id: UUID) -> dict[UUID, str]:
    """Return which points have a vector, and of which model."""
    with pool.of(organisation_id) as connection:
        query = "SELECT point_id, model FROM point_vector WHERE organisation_id = %s"
        return dict(connection.execute(query, (organisation_id,)).fetchall())


def test_points_are_embedded_once(worker: Worker, embedder: WordsEmbedder, teller: Teller, pool: Pool) -> None:
    """What went wrong gets one vector each, and a rebuilt read model or a follower that starts anew has none embedded again."""
    worker.drop(THEMES)  # they read all points, and keep no vectors
    past = teller.project("Past")
    raised = teller.points(past, *(f"The disk {n} broke." for n in range(2 * BATCH + 1)))
    worker.run(work.FOLLOW, teller.organisation_id)
    raised += teller.points(past, "All was late.")
    teller.points(past, "All was well.", kind="went_well")
    worker.run(work.FOLLOW, teller.organisation_id)
    rebuild(pool, points.PROJECTION, teller.organisation_id)
    with pool.of(teller.organisation_id) as connection:
        connection.execute("UPDATE checkpoint SET position = 0 WHERE organisation_id = %s", (teller.organisation_id,))
    worker.run(work.FOLLOW, teller.organisation_id)
    assert vectors(pool, teller.organisation_id) == dict.fromkeys(raised, "words@fake")
    embedded = [text for text in embedder.embedded if text.startswith(("The disk", "All was"))]
    assert len(embedded) == len(set(embedded)) == 2 * BATCH + 2


def test_what_people_wait_for_does_not_wait_for_points(
    worker: Worker, embedder: WordsEmbedder, teller: Teller, pool: Pool
) -> None:
    """With an import of points before them, lessons are embedded and a project is answered before the first point is looked at."""
    worker.drop(WATCH)
    past = teller.project("Past", ended_on="2020-01-01")
    teller.points(past, *(f"The disk {n} broke." for n in range(3 * BATCH)))
    teller.lessons(past, "The deploy of the server broke.")
    new = teller.project("New", summary="The deploy of the server.")
    worker.run(work.FOLLOW, teller.organisation_id)
    (given,) = teller.suggested(new)
    assert len(given.suggestions) == 1
    assert vectors(pool, teller.organisation_id) == {}
    assert not [text for text in embedder.embedded if text.startswith("The disk")]


def test_points_give_way_after_a_moment(
    worker: Worker, teller: Teller, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long backlog of points is worked off in short tasks, each of which asks for the next one."""
    asked: list[Any] = []
    monkeypatch.setattr(following, "WATCH_PATIENCE", 0)
    monkeypatch.setattr(worker._app.tasks[WATCH], "apply_async", lambda *arguments, **_: asked.append(arguments))
    teller.points(teller.project("Past"), *(f"The disk {n} broke." for n in range(2 * BATCH + 1)))
    worker.run(work.FOLLOW, teller.organisation_id)
    found = []
    while asked:
        asked.clear()
        worker.run(WATCH, teller.organisation_id)
        found.append(len(vectors(pool, teller.organisation_id)))
    assert found[:3] == [BATCH, 2 * BATCH, 2 * BATCH + 1]


def test_a_new_model_embeds_points_when_it_answers(start_worker: Any, teller: Teller, pool: Pool) -> None:
    """The points' vectors follow the model that answers: after a change they are made anew, beside the old ones."""
    teller.points(teller.project("Past"), "The deploy broke.")
    start_worker("old").run(work.FOLLOW, teller.organisation_id)
    changed = start_worker("new")
    changed.run(work.FOLLOW, teller.organisation_id)
    changed.run(SWEEP)
    with pool.of(teller.organisation_id) as connection:
        query = "SELECT model FROM point_vector WHERE organisation_id = %s ORDER BY model"
        found = [row[0] for row in connection.execute(query, (teller.organisation_id,))]
        indexes = (
            "SELECT count(*) FROM pg_indexes WHERE tablename = 'point_vector' AND indexdef LIKE '%%hnsw%%new@fake%%'"
        )
        assert connection.execute(indexes).fetchone() == (1,)
    assert found == ["new@fake", "old@fake"]
