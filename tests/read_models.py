"""What stands in a read model, and what must stand there: the pure fold of the log."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from hardwon.log.wire import StoredEvent
from hardwon.projections.following import Pool, Projection, Row, fold


def rows(connection: Connection[Any], projection: Projection, organisation: UUID) -> list[Row]:
    """Return all rows as JSON, in an order of their own."""
    table = projection.table
    live = f"SELECT to_jsonb({table}) - 'organisation_id' FROM {table} WHERE organisation_id = %s"
    return _sorted(connection, live, organisation)


def folded(pool: Pool, projection: Projection, organisation: UUID, events: Sequence[StoredEvent]) -> list[Row]:
    """Return what a pure fold of these events gives, in the database's spelling of times."""
    state: dict[UUID, Row] = {}
    fold(projection, state, events)
    spelt = f"SELECT to_jsonb(r) - 'organisation_id' FROM jsonb_populate_recordset(NULL::{projection.table}, %s) AS r"
    with pool.of(organisation) as connection:
        return _sorted(connection, spelt, Jsonb(list(state.values())))


def _sorted(connection: Connection[Any], query: str, value: object) -> list[Row]:
    return sorted((row[0] for row in connection.execute(query, (value,))), key=str)  # type: ignore[call-overload]
