"""What the tests of the walls share: a database of their own, of whose tables each holds only what a test put there."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from one_connection import _one_connection_a_request  # noqa: F401 - a fixture
from own_database import own_database
from parties import MARK, Party
from psycopg import Connection
from working import Counting

from hardwon import organisations, tokens
from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings
from hardwon.ports import Log
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, advance
from hardwon_api.app import create_app
from hardwon_api.context import Deps
from hardwon_api.gate import Gate
from hardwon_api.hints import CeleryHints, producer
from hardwon_api.searching import WorkerSearch
from hardwon_api.settings import ApiSettings
from hardwon_api.streams import Streams


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


@pytest.fixture(scope="module")
def http(stack: Any, pool: Pool, log: Log) -> FlaskClient:
    settings = ApiSettings(
        database_url=stack.database_url,
        redis_url=stack.redis_url,
        person_key=stack.person_key,
        search_timeout=0.1,
        requests_per_minute=100_000,
    )
    celery = producer(settings)
    hints, search = CeleryHints(settings, celery), WorkerSearch(settings, celery)
    return create_app(Deps(settings, pool, log, hints, search, Streams(10, 2), Gate(16))).test_client()


@pytest.fixture
def party(http: FlaskClient, pool: Pool, log: Log) -> Callable[..., Party]:
    def new(name: str = "Ours") -> Party:
        organisation = organisations.register(log, name, "tests")
        return Party(http, organisation, tokens.first(pool, organisation))

    return new


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counting]:
    counts = Counting()
    with counts.installed(monkeypatch):
        yield counts


@pytest.fixture
def theirs(party: Callable[..., Party], pool: Pool) -> Party:
    """Another organisation, with something of everything."""
    other = party(MARK)
    other.fill()
    for projection in PROJECTIONS:
        advance(pool, projection, other.organisation)
    return other
