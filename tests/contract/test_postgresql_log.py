"""What only a database can promise: isolation, rights, proof against its own owner."""

from typing import Any
from uuid import UUID

import psycopg
import pytest
from logs import note, notes
from psycopg import Connection, IsolationLevel

from hardwon.domain.errors import LogBroken
from hardwon.log import store
from hardwon.log.sealing import Head
from hardwon.log.verify import BEGINNING, Verified, Walk, verify
from hardwon.ports import Log
from hardwon.projections.following import Pool


def test_an_append_under_another_isolation_level_is_refused(pool: Pool, organisation: UUID) -> None:
    """Under REPEATABLE READ the append would not see what it waited for, so it does not even try."""
    with pool.of(organisation) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        with pytest.raises(LogBroken, match="repeatable read"):
            store.append(connection, organisation, [note()])
        connection.isolation_level = None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET type = 'x'",
        "DELETE FROM event",
        "TRUNCATE event",
        "ALTER TABLE event DROP COLUMN hash",
        "DROP TABLE event",
        "DELETE FROM log_head",
    ],
)
def test_the_application_cannot_change_the_past(pool: Pool, statement: str) -> None:
    """Whoever has the services' database password can add to the log and read it, and nothing else."""
    with pool.across() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_a_retry_after_a_lost_answer_stores_nothing_twice(
    pool: Pool, owner: Connection[Any], organisation: UUID
) -> None:
    """The connection dies after the commit and before the answer; the client's retry finds its events in place."""
    events = notes(3)
    with pool.of(organisation) as connection:
        first = store.append(connection, organisation, events)
        owner.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with pool.of(organisation) as connection:
        assert store.append(connection, organisation, events) == first


TAMPERING = {
    "a changed text": ('UPDATE event SET data = data || \'{"reason": "nicer"}\' WHERE {ours} AND position = 3', 3),
    "a changed time": (
        "UPDATE event SET occurred_at = occurred_at - interval '1 day' WHERE {ours} AND position = 2",
        2,
    ),
    "a changed actor": ('UPDATE event SET metadata = metadata || \'{"actor": "me"}\' WHERE {ours} AND position = 5', 5),
    "a removed event": ("DELETE FROM event WHERE {ours} AND position = 4", 4),
    "a cut-off end": ("DELETE FROM event WHERE {ours} AND position >= 5", 5),
    "two swapped events": (
        """
        UPDATE event SET data = other.data FROM event AS other
        WHERE event.{ours} AND other.{ours} AND event.position IN (3, 4) AND other.position = 7 - event.position
        """,
        3,
    ),
    "an inserted event": (
        """
        WITH copied AS (INSERT INTO event
            SELECT organisation_id, 7, stream, 99, gen_random_uuid(), type, schema_version, data, metadata,
                   payload_digest, occurred_at, recorded_at, hash FROM event WHERE {ours} AND position = 6)
        UPDATE log_head SET position = 7 WHERE {ours}
        """,
        7,
    ),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_verify_names_the_first_bad_position(log: Log, owner: Connection[Any], organisation: UUID, what: str) -> None:
    """Even the database's owner cannot alter the log unseen: verify says where it no longer holds."""
    log.append(organisation, [*notes(4), note()])
    statement, position = TAMPERING[what]
    owner.execute(statement.replace("{ours}", f"organisation_id = '{organisation}'"))
    for verified in (verify(log, organisation, lambda _done, _total: None), _in_steps(log, organisation)):
        assert verified.broken_at == position
        assert verified.problem


def _in_steps(log: Log, organisation: UUID) -> Verified:
    """Verify as a worker does: each step by a walk that knows nothing but what the one before had reached."""
    goal, reached = log.head(organisation), BEGINNING
    while True:
        walk = Walk(log, organisation, goal, reached)
        walk._limit = 1
        if outcome := walk.step():
            return outcome
        reached = Head(walk.position, walk.hash)


CUT = """
    DELETE FROM event WHERE {ours} AND position > 3;
    UPDATE log_head SET position = 3, hash = (SELECT hash FROM event WHERE {ours} AND position = 3) WHERE {ours}
"""
ALL_GONE = "DELETE FROM event WHERE {ours}; UPDATE log_head SET position = 0, hash = decode(repeat('00', 32), 'hex') WHERE {ours}"


def test_a_cleanly_cut_off_end_is_seen_by_what_was_published(
    log: Log, owner: Connection[Any], organisation: UUID
) -> None:
    """Events and head row were cut together: the chain alone still holds, which is why heads are published."""
    log.append(organisation, notes(4))
    published = {5: log.head(organisation).hash}
    assert verify(log, organisation, lambda *_: None, published).broken_at is None
    owner.execute(CUT.replace("{ours}", f"organisation_id = '{organisation}'"))
    assert verify(log, organisation, lambda *_: None).broken_at is None  # the control
    cut = verify(log, organisation, lambda *_: None, published)
    assert (cut.broken_at, "cut off" in cut.problem) == (4, True)


def test_a_log_that_was_written_anew_is_seen_by_what_was_published(
    log: Log, owner: Connection[Any], organisation: UUID
) -> None:
    """Somebody with the owner's rights makes another history, chained as it should be: it is not the one that was published."""
    log.append(organisation, notes(4))
    published = {3: log.read(organisation)[2].hash}
    owner.execute(ALL_GONE.replace("{ours}", f"organisation_id = '{organisation}'"))
    log.append(organisation, notes(6))
    assert verify(log, organisation, lambda *_: None).broken_at is None  # the control
    assert verify(log, organisation, lambda *_: None, published).broken_at == 3


def test_a_reader_stops_at_a_hole(log: Log, owner: Connection[Any], organisation: UUID) -> None:
    """A missing position is an alarm; a reader that stepped over it would miss an event for ever."""
    log.append(organisation, notes(4))
    owner.execute("DELETE FROM event WHERE organisation_id = %s AND position = 3", (organisation,))
    assert [s.position for s in log.read(organisation, limit=2)] == [1, 2]
    with pytest.raises(LogBroken, match="Position 3"):
        log.read(organisation)
