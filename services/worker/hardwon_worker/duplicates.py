"""Duplicates: a lesson that says nearly the same as an older one is proposed to be merged into it, once; a person decides."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon import handlers
from hardwon.domain.commands import ProposeMerge
from hardwon.domain.errors import Refused
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections import lessons
from hardwon.projections.following import Pool, Row
from hardwon.projections.reading import fetch
from hardwon.sql import queries
from hardwon_worker import ACTOR, retrieval
from hardwon_worker.batches import is_behind, take_batch
from hardwon_worker.choosing import SAME
from hardwon_worker.retrieval import ALL_COMPARED, FEW, THROUGH_THE_INDEX, ask, mean_of
from hardwon_worker.vectors import LESSONS, LiveModel

SQL = queries("hardwon_worker", "duplicates.sql")
FOLLOWER = "duplicates"
BATCH = 16
"""Lessons compared at a time, in one statement."""
CANDIDATES = 3
"""A lesson is compared closely with so many: who wrote the same thing ten times needs one proposal and not ten."""


class Duplicates:
    """Follows the vectors of lessons; proposing again what was proposed or declined is nothing, so it may run twice."""

    def __init__(self, pool: Pool, log: Log) -> None:
        self._pool, self._log = pool, log

    def behind(self, organisation_id: UUID, live: LiveModel) -> bool:
        return is_behind(self._pool, organisation_id, FOLLOWER, _needed(live))

    def propose(self, organisation_id: UUID, live: LiveModel) -> int | None:
        """Compare a batch; return how many merges were proposed, and None where nothing is left or another worker is at it."""

        def take(connection: Connection[Any], after: int, goal: int) -> tuple[int, int]:
            names = {"organisation_id": organisation_id, "after": after, "goal": goal, "limit": BATCH}
            batch = fetch(connection, SQL["unmatched"], **names)
            found = self._alike(connection, organisation_id, live, [row["lesson_id"] for row in batch])
            proposed = sum(self._proposed(organisation_id, each) for each in found)
            return batch[-1]["text_position"] if len(batch) == BATCH else goal, proposed

        return take_batch(self._pool, organisation_id, FOLLOWER, _needed(live), take)

    def _alike(
        self, connection: Connection[Any], organisation_id: UUID, live: LiveModel, lesson_ids: Sequence[UUID]
    ) -> list[ProposeMerge]:
        if not lesson_ids:
            return []
        names: Row = {"organisation_id": organisation_id, "model": live.model, "lesson_ids": list(lesson_ids)}
        names |= {"candidates": CANDIDATES, "same": SAME}
        many = mean_of(connection, retrieval.SQL["mean"], live, names)[0] > FEW
        connection.execute(retrieval.SQL["walk_the_index" if many else "compare_by_keys"])
        rows = ask(connection, SQL["alike"], live, names, THROUGH_THE_INDEX if many else ALL_COMPARED)
        # Of each lesson the first row, which is the nearest.
        nearest = {row["lesson_id"]: row for row in reversed(rows)}
        return [
            ProposeMerge(row["lesson_id"], row["into_lesson_id"], round(row["similarity"], 4))
            for row in nearest.values()
        ]

    def _proposed(self, organisation_id: UUID, command: ProposeMerge) -> bool:
        """Record the proposal; a lesson that ended meanwhile, or was changed at this moment, is not worth a failure."""
        with suppress(Refused):
            return bool(handlers.change_lesson(self._log, organisation_id, command, Request(new_id(), Metadata(ACTOR))))
        return False


def _needed(live: LiveModel) -> tuple[str, ...]:
    """Return what is stayed behind: the read model of lessons and their vectors."""
    return lessons.PROJECTION.name, LESSONS.follower(live.model)
