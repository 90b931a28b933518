"""Seeing what was just written: wait for the workers, and where they are busy or away, do it oneself."""

import time
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from hardwon.projections.following import NOT_NOW, Pool, Projection, advance
from hardwon.projections.reading import position_of, wait_until

_WORKERS_PATIENCE = 0.5  # seconds; long enough that a worker that is there is never kept from what it does next
_PATIENCE = 3.0  # seconds


def catch_up(pool: Pool, organisation_id: UUID, read_models: Sequence[Projection], position: int) -> None:
    """Wait until these read models hold the log up to ``position``; go on without, if it takes too long.

    Workers do that in some ten milliseconds. Where all of them are busy or away, the read models are advanced here.
    """
    names = [each.name for each in read_models]

    def reached() -> int:
        with pool.of(organisation_id) as connection:
            return position_of(connection, organisation_id, names)

    def brought() -> bool:
        for each in read_models:
            advance(pool, each, organisation_id, until=deadline)
        return reached() >= position

    if not wait_until(lambda: reached() >= position, _WORKERS_PATIENCE):
        deadline = time.monotonic() + _PATIENCE
        with suppress(*NOT_NOW):  # it is written: what cannot be read back now is no reason to say that it failed
            wait_until(brought, _PATIENCE)
