"""Hints are sent once while they wait, found again when they got lost, and work that is under way is not taken twice."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from celery import Celery
from in_process import Worker
from redis import Redis
from telling import Teller

from hardwon import work
from hardwon_worker import tasks
from hardwon_worker.app import create_celery
from hardwon_worker.following import EMBED, SWEEP
from hardwon_worker.sending import Sending
from hardwon_worker.settings import WorkerSettings


@pytest.fixture
def app(stack: Any) -> Celery:
    """An application whose tasks nobody takes, so that they can be counted."""
    app = create_celery(WorkerSettings(database_url=stack.database_url, redis_url=stack.redis_url))
    tasks.register(app, lambda: pytest.fail("no task is to run"))
    return app


def test_a_burst_of_hints_is_one_hint(app: Celery, redis: Redis, organisation: UUID) -> None:
    """However often an organisation is hinted at, one task waits; a hint during that task makes another one."""
    sending = Sending(app)
    for _ in range(5):
        sending.send(work.FOLLOW, [str(organisation)])
    assert redis.llen(work.INTERACTIVE) == 1
    sending.begun(work.FOLLOW, str(organisation))
    sending.send(work.FOLLOW, [str(organisation)])
    assert redis.llen(work.INTERACTIVE) == 2


def test_bulk_work_has_its_own_queue(app: Celery, redis: Redis, organisation: UUID) -> None:
    """A long embedding never stands before what somebody waits for."""
    Sending(app).send(EMBED, [str(organisation)])
    assert (redis.llen(work.BULK), redis.llen(work.INTERACTIVE)) == (1, 0)


def test_a_hint_of_the_api_and_one_of_the_sweep_are_the_same(app: Celery, redis: Redis, organisation: UUID) -> None:
    """While a hint that the API sent is on its way, the sweep sends none."""
    redis.set(work.HINT_KEY.format(organisation_id=organisation), "1")
    Sending(app).send(work.FOLLOW, [str(organisation)])
    assert redis.llen(work.INTERACTIVE) == 0


def test_a_flush_loses_no_route(app: Celery, redis: Redis, organisation: UUID) -> None:
    """What is sent after a flush still lies in its queue: no binding had to survive in Redis."""
    sending = Sending(app)
    sending.send(work.FOLLOW, [str(organisation)])
    redis.flushall()
    sending.send(work.FOLLOW, [str(organisation)])
    assert redis.llen(work.INTERACTIVE) == 1
    assert redis.keys("_kombu.binding*") == []


def test_a_lease_has_one_holder(app: Celery, redis: Redis) -> None:
    """Two workers that are about to do the same find out; the lease is free when its holder is done, whatever became of Redis."""
    sending = Sending(app)
    with sending.lease("work") as first, sending.lease("work") as second:
        assert (first, second) == (True, False)
    with sending.lease("work") as third:
        assert third
        redis.flushall()
        with sending.lease("work") as fourth:
            assert fourth


def test_the_sweep_finds_what_a_lost_hint_left(worker: Worker, teller: Teller) -> None:
    """No hint arrives, and yet the project is answered: the sweep sees that the log has grown."""
    teller.past_project("The deploy of the server broke.")
    new = teller.project("New", summary="The deploy of a server.")
    worker.run(SWEEP)
    assert len(teller.suggested(new)) == 1


def test_the_sweep_asks_for_nothing_when_nothing_is_behind(worker: Worker, teller: Teller) -> None:
    """A quiet organisation stays quiet; another test may have left one in the middle of a change of model, which is asked for again."""
    teller.past_project("The deploy of the server broke.")
    worker.run(SWEEP)
    asked: list[object] = []
    worker.parts.sending.send = lambda _task, *wanted: asked.extend(wanted)  # type: ignore[method-assign]
    worker.run(SWEEP)
    assert [str(teller.organisation_id)] not in asked


def test_the_sweep_leaves_word_that_a_worker_is_there(worker: Worker, redis: Redis) -> None:
    """The API's readiness page learns of a worker by a key that is gone soon after the last sweep."""
    worker.drop(work.FOLLOW)  # what other tests' organisations still wait for may take longer than the word lasts
    worker.run(SWEEP)
    said = redis.get(work.WORKER_KEY)
    assert isinstance(said, bytes)
    assert abs((datetime.now(UTC) - datetime.fromisoformat(said.decode())).total_seconds()) < 10
    assert 0 < int(str(redis.ttl(work.WORKER_KEY))) <= 10
