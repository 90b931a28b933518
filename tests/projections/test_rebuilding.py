"""A read model is rebuilt while it answers: nobody sees a hole, a mixture or an error."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from outside import wait_for
from psycopg import Connection

from hardwon.cli import main
from hardwon.domain.errors import Conflict
from hardwon.domain.events import DiscussionPointRaised, ProjectRegistered
from hardwon.domain.values import Profile
from hardwon.ids import new_id
from hardwon.log.wire import Metadata, NewEvent, StoredEvent
from hardwon.ports import Log
from hardwon.projections import points
from hardwon.projections.following import Pool, Projection, Row, advance, checkpoints
from hardwon.projections.rebuilding import begin_again, rebuild

POINTS = 3_000
Answers = set[tuple[int, tuple[str, ...]]]
"""Each answer that a reader saw: how many points, and which versions of the fold made them."""


def newer(projection: Projection) -> Projection:
    """Return the projection as the next version of the code folds it: visibly otherwise."""

    def evolve(row: Row | None, stored: StoredEvent) -> Row | None:
        after = projection.evolve(row, stored)
        return after and after | {"text": "new"}

    return replace(projection, evolve=evolve)


@pytest.fixture
def busy(log: Log, pool: Pool, organisation: UUID) -> UUID:
    project = new_id()
    events: list[Any] = [ProjectRegistered(project, Profile("P"))]
    events += [DiscussionPointRaised(new_id(), project, None, "idea", "old") for _ in range(POINTS)]
    log.append(organisation, [NewEvent(new_id(), str(new_id()), event, Metadata("tests")) for event in events])
    advance(pool, points.PROJECTION, organisation)
    return organisation


@contextmanager
def watched(pool: Pool, organisation: UUID) -> Iterator[Answers]:
    """Ask again and again what the points are, as readers do."""
    seen: Answers = set()
    errors: list[Exception] = []
    done = threading.Event()

    def ask() -> None:
        last = False
        while not last:
            last = done.is_set()  # asked once more after all is done
            try:
                with pool.of(organisation) as connection:
                    found = connection.execute(
                        "SELECT text, count(*) FROM discussion_point WHERE organisation_id = %s GROUP BY text",
                        [organisation],
                    ).fetchall()
            except Exception as error:  # noqa: BLE001 - whatever it is, the reader must not see it
                errors.append(error)
                return
            seen.add((sum(count for _, count in found), tuple(sorted(text for text, _ in found))))

    reader = threading.Thread(target=ask)
    reader.start()
    try:
        yield seen
    finally:
        done.set()
        reader.join()
    assert errors == []


def clear_and_fold(pool: Pool, projection: Projection, organisation: UUID) -> None:
    """The simple way, which is the control: forget the rows that answer, and fold them anew."""
    names = {"organisation_id": organisation, "follower": projection.name}
    with pool.of(organisation) as connection, connection.transaction():
        connection.execute(projection.sql["clear"], names)
        connection.execute(
            "UPDATE checkpoint SET position = 0 WHERE organisation_id = %(organisation_id)s AND follower = %(follower)s",
            names,
        )
    advance(pool, projection, organisation)


@pytest.mark.parametrize(("way", "whole"), [(rebuild, True), (clear_and_fold, False)], ids=["beside", "control"])
def test_every_answer_is_the_old_one_or_the_new_one(
    pool: Pool, busy: UUID, way: Callable[..., None], *, whole: bool
) -> None:
    """Asked all the time: 3,000 old points, then 3,000 new ones, and nothing else. A rebuild in place shows holes."""
    with watched(pool, busy) as seen:
        way(pool, newer(points.PROJECTION), busy)
    old, new = (POINTS, ("old",)), (POINTS, ("new",))
    assert new in seen
    assert (seen <= {old, new}) is whole


def test_what_happens_meanwhile_is_in_the_new_rows_too(log: Log, pool: Pool, busy: UUID) -> None:
    """Teams go on recording and the worker goes on following while the new rows grow."""
    more = iter(range(20))

    def record(_position: int) -> None:
        if next(more, None) is not None:
            event = DiscussionPointRaised(new_id(), new_id(), None, "idea", "late")
            log.append(busy, [NewEvent(new_id(), str(new_id()), event, Metadata("tests"))])
            advance(pool, points.PROJECTION, busy)

    rebuild(pool, newer(points.PROJECTION), busy, record, batch=200)
    assert told(pool, busy) == {"new": POINTS + 20}
    with pool.of(busy) as connection:
        reached = checkpoints(connection, busy)
    assert reached["points"].position == log.head(busy).position
    assert "points@rebuilding" not in reached


def test_one_that_was_killed_goes_on_where_it_stopped(
    pool: Pool, busy: UUID, stack: Any, owner: Connection[Any]
) -> None:
    """kill -9 in the middle: the old rows answer, and the next call folds the rest only."""
    killed = subprocess.Popen([sys.executable, "-c", SLOW, str(busy)], env=dict(os.environ) | settings(stack))
    deadline = time.monotonic() + 60
    while rebuilt_to(pool, busy) < 600:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    its = "SELECT FROM pg_stat_activity WHERE application_name = 'killed'"
    wait_for(lambda: owner.execute(its).fetchone() is None, "the end of what it had begun in the database")
    reached = rebuilt_to(pool, busy)
    assert told(pool, busy) == {"old": POINTS}
    positions: list[int] = []
    rebuild(pool, points.PROJECTION, busy, positions.append, batch=100)
    assert positions[0] == reached + 100
    assert told(pool, busy) == {"old": POINTS}


def test_a_poison_event_leaves_the_old_rows_in_place(pool: Pool, busy: UUID) -> None:
    """The new code cannot fold an event: I am told, and readers notice nothing."""

    def evolve(row: Row | None, stored: StoredEvent) -> Row | None:
        if stored.position == 1_000:
            raise ValueError("this event is poison")
        return points.PROJECTION.evolve(row, stored)

    with pytest.raises(ValueError, match="poison"):
        rebuild(pool, replace(points.PROJECTION, evolve=evolve), busy)
    assert told(pool, busy) == {"old": POINTS}


def test_two_at_once_are_refused(pool: Pool, busy: UUID) -> None:
    """The second one hears that somebody is at it."""
    refused: list[Conflict] = []

    def evolve(row: Row | None, stored: StoredEvent) -> Row | None:
        if not refused:
            with pytest.raises(Conflict, match="being rebuilt already") as error:
                rebuild(pool, points.PROJECTION, busy)
            refused.append(error.value)
        return points.PROJECTION.evolve(row, stored)

    rebuild(pool, replace(points.PROJECTION, evolve=evolve), busy)
    assert refused


def test_it_begins_again_when_the_log_reads_otherwise(pool: Pool, busy: UUID) -> None:
    """Somebody is erased meanwhile: what was folded beside is thrown away, and nothing of it comes to the front."""
    once = iter([True])
    positions: list[int] = []

    def seen(position: int) -> None:
        positions.append(position)
        if position > 1_500 and next(once, False):
            begin_again(pool, points.PROJECTION, busy)

    rebuild(pool, points.PROJECTION, busy, seen, batch=500)
    assert positions.count(500) == 2
    assert told(pool, busy) == {"old": POINTS}


def test_the_command_tells_how_fast(pool: Pool, busy: UUID, stack: Any) -> None:
    """`hardwon rebuild points` names the read model, the events and the rate; an unknown one is refused with the known ones."""
    whose = ["--organisation", str(busy)]
    said = CliRunner().invoke(main, ["rebuild", "points", *whose], env=settings(stack))
    assert said.exit_code == 0
    assert f"points of {busy}: {POINTS + 2} events in " in said.output
    assert "'recommendations'" in CliRunner().invoke(main, ["rebuild", "nothing", *whose], env=settings(stack)).output


def told(pool: Pool, organisation: UUID) -> dict[str, int]:
    with pool.of(organisation) as connection:
        found = connection.execute(
            "SELECT text, count(*) FROM discussion_point WHERE organisation_id = %s GROUP BY text", [organisation]
        )
        return dict(found.fetchall())


def rebuilt_to(pool: Pool, organisation: UUID) -> int:
    with pool.of(organisation) as connection:
        found = checkpoints(connection, organisation).get("points@rebuilding")
    return found.position if found else 0


def settings(stack: Any) -> dict[str, str]:
    return {"HARDWON_DATABASE_URL": stack.database_url, "HARDWON_PERSON_KEY": stack.person_key}


SLOW = """
import sys, time
from uuid import UUID
from hardwon.bootstrap import open_pool
from hardwon.config import DatabaseSettings, load
from hardwon.projections import points
from hardwon.projections.rebuilding import rebuild
with open_pool(load(DatabaseSettings), "killed") as pool:
    rebuild(pool, points.PROJECTION, UUID(sys.argv[1]), lambda _: time.sleep(0.1), batch=100)
"""
