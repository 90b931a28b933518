"""Valkey is flushed, stopped, slow or full: suggestions come late, and nothing is lost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from checking import caught_up, differences, losses, unanswered, whole_log
from world import World
from writing import Ledger, writing

from hardwon.bootstrap import open_log

pytestmark = pytest.mark.timeout(300)


@contextmanager
def under_writers(world: World, name: str) -> Iterator[None]:
    """Let an organisation's tools write while the block breaks something; then nothing may be lost, and everybody be answered."""
    organisation, token = world.register(name)
    ledger = Ledger()
    with writing(world.url, {token: ledger}, writers=2, seed=1):
        time.sleep(0.5)
        yield
        time.sleep(0.5)
    assert ledger.unclear == []
    check(world, organisation, ledger)


def check(world: World, organisation: UUID, ledger: Ledger) -> None:
    with world.open() as pool:
        log = open_log(pool)
        caught_up(pool, log, organisation)
        events = whole_log(log, organisation)
        assert losses(events, ledger.answered) == []
        assert unanswered(events, ledger.projects) == []
        assert differences(pool, log, organisation) == []


def test_flushed(world: World) -> None:
    """Somebody empties it again and again."""
    with under_writers(world, "Flushed"), world.redis() as redis:
        for _ in range(4):
            redis.flushall()
            time.sleep(0.3)


def test_stopped_and_started_again(world: World) -> None:
    """It is away for some seconds: writes go on, and what waited for a worker is done when it is back."""
    with under_writers(world, "Stopped"):
        world.valkey.child.stop()
        time.sleep(3)
        world.start_again("valkey")


def test_slow(world: World) -> None:
    """It holds every connection and answers nothing for seconds: a write loses a moment, not its events."""
    with under_writers(world, "Slow"), world.stopped(world.valkey.child.pid):
        time.sleep(7)  # longer than any client waits for it


def test_full(world: World) -> None:
    """It takes nothing more, no task and no lease: once there is room again, all is done."""
    with under_writers(world, "Full"), world.redis() as redis:
        redis.config_set("maxmemory-policy", "noeviction")
        redis.config_set("maxmemory", "1")
        try:
            with pytest.raises(Exception, match="maxmemory"):
                redis.set("anything", "at all")
            time.sleep(4)
        finally:
            redis.config_set("maxmemory", "0")
    assert world.worker.running  # it waited by itself, nobody started it again
