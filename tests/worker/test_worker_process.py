"""Real worker processes on a broker that is flushed, stopped and restarted, and workers that are killed: only time is lost."""

import base64
import json
import os
import pickle
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from celery import Celery
from kombu import Exchange, Queue
from outside import Broker, WorkerProcess, own_broker, wait_for
from own_database import own_database
from redis import Redis
from telling import Teller

from hardwon import work
from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings
from hardwon.ports import Embedder, Log
from hardwon.projections import recommendations
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, checkpoints
from hardwon_worker import theming
from hardwon_worker.following import BATCH

pytestmark = pytest.mark.timeout(300)
LESSONS = 96

A_WHILE = 20
"""Seconds: longer than whatever is waited for on the way to the broker, and long enough for pauses between two tries to have grown."""


@pytest.fixture(scope="module")
def stack(stack: Any) -> Any:
    """A database in which these workers meet no other test's organisations."""
    return own_database(stack, "worker_process_tests")


@pytest.fixture(scope="module")
def pool(stack: Any) -> Iterator[Pool]:
    with open_pool(
        DatabaseSettings(database_url=stack.database_url, person_key=stack.person_key), "hardwon-tests"
    ) as pool:
        yield pool


@pytest.fixture(scope="module")
def log(pool: Pool) -> Log:
    return open_log(pool)


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with own_broker() as broker:
        yield broker


@pytest.fixture
def process(stack: Any, broker: Broker, tmp_path: Path) -> Iterator[Callable[..., WorkerProcess]]:
    """Return what makes a worker process, not yet started, on an empty broker."""
    made: list[WorkerProcess] = []
    with Redis.from_url(broker.url) as redis:
        redis.flushall()

    def make(*, pause: float = 0.0, **environment: str) -> WorkerProcess:
        addresses = {"HARDWON_DATABASE_URL": stack.database_url, "HARDWON_REDIS_URL": broker.url}
        made.append(WorkerProcess(tmp_path, addresses | environment, pause=pause))
        return made[-1]

    yield make
    for each in made:
        each.kill()


Make = Callable[..., WorkerProcess]


@pytest.fixture
def api(broker: Broker) -> Celery:
    """What asks for work, as the API does."""
    app = Celery("asking", broker=broker.url, backend=broker.url, set_as_current=False)
    app.conf.task_queues = [Queue(name, Exchange(""), routing_key=name) for name in (work.INTERACTIVE, work.BULK)]
    return app


