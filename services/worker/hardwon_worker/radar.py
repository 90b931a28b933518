"""The recurrence radar: a point that tells what went wrong is compared, once, with the lessons and points that came before it.

It follows the log behind the vectors of lessons and points, in batches that nobody waits for; docs/decisions/0010 tells how close is close.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from pgvector import Vector
from psycopg import Connection

from hardwon import handlers
from hardwon.domain.commands import DetectRecurrence, RejectRecurrence
from hardwon.handlers import Request
from hardwon.ids import id_for_key
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections import lessons, points, recurrences
from hardwon.projections.following import Pool, Row
from hardwon.projections.reading import fetch
from hardwon.sql import queries
from hardwon_worker import ACTOR, retrieval
from hardwon_worker.batches import is_behind, take_batch
from hardwon_worker.retrieval import ALL_COMPARED, FEW, THROUGH_THE_INDEX, ask, mean_of
from hardwon_worker.vectors import LESSONS, POINTS, LiveModel

SQL = queries("hardwon_worker", "radar.sql")
FOLLOWER = "radar"
NAME = "nearest-1"
"""Recorded with each recurrence; a new name whenever equal data would be judged otherwise."""
CLOSE = 0.45
"""The least similarity of what is the same problem again; docs/decisions/0010 tells how it was found, and for which model."""
BATCH = 16
"""Points judged at a time, in one statement for lessons and one for points: some two seconds at most."""
CANDIDATES = 10
"""So many of the nearest are looked at closely."""
CLOSEST_LESSONS = SQL["closest"].replace("{near}", SQL["lessons_before"])
CLOSEST_POINTS = SQL["closest"].replace("{near}", SQL["points_before"])


@dataclass(frozen=True, slots=True)
class Near:
    """A lesson or a point, and the cosine of its vector to another, without what all texts have in common."""

    id: UUID
    similarity: float


@dataclass(frozen=True, slots=True)
class Closest:
    """What came before a point and is most like it."""

    lesson: Near | None
    point: Near | None


class Radar:
    """Judges every text of a point once for good: which ones it has judged is its checkpoint. What it found stays found."""

    def __init__(self, pool: Pool, log: Log, *, few: int = FEW) -> None:
        self._pool, self._log, self._few = pool, log, few

    def behind(self, organisation_id: UUID, live: LiveModel) -> bool:
        return is_behind(self._pool, organisation_id, FOLLOWER, _needed(live))

    def watch(self, organisation_id: UUID, live: LiveModel) -> int | None:
        """Judge a batch; return how many recurrences were recorded or rejected, and None where nothing is left or another worker is at it.

        No point is judged twice, but where it got other words; and what a worker recorded before it was killed is known by its ids.
        """

        def take(connection: Connection[Any], after: int, goal: int) -> tuple[int, int]:
            names = {"organisation_id": organisation_id, "after": after, "goal": goal, "limit": BATCH}
            batch = fetch(connection, SQL["unjudged"], **names)
            found = self._judge(organisation_id, live, batch)
            recorded = handlers.detect_recurrences(self._log, organisation_id, found, ACTOR)
            until = batch[-1]["text_position"] if len(batch) == BATCH else goal
            names |= {"until": until}
            groundless = fetch(connection, SQL["groundless"], **names)
            for row in groundless:
                self._reject(organisation_id, row["point_id"])
            return until, len(recorded) + len(groundless)

        return take_batch(self._pool, organisation_id, FOLLOWER, _needed(live), take)

    def closest(self, organisation_id: UUID, live: LiveModel, point_ids: Sequence[UUID]) -> dict[UUID, Closest]:
        """Return for each of the points what came before it and is most like it, however little."""
        names: dict[str, Any] = {"organisation_id": organisation_id, "model": live.model, "candidates": CANDIDATES}
        with self._pool.of(organisation_id) as connection:
            lessons_known, lessons_mean = mean_of(connection, retrieval.SQL["mean"], live, names)
            points_known, points_mean = mean_of(connection, SQL["mean_of_points"], live, names)
            names["mean_of_points"] = Vector(points_mean).to_text()
            by_lesson = names | {"mean": Vector(lessons_mean).to_text()}
            by_point = names | {"mean": names["mean_of_points"]}
            lesson = self._nearest(connection, CLOSEST_LESSONS, live, by_lesson, point_ids, lessons_known)
            point = self._nearest(connection, CLOSEST_POINTS, live, by_point, point_ids, points_known)
        return {id_: Closest(lesson.get(id_), point.get(id_)) for id_ in point_ids}

    def _nearest(
        self,
        connection: Connection[Any],
        query: LiteralString,
        live: LiveModel,
        names: Row,
        point_ids: Sequence[UUID],
        known: int,
    ) -> dict[UUID, Near]:
        """Compare all while they are few; else walk the index, and compare all for those points for which it gives too little."""
        found: dict[UUID, Near] = {}
        left = list(point_ids)
        if known > self._few:
            with connection.transaction():
                connection.execute(retrieval.SQL["walk_the_index"])
                rows = ask(connection, query, live, names | {"point_ids": left}, THROUGH_THE_INDEX)
            found = {row["point_id"]: _near(row) for row in rows if row["candidates"] == CANDIDATES}
            left = [id_ for id_ in point_ids if id_ not in found]
        if known and left:
            with connection.transaction():
                connection.execute(retrieval.SQL["compare_by_keys"])
                rows = ask(connection, query, live, names | {"point_ids": left}, ALL_COMPARED)
            found |= {row["point_id"]: _near(row) for row in rows}
        return found

    def _reject(self, organisation_id: UUID, point_id: UUID) -> None:
        """Say of a recurrence that it is none any more."""
        # No Idempotency-Key leads to it, since none holds a line break.
        event_id = id_for_key(organisation_id, f"groundless\n{point_id}")
        request = Request(event_id, Metadata(ACTOR))
        handlers.judge_recurrence(self._log, organisation_id, RejectRecurrence(point_id, ""), request)

    def _judge(self, organisation_id: UUID, live: LiveModel, batch: Sequence[Row]) -> list[DetectRecurrence]:
        if not batch:
            return []
        closest = self.closest(organisation_id, live, [row["point_id"] for row in batch])
        found = []
        for row in batch:
            near = closest[row["point_id"]]
            lesson, point = (each if each and each.similarity >= CLOSE else None for each in (near.lesson, near.point))
            if lesson or point:
                found.append(self._recurrence(organisation_id, live, row, lesson, point))
        return found

    def _recurrence(
        self, organisation_id: UUID, live: LiveModel, row: Row, lesson: Near | None, point: Near | None
    ) -> DetectRecurrence:
        suggested, adopted = False, False
        if lesson:
            asked = row["project_id"], lesson.id, row["position"]
            suggested, adopted = handlers.told_before(self._log, organisation_id, *asked)
        return DetectRecurrence(
            row["point_id"],
            row["project_id"],
            lesson.id if lesson else None,
            point.id if point else None,
            round(max(each.similarity for each in (lesson, point) if each), 4),
            suggested,
            adopted,
            NAME,
            live.model,
        )


def _needed(live: LiveModel) -> tuple[str, ...]:
    """Return what the radar stays behind: the read models and both sorts of vectors."""
    return (
        *(each.PROJECTION.name for each in (lessons, points, recurrences)),
        *(each.follower(live.model) for each in (LESSONS, POINTS)),
    )


def _near(row: Row) -> Near:
    return Near(row["id"], row["similarity"])
