"""What the worker's tests share: a database and a broker of their own, since a worker follows every organisation it finds."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from erasing import Erase, Story, tell
from fake_embedding import WordsEmbedder
from in_process import Worker
from own_database import own_database
from redis import Redis
from telling import Teller

from hardwon.bootstrap import open_log, open_pool
from hardwon.cli import main
from hardwon.config import DatabaseSettings
from hardwon.ports import Embedder, Log
from hardwon.projections.following import Pool
from hardwon_worker import copies
from hardwon_worker.embedding import load_embedder
from hardwon_worker.settings import WorkerSettings
from hardwon_worker.vectors import Load

StartWorker = Callable[..., Worker]


@pytest.fixture(scope="session")
def stack(stack: Any) -> Any:
    """The same servers, with a database and a number in Valkey of these tests' own."""
    return own_database(stack, "worker_tests")._replace(redis_url=f"{stack.redis_url.rsplit('/', 1)[0]}/5")


@pytest.fixture(scope="session")
def pool(stack: Any) -> Iterator[Pool]:
    with open_pool(
        DatabaseSettings(database_url=stack.database_url, person_key=stack.person_key), "hardwon-tests"
    ) as pool:
        yield pool


@pytest.fixture(scope="session")
def log(pool: Pool) -> Log:
    return open_log(pool)


@pytest.fixture(scope="session")
def real_embedder(models: Path) -> Embedder:
    return load_embedder("all-MiniLM-L6-v2", cache=models)


@pytest.fixture
def redis(stack: Any) -> Iterator[Redis]:
    """Return a Valkey that holds nothing: a task that another test asked for and never ran would be left out of this one."""
    with Redis.from_url(stack.redis_url) as redis:
        redis.flushdb()
        yield redis
        redis.flushdb()


@pytest.fixture
def teller(log: Log, organisation: UUID) -> Teller:
    return Teller(log, organisation)


@pytest.fixture
def start_worker(stack: Any, pool: Pool) -> Iterator[StartWorker]:
    """Return what starts a worker inside the test, with a model of that name or an embedder of one's own."""
    started: list[Worker] = []

    def start(model: str = "words", load: Load = WordsEmbedder, stack: Any = stack) -> Worker:
        settings = WorkerSettings(
            database_url=stack.database_url,
            redis_url=stack.redis_url,
            person_key=stack.person_key,
            embedding_model=model,
            database_connections=4,
        )
        started.append(Worker(settings, load))
        return started[-1]

    yield start
    for worker in started:
        worker.close()


@pytest.fixture
def embedder() -> WordsEmbedder:
    return WordsEmbedder()


@pytest.fixture
def worker(start_worker: StartWorker, embedder: WordsEmbedder) -> Worker:
    """A worker inside the test, whose embedder counts what it is asked."""
    return start_worker(load=lambda _: embedder)


@pytest.fixture
def story(log: Log, worker: Worker) -> Story:
    return tell(log, worker)


@pytest.fixture
def erase(stack: Any, monkeypatch: pytest.MonkeyPatch) -> Erase:
    """Run the command as an operator does who has all packages on his machine."""
    monkeypatch.setattr("hardwon.erasure_commands._forget_copies", lambda: iter([copies.forget()]))
    env = {
        "HARDWON_DATABASE_URL": stack.database_url,
        "HARDWON_OWNER_DATABASE_URL": stack.owner_database_url,
        "HARDWON_REDIS_URL": stack.redis_url,
        "HARDWON_PERSON_KEY": stack.person_key,
    }

    def run(story: Story, *options: str, person: UUID | None = None) -> str:
        named = ["erase", str(person or story.person), "--organisation", str(story.organisation), *options]
        said = CliRunner().invoke(main, named, env=env)
        if said.exception and not isinstance(said.exception, SystemExit):
            raise said.exception
        assert said.exit_code == 0, said.output
        return said.output

    return run
