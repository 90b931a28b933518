"""A task may run any number of times, at once or later: the second time changes nothing."""

from threading import Barrier, Thread
from uuid import UUID

import pytest
from fake_embedding import WordsEmbedder
from in_process import Worker, everything
from telling import Teller

from hardwon import work
from hardwon.domain.errors import NotFound
from hardwon.ids import new_id
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool
from hardwon_worker.following import COMPARE, EMBED, SUGGEST, SWEEP, TELL, THEMES, WATCH

WORDS = ["deploy", "release", "test", "server", "queue", "cache", "index", "table"]


@pytest.fixture
def waiting(teller: Teller) -> UUID:
    """A project that waits for suggestions, in an organisation with a past."""
    for word in WORDS:
        teller.past_project(f"The {word} broke and nobody saw it.", f"The {word} was late.")
    return teller.project("New", summary="The deploy and the release of a server.")


@pytest.mark.parametrize(
    "task", [work.FOLLOW, EMBED, WATCH, SUGGEST, COMPARE, TELL, THEMES, work.SEARCH, work.SIMILAR, SWEEP]
)
def test_a_task_run_twice_changes_nothing_the_second_time(
    task: str, worker: Worker, embedder: WordsEmbedder, waiting: UUID, teller: Teller, pool: Pool
) -> None:
    """Celery may deliver a task again whenever it likes: rows, log and vectors are as after the first time, and are not even written."""
    worker.run(work.FOLLOW, teller.organisation_id)
    arguments = {
        SUGGEST: [teller.organisation_id, waiting],
        TELL: [teller.organisation_id, waiting, "new_lessons"],
        work.SEARCH: [teller.organisation_id, ["a late release"], 5],
        work.SIMILAR: [teller.organisation_id, "a late release", None, 5],
        SWEEP: [],
    }.get(task, [teller.organisation_id])
    first = worker.run(task, *arguments)
    before, asked = everything(pool, teller.organisation_id), len(embedder.embedded)
    assert worker.run(task, *arguments) == first
    assert everything(pool, teller.organisation_id) == before
    assert len(embedder.embedded) == asked or task in {work.SEARCH, work.SIMILAR}


def test_following_brings_everything_to_the_head(worker: Worker, waiting: UUID, teller: Teller, pool: Pool) -> None:
    """After one hint nothing is behind: read models, vectors and suggestions all know the whole log."""
    worker.run(work.FOLLOW, teller.organisation_id)
    head = teller.log.head(teller.organisation_id).position
    with pool.of(teller.organisation_id) as connection:
        found = connection.execute(
            "SELECT follower, position FROM checkpoint WHERE organisation_id = %s", (teller.organisation_id,)
        ).fetchall()
    followers = {"words", "running", "radar", "duplicates", "embedding:words@fake", "point-embedding:words@fake"}
    followers |= {each.name for each in PROJECTIONS}
    at = {name: position for name, position in found if name != "themes"}  # which are found anew in large steps
    assert at == dict.fromkeys(followers, head)
    assert len(teller.suggested(waiting)) == 1


def test_two_workers_at_once_do_everything_once(
    worker: Worker, embedder: WordsEmbedder, waiting: UUID, teller: Teller
) -> None:
    """Two workers that follow the same organisation embed each lesson once between them and give a project one answer."""
    start = Barrier(4)

    def follow() -> None:
        start.wait()
        for _ in range(3):
            worker.run(work.FOLLOW, teller.organisation_id)

    threads = [Thread(target=follow) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(teller.suggested(waiting)) == 1
    lessons = [text for text in embedder.embedded if text.endswith("\nLook earlier.")]
    assert len(lessons) == len(set(lessons)) == 2 * len(WORDS)


def test_two_workers_that_suggest_at_once_give_one_answer(worker: Worker, waiting: UUID, teller: Teller) -> None:
    """However the race between two workers ends, the log holds one answer."""
    worker.drop(SUGGEST)
    worker.run(work.FOLLOW, teller.organisation_id)
    start = Barrier(2)

    def suggest() -> None:
        start.wait()
        worker.run(SUGGEST, teller.organisation_id, waiting)

    threads = [Thread(target=suggest) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(teller.suggested(waiting)) == 1


def test_suggesting_to_a_project_that_is_not_there_is_refused(worker: Worker, organisation: UUID) -> None:
    """A task with an id of nothing fails and says so, instead of writing something."""
    with pytest.raises(NotFound, match="no project"):
        worker.run(SUGGEST, organisation, new_id())
