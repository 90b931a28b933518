"""Reading a read model: rows as dictionaries, and how far they go."""

import time
from collections.abc import Callable, Iterable
from typing import Any, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from hardwon.projections.following import Row, checkpoints

_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.05


def fetch(connection: Connection[Any], query: LiteralString, **parameters: object) -> list[Row]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, parameters).fetchall()


def fetch_one(connection: Connection[Any], query: LiteralString, **parameters: object) -> Row | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, parameters).fetchone()


def position_of(connection: Connection[Any], organisation_id: UUID, followers: Iterable[str]) -> int:
    """Return the log position that all of ``followers`` have reached."""
    reached = checkpoints(connection, organisation_id)
    return min(reached[name].position if name in reached else 0 for name in followers)


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Ask ``done`` again and again, ever less often, for at most ``seconds``; return whether it came true."""
    deadline, pause = time.monotonic() + seconds, _FIRST_PAUSE
    while not done():
        if time.monotonic() + pause > deadline:
            return done()
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
    return True
