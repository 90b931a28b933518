"""What the tests of the walls share: a database of their own, of whose tables each holds only what a test put there."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from own_database import own_database
from psycopg import Connection

from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings
from hardwon.ports import Log
from hardwon.projections.following import Pool


@pytest.fixture(scope="session")
def stack(stack: Any) -> Any:
    return own_database(stack, "walls_tests")


@pytest.fixture(scope="session")
def pool(stack: Any) -> Iterator[Pool]:
    settings = DatabaseSettings(database_url=stack.database_url, person_key=stack.person_key)
    with open_pool(settings, "hardwon-tests") as pool:
        yield pool


@pytest.fixture(scope="session")
def log(pool: Pool) -> Log:
    return open_log(pool)


@pytest.fixture
def owner(stack: Any) -> Iterator[Connection[Any]]:
    with psycopg.connect(stack.owner_database_url, autocommit=True) as connection:
        yield connection
