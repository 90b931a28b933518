"""The API on a real log, read models and Valkey, spoken to through Flask's test client."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from api_client import Client
from flask.testing import FlaskClient
from one_connection import _one_connection_a_request  # noqa: F401 - a fixture
from redis import Redis

from hardwon import organisations, tokens
from hardwon.ports import Log
from hardwon.projections.following import Pool
from hardwon_api.app import create_app
from hardwon_api.context import Deps


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs here, and nobody waits for one."""
    monkeypatch.setattr("hardwon.projections.catching_up._WORKERS_PATIENCE", 0)


@pytest.fixture(scope="session")
def app_client(deps: Deps) -> FlaskClient:
    return create_app(deps).test_client()


@pytest.fixture
def redis(stack: Any) -> Iterator[Redis]:
    with Redis.from_url(stack.redis_url) as redis:
        yield redis


@pytest.fixture
def new_client(app_client: FlaskClient, log: Log, pool: Pool) -> Callable[[], Client]:
    def new() -> Client:
        organisation = organisations.register(log, "An organisation", "tests")
        return Client(app_client, organisation, tokens.first(pool, organisation), pool)

    return new


@pytest.fixture
def client(new_client: Callable[[], Client]) -> Client:
    return new_client()


@pytest.fixture
def app_with(deps: Deps) -> Callable[..., FlaskClient]:
    """Return what makes an app with some of its parts replaced."""
    return lambda **parts: create_app(replace(deps, **parts)).test_client()
