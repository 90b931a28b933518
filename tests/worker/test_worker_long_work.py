"""Long work that somebody asked for on a page: done slice by slice, to the same end as at once."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from in_process import Worker
from psycopg import Connection, OperationalError
from telling import Teller

from hardwon import long_work, work
from hardwon.log import verify
from hardwon.long_work import REBUILD, VERIFY
from hardwon.ports import Log
from hardwon.projections import rebuilding
from hardwon.projections.following import Pool
from hardwon_worker import long_work as doing
from hardwon_worker.following import LONG_WORK

STEP = 50
"""Events of a step of these tests; one of a worker takes a thousand, and it took a minute to tell as many."""


@pytest.fixture
def busy(teller: Teller, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """An organisation whose log is some three steps long, and a worker whose patience is over after one."""
    monkeypatch.setattr(doing, "PATIENCE", 0.0)
    monkeypatch.setattr(verify, "_PAGE", STEP)
    monkeypatch.setattr(rebuilding, "go_on", partial(rebuilding.go_on, batch=STEP // 2))
    project = teller.project(ended_on="2020-01-01")
    for _ in range(3):
        teller.points(project, *["It broke."] * STEP, kind="idea")
    worker.drop(LONG_WORK)  # or the eager tasks would nest
    worker.run(work.FOLLOW, teller.organisation_id)
    return teller.organisation_id


def ask(pool: Pool, organisation: UUID, name: str) -> None:
    with pool.of(organisation) as connection:
        long_work.ask(connection, organisation, name)


def told(pool: Pool, organisation: UUID, name: str) -> dict[str, Any]:
    with pool.of(organisation) as connection:
        return long_work.every(connection, organisation)[name]


def slices(worker: Worker, pool: Pool, organisation: UUID, name: str) -> list[tuple[int, int]]:
    """Run slice after slice until the work has ended; return what progress was told after each."""
    seen = []
    while told(pool, organisation, name)["under_way"]:
        worker.run(LONG_WORK, organisation, name)
        row = told(pool, organisation, name)
        seen.append((row["done"], row["goal"]))
    return seen


def test_a_log_is_verified_in_slices(busy: UUID, worker: Worker, pool: Pool, log: Log) -> None:
    """Progress grows to the end, and says which hash the log has there."""
    ask(pool, busy, VERIFY)
    head = log.head(busy)
    assert slices(worker, pool, busy, VERIFY)[::3] == [(STEP, head.position), (head.position, head.position)]
    assert told(pool, busy, VERIFY)["outcome"] == {
        "problem": None,
        "done": head.position,
        "broken_at": None,
        "hash": head.hash.hex(),
    }


def test_slices_find_what_a_walk_at_once_finds(busy: UUID, worker: Worker, pool: Pool, owner: Connection[Any]) -> None:
    """What was altered in the third slice is found there, and asking again, once it is as it was, proves the log again."""
    alter = "UPDATE event SET data = data || %s::jsonb WHERE organisation_id = %s AND position = 125"
    owner.execute(alter, ('{"text": "It held."}', busy))
    ask(pool, busy, VERIFY)
    slices(worker, pool, busy, VERIFY)
    outcome = told(pool, busy, VERIFY)["outcome"]
    assert (outcome["broken_at"], outcome["done"]) == (125, 124)
    assert "does not match its hash" in outcome["problem"]
    owner.execute(alter, ('{"text": "It broke."}', busy))
    ask(pool, busy, VERIFY)
    assert told(pool, busy, VERIFY)["outcome"]["broken_at"] == 125, "until it ends, the outcome is the one before"
    slices(worker, pool, busy, VERIFY)
    assert told(pool, busy, VERIFY)["outcome"]["problem"] is None


def test_what_happens_meanwhile_is_left_for_the_next_time(
    busy: UUID, worker: Worker, pool: Pool, teller: Teller
) -> None:
    """A log that grows while it is verified does not keep the work from ending."""
    ask(pool, busy, VERIFY)
    worker.run(LONG_WORK, busy, VERIFY)
    goal = told(pool, busy, VERIFY)["goal"]
    teller.project("Another one")
    slices(worker, pool, busy, VERIFY)
    assert told(pool, busy, VERIFY)["outcome"]["done"] == goal


def test_a_read_model_is_rebuilt_in_slices(busy: UUID, worker: Worker, pool: Pool, log: Log) -> None:
    """Batch by batch, with its progress; the rows are those of before."""
    count = "SELECT count(*) FROM discussion_point WHERE organisation_id = %s"
    with pool.of(busy) as connection:
        before = connection.execute(count, [busy]).fetchone()
    ask(pool, busy, f"{REBUILD}points")
    seen = slices(worker, pool, busy, f"{REBUILD}points")
    assert len(seen) > 3
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (log.head(busy).position,) * 2
    with pool.of(busy) as connection:
        assert connection.execute(count, [busy]).fetchone() == before


def test_what_cannot_be_done_says_why_and_is_not_tried_for_ever(
    busy: UUID, worker: Worker, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake ends it; a database that is away for a moment does not."""
    name = f"{REBUILD}points"
    ask(pool, busy, name)
    for error in (OperationalError("away"), ValueError("poison")):
        monkeypatch.setattr(rebuilding, "go_on", lambda *_, error=error: (_ for _ in ()).throw(error))
        if isinstance(error, OperationalError):
            with pytest.raises(OperationalError):
                worker.run(LONG_WORK, busy, name)
            assert told(pool, busy, name)["under_way"]
    worker.run(LONG_WORK, busy, name)
    row = told(pool, busy, name)
    assert (row["under_way"], row["outcome"]["problem"]) == (False, "ValueError: poison")


def test_a_hint_brings_a_worker_to_it(busy: UUID, worker: Worker, pool: Pool) -> None:
    """What was under way when everything in Redis was lost goes on with the next hint, and nothing is begun that nobody asked for."""
    assert worker.parts.long_work.wanted(busy) == []
    ask(pool, busy, VERIFY)
    ask(pool, busy, "paint the walls")  # of a newer version's page, before this worker is replaced
    assert worker.parts.long_work.wanted(busy) == [VERIFY]


def test_two_workers_do_not_do_the_same(busy: UUID, worker: Worker, pool: Pool) -> None:
    """The second one leaves at once what the first one is at."""
    ask(pool, busy, VERIFY)
    with pool.of(busy) as connection, connection.transaction():
        assert long_work.take(connection, busy, VERIFY) == {}
        assert not worker.parts.long_work.go_on(busy, VERIFY)
    assert told(pool, busy, VERIFY)["done"] == 0
