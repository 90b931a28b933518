"""A database of these tests' own: they break what others need."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from own_database import own_database
from world import World, a_world

from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings
from hardwon.ports import Log
from hardwon.projections.following import Pool


@pytest.fixture(scope="session")
def stack(stack: Any) -> Any:
    """The same servers, with a database and a number in Valkey of these tests' own."""
    return own_database(stack, "faults_tests")._replace(redis_url=f"{stack.redis_url.rsplit('/', 1)[0]}/7")


@pytest.fixture(scope="session")
def pool(stack: Any) -> Iterator[Pool]:
    settings = DatabaseSettings(database_url=stack.database_url, person_key=stack.person_key)
    with open_pool(settings, "hardwon-tests") as pool:
        yield pool


@pytest.fixture(scope="session")
def log(pool: Pool) -> Log:
    return open_log(pool)


@pytest.fixture(scope="session")
def _world() -> Iterator[World]:
    with tempfile.TemporaryDirectory(prefix="hardwon-world-") as ground:
        Path(ground).chmod(0o711)  # as root, the servers' user must be able to pass through
        with a_world(Path(ground)) as world:
            yield world


@pytest.fixture
def world(_world: World) -> Iterator[World]:
    """A whole Hardwon in processes of its own, in which everything runs; whatever a test broke is mended behind it."""
    _world.heal()
    yield _world
    _world.heal()
