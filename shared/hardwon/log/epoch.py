"""Epochs: which history a log is. Whoever restores an older log begins another one, whose positions may hold other events.

``hardwon restore`` marks the logs as restored, and followers stand still until ``hardwon accept-restore`` gives each a new epoch.
A restore that went another way is noticed by whoever has seen more of the log than there now is, or another event where it stands.
docs/decisions/0018 tells why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection, sql

from hardwon.schema.backup import DERIVED, FLEETING
from hardwon.sql import queries

SQL = queries("hardwon.log", "epoch.sql")
RESTORED = (
    "An older log of organisation {organisation_id} was restored than the one that was followed here. Nothing is done with it until "
    "`hardwon accept-restore` says that it shall count."
)


def current(connection: Connection[Any], organisation_id: UUID) -> UUID | None:
    """Return the log's epoch; None where there is no such log."""
    found = connection.execute(SQL["current"], {"organisation_id": organisation_id}).fetchone()
    return found[0] if found else None


def era(connection: Connection[Any], organisation_id: UUID) -> str:
    """Return what changes when copies of derived data in memory must be dropped: after a restore, and after somebody was erased."""
    found = connection.execute(SQL["era"], {"organisation_id": organisation_id}).fetchone()
    return str(found[0]) if found else ""


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a log was seen, and which event stood there."""

    organisation_id: UUID
    epoch: UUID
    position: int
    hash: bytes


def mark(connection: Connection[Any], seen: Sequence[Seen]) -> list[UUID]:
    """Mark the logs that do not hold what was seen of them, and return those that were not marked before."""
    names = {
        "organisations": [each.organisation_id for each in seen],
        "positions": [each.position for each in seen],
        "hashes": [each.hash for each in seen],
    }
    return [row[0] for row in connection.execute(SQL["mark_others"], names)]


def heads(connection: Connection[Any]) -> list[Seen]:
    """Return how far every log goes that holds something and does not wait for somebody to accept it."""
    return [Seen(*row) for row in connection.execute(SQL["heads"])]


def restored(connection: Connection[Any]) -> int:
    """Return how many logs wait for somebody to accept that they were restored."""
    found = connection.execute(SQL["count_restored"]).fetchone()
    return int(found[0]) if found else 0


def accept(connection: Connection[Any]) -> list[UUID]:
    """Let the restored logs count: forget what was derived from more than there now is, and begin a new epoch; as the tables' owner."""
    with connection.transaction():
        accepted = [row[0] for row in connection.execute(SQL["restored"])]
        for table in (*DERIVED, *FLEETING):
            forget = sql.SQL("DELETE FROM {} WHERE organisation_id = ANY(%s)").format(sql.Identifier(table))
            connection.execute(forget, [accepted])
        connection.execute(SQL["begin"], {"organisations": accepted})
    return accepted
