"""What every test may ask for: a real PostgreSQL and Valkey, started once, and a fresh organisation each."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection
from xdist.scheduler import LoadFileScheduling

from hardwon import organisations
from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings
from hardwon.ports import Log
from hardwon.projections.following import Pool
from hardwon.schema.migrate import migrate
from hardwon_api.context import Deps
from hardwon_api.gate import Gate
from hardwon_api.hints import CeleryHints, producer
from hardwon_api.searching import WorkerSearch
from hardwon_api.settings import ApiSettings
from hardwon_api.streams import Streams
from hardwon_local.folder import DataFolder
from hardwon_local.running import Running, running
from hardwon_local.servers import servers


class Stack(NamedTuple):
    """The servers' addresses; the same environment that a service is started with."""

    owner_database_url: str
    database_url: str
    redis_url: str
    person_key: str


WHOLE = "a whole Hardwon"
TOGETHER = {"faults": "faults", "pages": WHOLE, "story": WHOLE, "hostile/test_schema.py": WHOLE}
"""Folders and files whose tests share what takes long to start."""


def group(file: str) -> str:
    """Return what stays together where tests run side by side: a file's tests, or some folders'."""
    folder = Path(file).parent.name
    return TOGETHER.get(folder) or TOGETHER.get(f"{folder}/{Path(file).name}", file)


class Groups(LoadFileScheduling):
    """Gives each process a group at a time; xdist's own way with marks does not know pytest 9.2."""

    def _split_scope(self, nodeid: str) -> str:
        return group(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Groups:
    return Groups(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the groups in which most tests may take longer than others: the last process should not be left alone with one."""
    apart = {item.path.name for item in items if "hardwon" in item.fixturenames and group(str(item.path)) != WHOLE}
    assert not apart, f"whoever asks for `hardwon` belongs to TOGETHER, or it is started once more: {apart}"
    long = Counter(group(str(item.path)) for item in items if item.get_closest_marker("timeout"))
    items.sort(key=lambda item: long[group(str(item.path))], reverse=True)


@pytest.fixture(scope="session", autouse=True)
def patient() -> Iterator[None]:
    """Give a Redis that other tests keep waiting time to answer: what happens without one is tested by having none."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("hints", "limiting", "health", "metrics"):
            patch.setattr(f"hardwon_api.{module}._TIMEOUT", 30.0)
        yield


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Start PostgreSQL and Valkey on free ports, in a folder of their own that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="hardwon-tests-") as folder:
        # As root the servers run as another user, who must be able to pass through; pytest's own tmp_path lies below a closed folder.
        Path(folder).chmod(0o711)
        with servers(DataFolder(Path(folder) / "data"), durable=False) as started:
            key = started.person_key_path.read_text("ascii")
            yield Stack(started.owner_database_url, started.app_database_url, started.redis_url, key)


@pytest.fixture(scope="session")
def pool(stack: Stack) -> Iterator[Pool]:
    """Connections of the application role to the migrated database."""
    migrate(stack.owner_database_url)
    pool = open_pool(DatabaseSettings(database_url=stack.database_url, person_key=stack.person_key), "hardwon-tests")
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def log(pool: Pool) -> Log:
    return open_log(pool)


@pytest.fixture(scope="session")
def api_settings(stack: Stack) -> ApiSettings:
    return ApiSettings(
        database_url=stack.database_url, redis_url=stack.redis_url, person_key=stack.person_key, search_timeout=0.3
    )


@pytest.fixture(scope="session")
def deps(api_settings: ApiSettings, pool: Pool, log: Log) -> Deps:
    """What the API works with; see hardwon_api.context."""
    celery = producer(api_settings)
    hints, search = CeleryHints(api_settings, celery), WorkerSearch(api_settings, celery)
    return Deps(api_settings, pool, log, hints, search, Streams(api_settings.max_streams, 2), Gate(16))


@pytest.fixture
def organisation(log: Log) -> UUID:
    """A fresh organisation: its log holds its own registration, at position 1."""
    return organisations.register(log, "An organisation", "tests")


@pytest.fixture
def owner(stack: Stack, pool: Pool) -> Iterator[Connection[Any]]:
    """A connection of the schema's owner, who can do what the application cannot."""
    with psycopg.connect(stack.owner_database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the real model is made ready, once for all processes of a run: whoever comes meanwhile waits, and finds it."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "hardwon" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def hardwon(models: Path) -> Iterator[Running]:
    """PostgreSQL, Valkey, the API under Granian and a worker with the real model, as `hardwon up` starts them."""
    with tempfile.TemporaryDirectory(prefix="hardwon-story-") as folder, pytest.MonkeyPatch.context() as environment:
        Path(folder).chmod(0o711)  # as root, the servers' user must be able to pass through
        # A worker that has much to do is waited for: that it is not for ever is tested with a service of its own.
        environment.setenv("HARDWON_SEARCH_TIMEOUT", "30")
        # The model is made ready while other tests have the processor.
        environment.setattr("hardwon_local.running._PATIENCE", 300.0)
        data = Path(folder) / "data of the story"
        data.mkdir()
        data.chmod(0o711)
        (data / "models").symlink_to(models)
        with running(DataFolder(data), lambda _step: None) as up:
            environment.undo()
            yield up
