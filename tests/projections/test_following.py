"""Read models follow the log: whatever the batches, the workers or the failures, they end as the fold of the log."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from uuid import UUID

import psycopg
import pytest
import read_models
from histories import history, recorded
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardwon import organisations
from hardwon.domain.events import DiscussionPointRaised, DomainEvent, ProjectRegistered
from hardwon.domain.values import Profile
from hardwon.ids import new_id
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log
from hardwon.projections import points
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import (
    Pool,
    Projection,
    Row,
    advance,
    checkpoints,
    ensure_checkpoint,
    halted,
    lagging,
    move_checkpoint,
)
from hardwon.projections.rebuilding import rebuild

NAMES = [projection.name for projection in PROJECTIONS]


def rows(pool: Pool, projection: Projection, organisation: UUID) -> list[Row]:
    with pool.of(organisation) as connection:
        return read_models.rows(connection, projection, organisation)


def folded(pool: Pool, log: Log, projection: Projection, organisation: UUID) -> list[Row]:
    return read_models.folded(pool, projection, organisation, log.read(organisation, limit=10_000))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=history(), batch=st.sampled_from([1, 7, 500]), cuts=st.lists(st.integers(0, 30), max_size=3))
def test_live_equals_rebuild_equals_fold(
    pool: Pool, log: Log, events: list[DomainEvent], batch: int, cuts: list[int]
) -> None:
    """A read model followed live in bits, one rebuilt in any batch size, and the pure fold of the log are the same rows."""
    organisation = organisations.register(log, "Any", "tests")
    bounds = [0, *sorted(min(cut, len(events)) for cut in cuts), len(events)]
    for start, end in pairwise(bounds):
        log.append(organisation, recorded(events[start:end]))
        for projection in PROJECTIONS:
            advance(pool, projection, organisation)
    for projection in PROJECTIONS:
        live = rows(pool, projection, organisation)
        assert live == folded(pool, log, projection, organisation)
        rebuild(pool, projection, organisation, batch=batch)
        assert rows(pool, projection, organisation) == live


def counting(seen: list[int], *, bad: int | None = None) -> Projection:
    """Return the points projection, noting the positions it folds and failing at one of them."""

    def evolve(row: Row | None, stored: StoredEvent) -> Row | None:
        if stored.position == bad:
            raise ValueError("this event is poison")
        seen.append(stored.position)
        return points.evolve(row, stored)

    return replace(points.PROJECTION, evolve=evolve)


@pytest.fixture
def busy(log: Log, organisation: UUID) -> UUID:
    """An organisation whose log holds nine points behind its registration and one project."""
    project = new_id()
    raised = [DiscussionPointRaised(new_id(), project, None, "idea", str(n)) for n in range(9)]
    log.append(organisation, recorded([ProjectRegistered(project, Profile("P")), *raised]))
    return organisation


def test_the_control_a_fold_that_remembers_is_noticed(pool: Pool, log: Log, busy: UUID) -> None:
    """One that counts what it was given, as if that stood in the log, ends otherwise when the log is folded anew."""
    seen: list[int] = []
    inner = counting(seen)

    def evolve(row: Row | None, stored: StoredEvent) -> Row | None:
        after = inner.evolve(row, stored)
        return after and after | {"text": str(len(seen))}

    remembering = replace(inner, evolve=evolve)
    advance(pool, remembering, busy)
    assert rows(pool, remembering, busy) != folded(pool, log, remembering, busy)


def test_a_poison_event_stops_its_own_projection_only_and_is_shown(pool: Pool, busy: UUID) -> None:
    """All before the bad event counts, nothing after it, the reason is on show, and the other read models reach the head."""
    seen: list[int] = []
    advance(pool, counting(seen, bad=7), busy)
    advance(pool, PROJECTIONS[0], busy)
    with pool.of(busy) as connection:
        reached = checkpoints(connection, busy)
        assert (reached["points"].position, reached["points"].halted_by) == (6, "ValueError: this event is poison")
        assert (reached["projects"].position, reached["projects"].halted_by) == (11, None)
        assert (busy, "points", 6) in halted(connection)
    assert len(rows(pool, points.PROJECTION, busy)) == 4


def test_a_halted_projection_stays_halted_until_it_is_rebuilt(pool: Pool, busy: UUID) -> None:
    """Later hints do not hammer the bad event; after the mend a rebuild brings the read model back."""
    advance(pool, counting([], bad=7), busy)
    seen: list[int] = []
    advance(pool, counting(seen), busy)
    assert seen == []
    rebuild(pool, points.PROJECTION, busy)
    assert len(rows(pool, points.PROJECTION, busy)) == 9


def test_a_database_that_goes_away_is_nobodys_fault(pool: Pool, busy: UUID) -> None:
    """Losing the connection in the middle of a batch halts nothing: the next hint simply goes on."""

    def evolve(row: Row | None, stored: StoredEvent) -> Row | None:
        raise psycopg.OperationalError("the connection is lost")

    with pytest.raises(psycopg.OperationalError):
        advance(pool, replace(points.PROJECTION, evolve=evolve), busy)
    advance(pool, points.PROJECTION, busy)
    assert len(rows(pool, points.PROJECTION, busy)) == 9


def test_two_workers_never_apply_an_event_twice(pool: Pool, busy: UUID) -> None:
    """While one worker is in the middle of a batch, a second one leaves at once; every event is folded exactly once."""
    first: list[int] = []
    second: list[int] = []
    begun, hold, inner = threading.Event(), threading.Event(), counting(first)

    def holding(row: Row | None, stored: StoredEvent) -> Row | None:
        begun.set()
        hold.wait(60)
        return inner.evolve(row, stored)

    with ThreadPoolExecutor(1) as threads:
        working = threads.submit(advance, pool, replace(inner, evolve=holding), busy)
        assert begun.wait(60)
        advance(pool, counting(second), busy)
        assert second == []
        hold.set()
        working.result()
    assert first == list(range(3, 12))


def test_many_workers_on_one_log_fold_it_once(pool: Pool, busy: UUID) -> None:
    """Eight workers hinted at the same moment leave the same rows as one."""
    seen: list[int] = []
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: advance(pool, counting(seen), busy, batch=2), range(8)))
    advance(pool, counting(seen), busy)
    assert sorted(seen) == list(range(3, 12))


def test_lagging_names_who_has_work_left(pool: Pool, log: Log, organisation: UUID) -> None:
    """The sweep finds an organisation whose hint was lost, and leaves one alone whose followers are all at the head."""
    with pool.of(organisation) as connection:
        assert organisation in lagging(connection, NAMES)
    for projection in PROJECTIONS:
        advance(pool, projection, organisation)
    with pool.of(organisation) as connection:
        assert organisation not in lagging(connection, NAMES)
        assert organisation in lagging(connection, [*NAMES, "embedding:another"])


def test_a_project_that_waits_for_suggestions_is_work_left(pool: Pool, busy: UUID) -> None:
    """All read models at the head, but a project has no suggestions yet: the sweep still finds the organisation."""
    for projection in PROJECTIONS:
        advance(pool, projection, busy)
    with pool.of(busy) as connection:
        assert busy in lagging(connection, NAMES)


def test_a_checkpoint_never_moves_back(pool: Pool, organisation: UUID) -> None:
    """A follower that finishes late does not undo a faster one."""
    with pool.of(organisation) as connection:
        ensure_checkpoint(connection, organisation, "slow")
        move_checkpoint(connection, organisation, "slow", 9)
        move_checkpoint(connection, organisation, "slow", 4)
        assert checkpoints(connection, organisation)["slow"].position == 9
