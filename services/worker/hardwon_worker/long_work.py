"""Doing long work slice by slice, so that everything else has its turn in between, and whoever watches sees it grow."""

import time
from collections.abc import Callable
from uuid import UUID

import structlog
from psycopg import OperationalError

from hardwon import long_work
from hardwon.domain.errors import Unavailable
from hardwon.log import verify
from hardwon.log.sealing import Head
from hardwon.long_work import REBUILD, VERIFY, Slice, State
from hardwon.ports import Log
from hardwon.projections import rebuilding
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool

PATIENCE = 1.0
"""Seconds of a slice; then progress is told."""
Work = Callable[[UUID, State], Slice]
log = structlog.get_logger()


class LongWork:
    """Knows every sort of long work."""

    def __init__(self, pool: Pool, events: Log) -> None:
        self._pool, self._log = pool, events
        self._works: dict[str, Work] = {VERIFY: self._verify}
        self._works |= {f"{REBUILD}{each.name}": self._rebuilding(each.name) for each in PROJECTIONS}

    def wanted(self, organisation_id: UUID) -> list[str]:
        with self._pool.of(organisation_id) as connection:
            return [name for name in long_work.under_way(connection, organisation_id) if name in self._works]

    def go_on(self, organisation_id: UUID, name: str) -> bool:
        """Do the next slice; return whether something is left to another one. Another worker's work is left to it."""
        with self._pool.of(organisation_id) as connection, connection.transaction():
            state = long_work.take(connection, organisation_id, name)
            if state is False:
                return False
            came = self._slice(organisation_id, name, state)
            long_work.save(connection, organisation_id, name, came)
        return came.state is not None

    def _slice(self, organisation_id: UUID, name: str, state: State) -> Slice:
        try:
            return self._works[name](organisation_id, state)
        except (OperationalError, Unavailable):
            raise  # the database is away or busy: the work stays under way, and the next hint tries again
        except Exception as error:  # whatever it is: whoever asked is told, and nothing is tried for ever
            log.exception("long_work_failed", work=name, organisation_id=str(organisation_id))
            return Slice(state.get("done", 0), state.get("goal", 0), problem=f"{type(error).__name__}: {error}")

    def _verify(self, organisation_id: UUID, state: State) -> Slice:
        """Walk on from where the last slice came to, up to where the log ended when it was asked for."""
        now = self._log.head(organisation_id)
        goal = Head(state["goal"], bytes.fromhex(state["head"])) if state else now
        reached = Head(state["done"], bytes.fromhex(state["hash"])) if state else Head()
        walk = verify.Walk(self._log, organisation_id, goal, reached)
        deadline = time.monotonic() + PATIENCE
        while (outcome := walk.step()) is None and time.monotonic() < deadline:
            pass
        if outcome is None:
            left = {"done": walk.position, "hash": walk.hash.hex(), "goal": goal.position, "head": goal.hash.hex()}
            return Slice(walk.position, goal.position, left)
        told = {"broken_at": outcome.broken_at, "hash": outcome.head_hash.hex()}
        return Slice(outcome.events, goal.position, problem=outcome.problem, told=told)

    def _rebuilding(self, name: str) -> Work:
        projection = next(each for each in PROJECTIONS if each.name == name)

        def work(organisation_id: UUID, _: State) -> Slice:
            deadline = time.monotonic() + PATIENCE
            position, done = rebuilding.go_on(self._pool, projection, organisation_id)
            while not done and time.monotonic() < deadline:
                position, done = rebuilding.go_on(self._pool, projection, organisation_id)
            goal = self._log.head(organisation_id).position
            return Slice(position, goal, None if done else {"done": position, "goal": goal})

        return work
