"""Following the log: a batch of events and the checkpoint behind it, in one transaction.

A checkpoint's row lock lets one worker at a time follow; a second one leaves at once. An event that cannot be applied halts its own
projection, just before that event, and says so in the checkpoint; the others go on.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

import structlog
from psycopg import Connection, InterfaceError, InternalError, OperationalError, ProgrammingError
from psycopg.types.json import Jsonb

from hardwon.domain.errors import LogRestored, Unavailable, WrittenByNewer
from hardwon.log import pool as connections
from hardwon.log import store
from hardwon.log.epoch import RESTORED
from hardwon.log.keys import PersonKeys
from hardwon.log.wire import StoredEvent
from hardwon.sql import queries

SQL = queries("hardwon.projections", "following.sql")
BATCH = 500

NO_EVENTS_FAULT = (OperationalError, InternalError, InterfaceError, ProgrammingError)
"""The database is away, busy, full or read-only, or its schema is another version's: no event is to blame."""
NOT_NOW = (*NO_EVENTS_FAULT, Unavailable, LogRestored)
"""Nor is one where the persons' keys are away, or a restored log waits to be accepted: later, the same batch will do."""

Pool = connections.Pool
Row = dict[str, Any]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Projection:
    """A read model: the fold that fills its table, and the queries ``load``, ``save`` and ``clear`` of its .sql file.

    Where rows can end, ``remove`` too.
    """

    name: str
    table: str
    sql: Mapping[str, LiteralString]
    key: Callable[[StoredEvent], UUID | None]
    """The row that an event touches; None where it touches none."""
    evolve: Callable[[Row | None, StoredEvent], Row | None]
    """Row before -> row after, as plain JSON without organisation_id; None: there is no such row."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    follower: str
    position: int
    halted_by: str | None
    tries: int
    """How often what comes next was begun and not finished, as far as its follower counts that."""


def advance(
    pool: Pool, projection: Projection, organisation_id: UUID, *, batch: int = BATCH, until: float = math.inf
) -> None:
    """Apply all that the projection has not seen; leaves at once if another worker is at it or it is halted.

    No batch is begun after ``until``, a moment of ``time.monotonic``.

    After a failure the batch is halved, so that the events before a bad one still count, until the bad one stands alone.
    """
    with pool.of(organisation_id) as connection:
        ensure_checkpoint(connection, organisation_id, projection.name)
    size = batch
    while True:
        try:
            with pool.of(organisation_id) as connection:
                applied = _apply_batch(connection, projection, organisation_id, size, pool.person_keys)
        except NOT_NOW:
            raise  # the next hint tries again
        except Exception as error:  # noqa: BLE001 - whatever a fold raises, its projection must stop and show it
            if size == 1:
                return _halt(pool, projection.name, organisation_id, error)
            size //= 2
            continue
        if not applied or time.monotonic() > until:
            return None
        size = min(size * 2, batch)


def fold(projection: Projection, rows: dict[UUID, Row], events: Sequence[StoredEvent]) -> set[UUID]:
    """Fold ``events`` into ``rows`` in place and return the keys touched: the whole meaning of a projection."""
    touched: set[UUID] = set()
    for stored in events:
        key = projection.key(stored)
        after = projection.evolve(rows.get(key), stored) if key else None
        if key and after is not None:
            rows[key] = after
            touched.add(key)
        elif key and rows.pop(key, None) is not None:
            touched.add(key)
    return touched


def refold(
    pool: Pool, projection: Projection, organisation_id: UUID, told: Callable[[int], Sequence[StoredEvent]]
) -> int:
    """Fold some rows anew where they stand, and return how many; ``told`` returns all events up to a position that touch them.

    For when the log reads otherwise than before, as after an erasure. The checkpoint is held meanwhile, so the rows end as the fold of the
    log up to it, whoever else follows.
    """
    names = _names(organisation_id, projection.name)
    with pool.of(organisation_id) as connection, connection.transaction():
        ensure_checkpoint(connection, organisation_id, projection.name)
        locked = connection.execute(SQL["lock_checkpoint_waiting"], names).fetchone()
        rows: dict[UUID, Row] = {}
        touched = fold(projection, rows, told(locked[0]) if locked else ())
        _save(connection, projection, organisation_id, rows, touched)
    return len(touched)


def checkpoints(connection: Connection[Any], organisation_id: UUID) -> dict[str, Checkpoint]:
    """Return follower -> its checkpoint."""
    rows = connection.execute(SQL["checkpoints"], {"organisation_id": organisation_id}).fetchall()
    return {row[0]: Checkpoint(*row) for row in rows}


def halted(connection: Connection[Any]) -> list[tuple[UUID, str, int]]:
    """Return (organisation, follower, position) of every halted follower."""
    return connection.execute(SQL["halted"]).fetchall()


def set_aside(connection: Connection[Any]) -> list[tuple[UUID, str, int]]:
    """Return (organisation, follower, texts) where texts were set aside that a follower could not work on."""
    return connection.execute(SQL["set_aside"]).fetchall()


def lag(connection: Connection[Any]) -> list[tuple[str, int, int]]:
    """Return (follower, most events that it is behind in any log, logs for which it is halted)."""
    return connection.execute(SQL["lag"]).fetchall()


def lagging(connection: Connection[Any], followers: Sequence[str]) -> list[UUID]:
    """Return the organisations for which a follower has something left to do."""
    return [row[0] for row in connection.execute(SQL["lagging"], {"followers": list(followers)})]


def ensure_checkpoint(connection: Connection[Any], organisation_id: UUID, follower: str) -> None:
    connection.execute(SQL["ensure_checkpoint"], _names(organisation_id, follower))


def lock_checkpoint(connection: Connection[Any], organisation_id: UUID, follower: str) -> int | None:
    """Return the follower's position, locked until the transaction ends; None where another worker holds it or it is halted.

    One that older code could not follow is not halted for this code, until it fails here too.

    Raises:
        LogRestored: an older log was restored, and nobody has accepted that yet.

    """
    names = _names(organisation_id, follower)
    locked = connection.execute(SQL["lock_checkpoint"], names).fetchone()
    if locked is None:
        return None
    if connection.execute(SQL["of_another_log"], names).fetchone() == (True,):
        raise LogRestored(RESTORED.format(organisation_id=organisation_id))
    return int(locked[0])


def move_checkpoint(connection: Connection[Any], organisation_id: UUID, follower: str, position: int) -> None:
    connection.execute(SQL["move_checkpoint"], {**_names(organisation_id, follower), "position": position})


def _apply_batch(
    connection: Connection[Any], projection: Projection, organisation_id: UUID, size: int, keys: PersonKeys
) -> int:
    """Return the number of events applied; 0 too where another worker holds the checkpoint or it is halted."""
    with connection.transaction():
        after = lock_checkpoint(connection, organisation_id, projection.name)
        events = [] if after is None else store.read(connection, organisation_id, after, size, keys)
        if events:
            apply(connection, projection, organisation_id, events)
            move_checkpoint(connection, organisation_id, projection.name, events[-1].position)
        return len(events)


def apply(
    connection: Connection[Any], projection: Projection, organisation_id: UUID, events: Sequence[StoredEvent]
) -> None:
    """Load the rows that the batch touches, fold, write them back: two statements, however long the batch."""
    keys = sorted({key for stored in events if (key := projection.key(stored)) is not None})
    if not keys:
        return
    loaded = connection.execute(projection.sql["load"], {"organisation_id": organisation_id, "keys": keys})
    rows: dict[UUID, Row] = dict(loaded.fetchall())
    _save(connection, projection, organisation_id, rows, fold(projection, rows, events))


def _save(
    connection: Connection[Any],
    projection: Projection,
    organisation_id: UUID,
    rows: Mapping[UUID, Row],
    touched: set[UUID],
) -> None:
    if kept := sorted(touched & rows.keys()):
        payload = [{"organisation_id": str(organisation_id), **rows[key]} for key in kept]
        connection.execute(projection.sql["save"], {"rows": Jsonb(payload)})
    if gone := sorted(touched - rows.keys()):
        connection.execute(projection.sql["remove"], {"organisation_id": organisation_id, "keys": gone})


def _halt(pool: Pool, follower: str, organisation_id: UUID, error: Exception) -> None:
    halted_by = f"{type(error).__name__}: {error}"[:2_000]
    with pool.of(organisation_id) as connection:
        names = {"halted_by": halted_by, "needs_newer": isinstance(error, WrittenByNewer)}
        connection.execute(SQL["halt"], _names(organisation_id, follower) | names)
    log.error("projection_halted", follower=follower, organisation_id=str(organisation_id), error=halted_by)


def _names(organisation_id: UUID, follower: str) -> dict[str, Any]:
    return {"organisation_id": organisation_id, "follower": follower}
