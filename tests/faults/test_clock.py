"""The server's clock jumps: what was known at a time can still be told."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg import Connection

from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings
from hardwon.domain.events import LessonRetired
from hardwon.ids import new_id
from hardwon.log import store
from hardwon.log.verify import verify
from hardwon.log.wire import Metadata, NewEvent, StoredEvent
from hardwon.ports import Log

A_CLOCK = """
CREATE SCHEMA IF NOT EXISTS a_clock;
GRANT USAGE ON SCHEMA a_clock TO hardwon_app;
CREATE TABLE IF NOT EXISTS a_clock.ahead AS SELECT interval '0' AS by;
GRANT SELECT ON a_clock.ahead TO hardwon_app;
CREATE OR REPLACE FUNCTION a_clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS 'SELECT pg_catalog.clock_timestamp() + by FROM a_clock.ahead'
"""
JUMPS = (timedelta(0), timedelta(hours=3), timedelta(hours=1), timedelta(days=-400), timedelta(0), timedelta(hours=4))

SetAhead = Callable[[timedelta], None]


@pytest.fixture
def set_ahead(owner: Connection[Any]) -> Iterator[SetAhead]:
    """Return what sets the server's clock, as far as `log_of_that_clock` reads it."""
    owner.execute(A_CLOCK)
    yield lambda by: owner.execute("UPDATE a_clock.ahead SET by = %s", [by]) and None
    owner.execute("DROP SCHEMA a_clock CASCADE")


@pytest.fixture
def log_of_that_clock(stack: Any, set_ahead: SetAhead) -> Iterator[Log]:
    """A log whose sessions find that clock in front of the server's own."""
    with open_pool(DatabaseSettings(database_url=stack.database_url), "hardwon-tests") as pool:
        pool.kwargs["options"] += " -c search_path=a_clock,pg_catalog,public"
        pool.drain()  # the connection that was opened meanwhile
        yield open_log(pool)


def recorded(log: Log, organisation: UUID, set_ahead: SetAhead) -> list[StoredEvent]:
    """Record two events after each jump of the clock."""
    for by in JUMPS:
        set_ahead(by)
        stream = f"notes-{new_id()}"
        log.append(
            organisation,
            [NewEvent(new_id(), stream, LessonRetired(UUID(int=1), text), Metadata("tests")) for text in "ab"],
        )
    return log.read(organisation)


def told_wrong(log: Log, organisation: UUID, stored: list[StoredEvent]) -> list[datetime]:
    """Return the times of recording at which the log is said to have ended elsewhere than it did."""
    last = {each.recorded_at: each.position for each in stored}
    return [moment for moment, position in last.items() if log.position_at(organisation, moment) != position]


def test_a_clock_that_jumps_breaks_no_question_of_the_past(
    log_of_that_clock: Log, organisation: UUID, set_ahead: SetAhead
) -> None:
    """Hours forward, a year back: times of recording never go back, each has its place, and the chain holds."""
    stored = recorded(log_of_that_clock, organisation, set_ahead)
    times = [each.recorded_at for each in stored]
    assert times == sorted(times)
    assert times[3] - times[1] > timedelta(hours=2), "the clock did jump"
    assert told_wrong(log_of_that_clock, organisation, stored) == []
    assert verify(log_of_that_clock, organisation, lambda *_: None).broken_at is None


def test_the_clock_as_it_is_would_break_it(
    log_of_that_clock: Log, organisation: UUID, set_ahead: SetAhead, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a log that records whatever the clock says tells the past wrong."""
    monkeypatch.setitem(store.SQL, "now", "SELECT clock_timestamp() AS now")
    stored = recorded(log_of_that_clock, organisation, set_ahead)
    assert told_wrong(log_of_that_clock, organisation, stored)
