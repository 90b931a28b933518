"""A reader that follows the log by its last position must see every event, whatever the writers do. With the control that must fail."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol
from uuid import UUID

import psycopg
import pytest
from logs import IdentityColumnLog, PostgresTail, note, notes
from psycopg import Connection

from hardwon.ids import new_id
from hardwon.log import store
from hardwon.log.memory import MemoryLog
from hardwon.log.wire import NewEvent
from hardwon.ports import Log
from hardwon.projections.following import Pool

WRITERS = 8
SECONDS = 4.0


class Tail(Protocol):
    def append(self, organisation_id: UUID, events: list[NewEvent]) -> object: ...
    def read(self, organisation_id: UUID, after: int) -> list[tuple[int, UUID]]: ...


class MemoryTail:
    def __init__(self) -> None:
        self.log = MemoryLog()

    def append(self, organisation_id: UUID, events: list[NewEvent]) -> object:
        return self.log.append(organisation_id, events)

    def read(self, organisation_id: UUID, after: int) -> list[tuple[int, UUID]]:
        return [(s.position, s.event_id) for s in self.log.read(organisation_id, after)]


def write(tail: Tail, organisation: UUID, seed: int, stop: threading.Event) -> set[UUID]:
    """Append batches of 1 and 200 until told to stop; return the ids that were acknowledged."""
    chance, acknowledged = random.Random(seed), set[UUID]()
    while not stop.is_set():
        events = notes(chance.choice((1, 200)))
        if chance.random() < 0.1:
            events.append(note("a NUL \x00 byte rolls the batch back"))
        try:
            tail.append(organisation, events)
        except Exception:  # noqa: BLE001, S112 - rolled back or cut off: nobody was told that it is stored
            continue
        acknowledged.update(new.event_id for new in events)
    return acknowledged


def follow(tail: Tail, organisation: UUID, written: threading.Event) -> list[tuple[int, UUID]]:
    """Read on from the last position seen, until all is written and a read finds nothing more."""
    seen: list[tuple[int, UUID]] = []
    finishing = False
    while True:
        try:
            page = tail.read(organisation, seen[-1][0] if seen else 0)
        except psycopg.OperationalError:
            continue  # the reader's own connection was killed
        seen.extend(page)
        if not page and finishing:
            return seen
        finishing = written.is_set()


def run(
    tail: Tail, organisation: UUID, disturb: Callable[[], None]
) -> tuple[set[UUID], list[tuple[int, UUID]], set[UUID]]:
    """Let eight writers and a tailing reader run; return (acknowledged ids, what the reader saw, what is stored)."""
    stop, written = threading.Event(), threading.Event()
    with ThreadPoolExecutor(WRITERS + 1) as threads:
        reader = threads.submit(follow, tail, organisation, written)
        writers = [threads.submit(write, tail, organisation, seed, stop) for seed in range(WRITERS)]
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            time.sleep(0.3)
            disturb()
        stop.set()
        acknowledged = set[UUID]().union(*(writer.result() for writer in writers))
        written.set()
        seen = reader.result()
    return acknowledged, seen, {event_id for _, event_id in follow(tail, organisation, written)}


@pytest.fixture
def kill_a_connection(owner: Connection[Any]) -> Callable[[], None]:
    """Cut one connection of the application, as a failing network or an operator would."""

    def kill() -> None:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE usename = 'hardwon_app' AND state <> 'idle' ORDER BY random() LIMIT 1"
        )

    return kill


def test_the_reader_of_the_postgresql_log_skips_nothing(
    pool: Pool, log: Log, kill_a_connection: Callable[[], None]
) -> None:
    """Eight writers, batches of 1 and 200, rollbacks and killed connections: the reader has seen all that is stored, in order."""
    organisation = new_id()
    log.create(organisation)
    acknowledged, seen, stored = run(PostgresTail(pool), organisation, kill_a_connection)
    assert len(stored) > 500
    assert {event_id for _, event_id in seen} == stored
    assert acknowledged <= stored
    assert [position for position, _ in seen] == list(range(1, len(stored) + 1))


def test_the_reader_of_the_memory_log_skips_nothing() -> None:
    """The log in memory keeps the same promise."""
    tail, organisation = MemoryTail(), new_id()
    tail.log.create(organisation)
    acknowledged, seen, stored = run(tail, organisation, lambda: None)
    assert {event_id for _, event_id in seen} == stored == acknowledged
    assert [position for position, _ in seen] == list(range(1, len(stored) + 1))


def test_the_control_an_identity_column_does_skip(pool: Pool, owner: Connection[Any]) -> None:
    """The same run over positions from an identity column loses events for the reader: so the test above can see it."""
    acknowledged, seen, _ = run(IdentityColumnLog(pool, owner), new_id(), lambda: None)
    assert acknowledged - {event_id for _, event_id in seen}


def test_a_later_append_waits_for_an_earlier_one(pool: Pool, organisation: UUID) -> None:
    """While one append is open, a later one waits, and no reader sees a position beyond the open one."""
    done: list[int] = []
    with pool.of(organisation) as first, pool.of(organisation) as second:
        with first.transaction():
            store.append(first, organisation, notes(1))
            later = threading.Thread(
                target=lambda: done.append(store.append(second, organisation, notes(1))[0].position)
            )
            later.start()
            time.sleep(0.3)
            assert done == []
            with pool.of(organisation) as reader:
                assert [s.position for s in store.read(reader, organisation, 0, 500)] == [1]
        later.join()
    assert done == [3]
