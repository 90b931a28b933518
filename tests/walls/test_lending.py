"""A connection is lent for one organisation at a time, whoever had it before."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection

from hardwon import organisations
from hardwon.bootstrap import open_pool
from hardwon.config import DatabaseSettings
from hardwon.ids import new_id
from hardwon.log.pool import Crossing, Pool, acting_for
from hardwon.ports import Log

ALL = "SELECT DISTINCT organisation_id FROM event"
"""It forgets to say whose."""


@pytest.fixture
def few(stack: Any) -> Iterator[Pool]:
    """Fewer connections than organisations and threads, so that each goes from hand to hand."""
    with open_pool(DatabaseSettings(database_url=stack.database_url, database_connections=3), "hardwon-tests") as pool:
        yield pool


@pytest.fixture
def registered(log: Log) -> list[UUID]:
    return [organisations.register(log, f"Organisation {n}", "tests") for n in range(5)]


class Lost(Exception):
    """Something goes wrong while a connection is lent."""


def seen(pool: Pool, organisation_id: UUID, chance: random.Random, kill: Any) -> set[UUID] | None:
    """Return whose events a query finds; None where the connection was lost meanwhile, or the transaction."""
    way = chance.choice(["plain", "transaction", "rolled back", "killed"])
    with suppress(Lost, psycopg.OperationalError), pool.of(organisation_id) as connection:
        if way == "rolled back":
            with suppress(Lost), connection.transaction():
                connection.execute(ALL)
                raise Lost
        if way == "killed" and chance.random() < 0.2:
            kill(connection)
        if way == "transaction":
            with connection.transaction():
                return {row[0] for row in connection.execute(ALL)}
        return {row[0] for row in connection.execute(ALL)}
    return None


def test_a_lent_connection_never_shows_whom_it_served_before(
    few: Pool, registered: list[UUID], owner: Connection[Any]
) -> None:
    """Many threads, few connections, lost and rolled back ones among them: each sees its own organisation's events and no other's."""
    lock = threading.Lock()

    def kill(connection: Connection[Any]) -> None:
        with lock:
            owner.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])

    def work(seed: int) -> int:
        chance, looked = random.Random(seed), 0
        for _ in range(40):
            mine = chance.choice(registered)
            found = seen(few, mine, chance, kill)
            assert found in (None, {mine})
            looked += found is not None
        return looked

    with ThreadPoolExecutor(12) as threads:
        assert sum(threads.map(work, range(12))) > 300


def test_the_control_a_forgetful_pool_shows_them(
    few: Pool, registered: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool that takes a connection for what it was lent for the first time shows one organisation's events to the others."""

    class Trusting(dict[Any, Any]):
        def __getitem__(self, _: Any) -> Any:
            return self.asked

        asked: UUID | None = None

    trusting = Trusting()
    monkeypatch.setattr("hardwon.log.pool._shown", trusting)
    wrong = 0
    for organisation_id in registered * 3:
        trusting.asked = organisation_id
        with few.of(organisation_id) as connection:
            wrong += {row[0] for row in connection.execute(ALL)} != {organisation_id}
    assert wrong


@contextmanager
def crossing() -> Iterator[None]:
    with pytest.raises(Crossing):
        yield


def test_whoever_acts_for_one_organisation_reaches_no_other(pool: Pool, log: Log, registered: list[UUID]) -> None:
    """Neither another one by name, nor all of them; and for nobody nothing is lent."""
    mine, theirs = registered[:2]
    with crossing(), pool.connection():
        pass
    with acting_for(mine):
        with pool.connection() as connection:
            assert {row[0] for row in connection.execute(ALL)} == {mine}
        with crossing(), pool.of(theirs):
            pass
        with crossing(), pool.across():
            pass
        with crossing():
            log.read(theirs)
        with crossing():
            log.heads()
        with acting_for(mine):
            assert log.head(mine).position == 1
    assert log.head(theirs).position == 1


def test_a_thread_acts_for_whom_its_context_does(pool: Pool, registered: list[UUID]) -> None:
    """What is done beside works for the same organisation, in a copy of the context; a bare thread works for nobody."""

    def asked() -> set[UUID]:
        with pool.connection() as connection:
            return {row[0] for row in connection.execute(ALL)}

    with ThreadPoolExecutor(1) as thread, acting_for(registered[0]):
        assert thread.submit(copy_context().run, asked).result() == {registered[0]}
        with crossing():
            thread.submit(asked).result()


def test_an_unknown_organisation_is_an_empty_one(pool: Pool) -> None:
    """A token may name any: what it names is not there."""
    with pool.of(new_id()) as connection:
        assert connection.execute(ALL).fetchall() == []


def test_a_lending_that_was_cut_short_is_said_anew(
    stack: Any, registered: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody knows whether PostgreSQL heard for whom, it is told again before anybody sees anything."""
    mine, theirs = registered[:2]
    settings = DatabaseSettings(database_url=stack.database_url, database_connections=1)
    with open_pool(settings, "hardwon-tests") as one:
        with one.of(mine) as connection:
            execute = connection.execute

        def cut_short(*asked: Any) -> None:
            execute(*asked)
            raise Lost

        monkeypatch.setattr(connection, "execute", cut_short)
        with suppress(Lost), one.of(theirs):
            pass
        monkeypatch.undo()
        with one.of(mine) as lent:
            assert lent is connection
            assert {row[0] for row in lent.execute(ALL)} == {mine}
