"""Rebuilding a read model beside the one that answers: folded anew into a table of its own, and put in its place in one transaction.

The tables stand in a schema of their own (schema/rebuilding.py) under the same names, so the projection's own queries fill them. Readers
see the old rows until the new ones are complete, and then the new ones; nobody waits. docs/decisions/0019 has the reasons.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection, sql

from hardwon.domain.errors import Conflict
from hardwon.log import store
from hardwon.log.wire import StoredEvent
from hardwon.projections.following import (
    BATCH,
    Pool,
    Projection,
    Row,
    apply,
    ensure_checkpoint,
    lock_checkpoint,
    move_checkpoint,
)
from hardwon.schema.rebuilding import SCHEMA
from hardwon.sql import queries

SQL = queries("hardwon.projections", "rebuilding.sql")
Told = Callable[[int], None]
"""Hears the log position that the new rows have reached, after each batch."""


def rebuild(
    pool: Pool, projection: Projection, organisation_id: UUID, told: Told = lambda _: None, *, batch: int = BATCH
) -> None:
    """Fold an organisation's read model anew, beside the one that answers. Cut short, it is called again and goes on.

    Raises:
        Conflict: it is being rebuilt by somebody else.
        Exception: whatever the fold raises; the rows that answer stay as they were.

    """
    done = False
    while not done:
        position, done = go_on(pool, projection, organisation_id, batch)
        told(position)


def go_on(pool: Pool, projection: Projection, organisation_id: UUID, batch: int = BATCH) -> tuple[int, bool]:
    """Fold one batch of a rebuild; return the position reached, and whether all is done. It raises what ``rebuild`` does."""
    with pool.of(organisation_id) as connection:
        for follower in (projection.name, _follower(projection)):
            ensure_checkpoint(connection, organisation_id, follower)
        with connection.transaction():
            return _go_on(pool, connection, projection, organisation_id, batch)


def begin_again(pool: Pool, projection: Projection, organisation_id: UUID) -> None:
    """Let a rebuild that is under way start over: the log reads otherwise than before, as after an erasure."""
    with pool.of(organisation_id) as connection, connection.transaction():
        connection.execute(SQL["reset"], _names(projection, organisation_id))
        _clear(connection, projection, organisation_id)


def _go_on(
    pool: Pool, connection: Connection[Any], projection: Projection, organisation_id: UUID, batch: int
) -> tuple[int, bool]:
    """Fold one batch more, or, where none is left, put the new rows in place; return the position reached and whether all is done."""
    after = lock_checkpoint(connection, organisation_id, _follower(projection))
    if after is None:
        raise Conflict(f"The read model {projection.name} is being rebuilt already.")
    if after == 0:
        _clear(connection, projection, organisation_id)
    events = store.read(connection, organisation_id, after, batch, pool.person_keys)
    if events:
        return _fold_beside(connection, projection, organisation_id, events), False
    # From here on the live read model stands still, so what the log has got meanwhile is little.
    connection.execute(SQL["hold_live"], _names(projection, organisation_id))
    while events := store.read(connection, organisation_id, after, batch, pool.person_keys):
        after = _fold_beside(connection, projection, organisation_id, events)
    _swap(connection, projection, organisation_id, after)
    return after, True


def _fold_beside(
    connection: Connection[Any], projection: Projection, organisation_id: UUID, events: Sequence[StoredEvent]
) -> int:
    with connection.transaction():
        connection.execute(SQL["write_beside"])
        apply(connection, projection, organisation_id, events)
        connection.execute(SQL["write_live"])
    move_checkpoint(connection, organisation_id, _follower(projection), events[-1].position)
    return events[-1].position


def _swap(connection: Connection[Any], projection: Projection, organisation_id: UUID, position: int) -> None:
    names = _names(projection, organisation_id)
    table, beside = sql.Identifier("public", projection.table), sql.Identifier(SCHEMA, projection.table)
    connection.execute(projection.sql["clear"], names)
    connection.execute(
        sql.SQL("INSERT INTO {} SELECT * FROM {} WHERE organisation_id = %s").format(table, beside), [organisation_id]
    )
    _clear(connection, projection, organisation_id)
    connection.execute(SQL["finish"], names | {"position": position})


def _clear(connection: Connection[Any], projection: Projection, organisation_id: UUID) -> None:
    beside = sql.Identifier(SCHEMA, projection.table)
    connection.execute(sql.SQL("DELETE FROM {} WHERE organisation_id = %s").format(beside), [organisation_id])


def _follower(projection: Projection) -> str:
    return f"{projection.name}@rebuilding"


def _names(projection: Projection, organisation_id: UUID) -> Row:
    return {
        "organisation_id": organisation_id,
        "follower": projection.name,
        "rebuilding": _follower(projection),
    }