@pytest.fixture
def history(teller: Teller) -> Callable[[], UUID]:
    """Return what records a past and then registers the project that shall learn from it."""

    def record() -> UUID:
        for number in range(6):
            of_this_test = f"at {teller.organisation_id}, number {number}"
            teller.past_project(*(f"The deploy {each} {of_this_test} broke." for each in range(LESSONS // 6)))
        return teller.project("New", summary="The deploy of a server.")

    return record


def ready(pool: Pool, teller: Teller, project_id: UUID) -> bool:
    with pool.of(teller.organisation_id) as connection:
        row = recommendations.get(connection, teller.organisation_id, project_id)
    return row is not None and row["state"] == "ready"


def done(pool: Pool, teller: Teller) -> bool:
    """Tell whether every follower is at the head of the log, but for the themes, which are found now and then."""
    with pool.of(teller.organisation_id) as connection:
        found = checkpoints(connection, teller.organisation_id)
    found.pop(theming.FOLLOWER, None)
    return len(found) == len(PROJECTIONS) + 6 and {each.position for each in found.values()} == {
        teller.log.head(teller.organisation_id).position
    }


def hint(api: Celery, teller: Teller) -> None:
    api.send_task(work.FOLLOW, [str(teller.organisation_id)], queue=work.INTERACTIVE, ignore_result=True)


@pytest.mark.parametrize("pool_of", ["threads", "prefork"])
def test_a_hint_brings_suggestions(
    pool_of: str, process: Make, api: Celery, teller: Teller, history: Callable[[], UUID], pool: Pool
) -> None:
    """I register a project, the worker is hinted at, and its suggestions are there; a search is answered; the worker stops when asked."""
    worker = process()
    worker.start("--pool", pool_of, "--concurrency", "2")
    new = history()
    hint(api, teller)
    wait_for(lambda: ready(pool, teller, new), "suggestions")
    asked = [str(teller.organisation_id), ["a deploy that broke"], 3]
    result = api.send_task(work.SEARCH, asked, queue=work.INTERACTIVE, ignore_result=False)
    # Tests that ran tasks in this process leave it thinking it is one.
    (found,) = result.get(timeout=60, disable_sync_subtasks=False)
    assert len(found) == 3
    assert worker.stop() == 0
    lines = [json.loads(line) for line in worker.log.splitlines() if line.startswith("{")]
    (suggested,) = (line for line in lines if line["event"] == "lessons_suggested")
    assert suggested["organisation_id"] == str(teller.organisation_id)
    assert suggested["task"] == "hardwon.suggest"
    assert suggested["task_id"]
    assert suggested["service"] == "worker"


def test_a_flush_in_the_middle_loses_nothing(
    process: Make, broker: Broker, api: Celery, teller: Teller, history: Callable[[], UUID], pool: Pool
) -> None:
    """Somebody empties Redis while lessons are being embedded: the work goes on, and hints sent afterwards arrive."""
    worker, sweeping = process(pause=0.02), process(pause=0.02)
    worker.start()
    sweeping.start("--beat")
    new = history()
    hint(api, teller)
    wait_for(lambda: len(worker.embedded) > 0, "the first lesson")
    with Redis.from_url(broker.url) as redis:
        redis.flushall()
    wait_for(lambda: ready(pool, teller, new), "suggestions after a flush")
    wait_for(lambda: done(pool, teller), "everything followed")
    assert sweeping.stop() == 0
    second = teller.project("Another", summary="The deploy of a server.")
    hint(api, teller)
    wait_for(lambda: ready(pool, teller, second), "suggestions by a hint after a flush, with nobody who sweeps")
    assert len(teller.suggested(new)) == 1


def test_a_broker_that_was_away_for_a_while_is_found_again(
    process: Make, broker: Broker, api: Celery, teller: Teller, history: Callable[[], UUID], pool: Pool
) -> None:
    """Redis stops in the middle of the work and comes back: so does the worker, by itself, and nothing was lost meanwhile."""
    worker = process(pause=0.02)
    worker.start("--beat")
    new = history()
    hint(api, teller)
    wait_for(lambda: len(worker.embedded) > 0, "the first lesson")
    broker.stop()
    meanwhile = teller.project("Meanwhile", summary="The deploy of a server.")
    time.sleep(A_WHILE)
    broker.start()
    wait_for(lambda: ready(pool, teller, new) and ready(pool, teller, meanwhile), "suggestions after an outage")
    wait_for(lambda: done(pool, teller), "everything followed")
    assert worker.running
    later = teller.project("Later", summary="The deploy of a server.")
    hint(api, teller)
    wait_for(lambda: ready(pool, teller, later), "suggestions by a hint after an outage")


def test_a_worker_starts_before_its_broker(
    process: Make, broker: Broker, teller: Teller, history: Callable[[], UUID], pool: Pool
) -> None:
    """The machines come up in any order: a worker waits for Redis as long as it takes."""
    worker = process()
    broker.stop()
    worker.start("--beat")
    new = history()
    time.sleep(3)
    assert worker.running
    broker.start()
    wait_for(lambda: ready(pool, teller, new), "suggestions once the broker is there")


def test_a_killed_worker_is_replaced(
    process: Make, api: Celery, teller: Teller, history: Callable[[], UUID], pool: Pool
) -> None:
    """A worker loses its power in the middle of a task: the next one finishes, without anybody asking, and embeds little again."""
    worker = process(pause=0.02)
    worker.start("--beat")
    new = history()
    hint(api, teller)
    wait_for(lambda: len(worker.embedded) > LESSONS // 2, "half of the lessons")
    worker.kill()
    worker.start("--beat")
    # Celery by itself would give the task to another worker after an hour.
    wait_for(lambda: ready(pool, teller, new), "suggestions by the second worker")
    assert len(teller.suggested(new)) == 1
    told = [text for text in worker.embedded if str(teller.organisation_id) in text]
    lessons = [text for text in told if "Look earlier" in text]
    assert len(set(lessons)) == LESSONS
    assert len(lessons) <= LESSONS + 2 * BATCH


def test_only_json_is_read(
    process: Make, broker: Broker, api: Celery, teller: Teller, history: Callable[[], UUID], pool: Pool, tmp_path: Path
) -> None:
    """A message in another form, which could run code when read, is thrown away unread; the worker goes on."""
    trap = tmp_path / "sprung"
    body = base64.b64encode(pickle.dumps(_Trap(str(trap)))).decode()
    message = {
        "body": body,
        "content-type": "application/x-python-serialize",
        "content-encoding": "binary",
        "headers": {"task": work.FOLLOW, "id": "1", "lang": "py"},
        "properties": {
            "delivery_tag": "1",
            "body_encoding": "base64",
            "delivery_info": {"exchange": "", "routing_key": work.INTERACTIVE},
        },
    }
    with Redis.from_url(broker.url) as redis:
        redis.lpush(work.INTERACTIVE, json.dumps(message))
    worker = process()
    worker.start()
    new = history()
    hint(api, teller)
    wait_for(lambda: ready(pool, teller, new), "suggestions behind a bad message")
    assert not trap.exists()
    assert "ContentDisallowed" in worker.log or "untrusted content" in worker.log


@pytest.mark.timeout(400)
def test_the_real_worker_with_the_real_model(
    process: Make,
    models: Path,
    real_embedder: Embedder,
    api: Celery,
    teller: Teller,
    history: Callable[[], UUID],
    pool: Pool,
) -> None:
    """`python -m hardwon_worker` as it is deployed: the model is loaded from its cache, and suggestions come."""
    worker = process(HARDWON_MODEL_CACHE=str(models))
    worker.run(["-m", "hardwon_worker", "--concurrency", "1"])
    new = history()
    hint(api, teller)
    wait_for(lambda: ready(pool, teller, new), "suggestions", 280)
    (given,) = teller.suggested(new)
    assert given.embedding_model == real_embedder.model.name
    assert given.suggestions


def test_a_worker_that_lacks_a_setting_says_which(process: Make) -> None:
    """A missing setting ends the start with its name, and no traceback."""
    worker = process(HARDWON_REDIS_URL="http://wrong")
    worker.start()
    wait_for(lambda: not worker.running, "the end")
    assert "HARDWON_REDIS_URL" in worker.log
    assert "Traceback" not in worker.log


class _Trap:
    """Whoever unpickles this makes a file."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self._path,)
