"""Running projects: lessons that become findable are brought to the open projects near to them, a few a day, the rest in a digest.

Following is cheap and knows no ranking: it finds out which projects are near, in a few statements a batch, and leaves a note for each in
the table ``to_tell``. Telling one project is a task of its own; however many lessons came meanwhile, it ranks once.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pgvector import HalfVector
from psycopg import Connection

from hardwon.domain.project import changed
from hardwon.domain.suggesting import DAY, RELEVANT
from hardwon.domain.values import Occasion, Profile
from hardwon.ports import Embedder
from hardwon.projections.following import Pool, Row, checkpoints, ensure_checkpoint, move_checkpoint
from hardwon.projections.reading import fetch
from hardwon.sql import queries
from hardwon_worker.answering import Answering, Asker, today
from hardwon_worker.aspects import as_text, is_thin
from hardwon_worker.vectors import Vectors

SQL = queries("hardwon_worker", "running.sql")
FOLLOWER = "running"
_BATCH = 100
"""New lessons compared with all open projects at a time."""
_EMBEDDED = 16
"""Profiles embedded and saved at a time, so that a task cut short has not worked in vain."""
_MODEL_CHANGE = timedelta(minutes=10)
"""When to look again while no model can answer."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A project that still runs."""

    project_id: UUID
    profile: Profile
    known_position: int
    has_papers: bool

    @property
    def text_hash(self) -> str:
        return hashlib.sha256(as_text(self.profile).encode()).hexdigest()


class Running:
    """Follows the lessons that become findable."""

    def __init__(self, pool: Pool, vectors: Vectors, answering: Answering) -> None:
        self._pool = pool
        self._vectors = vectors
        self._answering = answering

    def behind(self, organisation_id: UUID) -> bool:
        """Tell whether lessons became findable that no project was compared with; where none did, the checkpoint moves on at once."""
        after, goal, positions = self._changed(organisation_id, 1)
        if not positions and goal > after:
            self._move(organisation_id, goal)
        return bool(positions)

    def follow(self, organisation_id: UUID) -> bool:
        """Compare a batch of new lessons with the open projects, note whom to tell, and return whether that could be done.

        A second worker at the same batch changes nothing.
        """
        live = self._vectors.live(organisation_id)
        embedder = self._vectors.embedders.of(live)
        after, goal, positions = self._changed(organisation_id, _BATCH)
        if embedder is None or goal <= after:
            return False
        until = positions[-1] if len(positions) == _BATCH else goal
        names: Row = {"organisation_id": organisation_id, "model": live.model, "after": after, "until": until}
        if positions:
            self._compare(names, embedder)
        self._move(organisation_id, until)
        return True

    def due(self, organisation_id: UUID) -> list[tuple[UUID, Occasion]]:
        """Return the projects that are to be told something now, and on which occasion."""
        with self._pool.of(organisation_id) as connection:
            return connection.execute(SQL["due"], {"organisation_id": organisation_id}).fetchall()

    def tell(self, organisation_id: UUID, project_id: UUID, occasion: Occasion) -> None:
        """Offer the project what waits for it, or leave it to its next digest."""
        names = {"organisation_id": organisation_id, "project_id": project_id, "occasion": occasion}
        with self._pool.of(organisation_id) as connection:
            waiting = connection.execute(SQL["waiting_behind"], names).fetchone()
        if waiting is None:
            return
        asker = self._answering.asker(organisation_id, project_id)
        later = _not_before(asker, occasion) if asker else datetime.now(UTC) + _MODEL_CHANGE
        if later:
            with self._pool.of(organisation_id) as connection:
                connection.execute(SQL["postpone"], {**names, "due_at": later})
        elif asker:
            self._tell(asker, occasion, waiting[0])

    def told(self, asker: Asker, *occasions: Occasion) -> None:
        """Forget what waited for these occasions, as far as it was known to the answer."""
        names = {"organisation_id": asker.organisation_id, "project_id": asker.project.project_id}
        with self._pool.of(asker.organisation_id) as connection:
            connection.execute(
                SQL["told"], {**names, "occasions": list(occasions), "known_position": asker.known_position}
            )

    def _tell(self, asker: Asker, occasion: Occasion, after: int) -> None:
        if asker.is_open() and self._offer(asker, occasion, after) and occasion == "new_lessons":
            names = {"organisation_id": asker.organisation_id, "after": after, "until": asker.known_position}
            with self._pool.of(asker.organisation_id) as connection:
                _note(connection, names, [asker.project.project_id], "digest")
        self.told(asker, occasion)

    def _offer(self, asker: Asker, occasion: Occasion, after: int) -> bool:
        """Offer what there is room for; return whether there is more. Without room nothing is ranked: a digest ranks anew."""
        if occasion == "new_lessons" and not asker.suggesting.room(datetime.now(UTC)):
            return True
        answered = self._answering.answer(asker, occasion, after=max(after, asker.suggesting.known_position))
        return answered is not None and answered[1] > 0

    def _changed(self, organisation_id: UUID, limit: int) -> tuple[int, int, list[int]]:
        """Return where this follower stands, where the live model stands, and the positions of up to ``limit`` new lessons between."""
        goal = self._vectors.reached(organisation_id, self._vectors.live(organisation_id))
        with self._pool.of(organisation_id) as connection:
            at = checkpoints(connection, organisation_id).get(FOLLOWER)
            after = at.position if at else 0
            names = {"organisation_id": organisation_id, "after": after, "until": goal, "limit": limit}
            return after, goal, [row[0] for row in connection.execute(SQL["changed"], names)]

    def _move(self, organisation_id: UUID, position: int) -> None:
        with self._pool.of(organisation_id) as connection:
            ensure_checkpoint(connection, organisation_id, FOLLOWER)
            move_checkpoint(connection, organisation_id, FOLLOWER, position)

    def _compare(self, names: Row, embedder: Embedder) -> None:
        with self._pool.of(names["organisation_id"]) as connection:
            found = fetch(connection, SQL["open"], **names, today=today())
        projects = [
            _Open(row["project_id"], changed(Profile(""), row["profile"]), row["known_position"], row["has_papers"])
            for row in found
        ]
        # Nearness says too little of a thin profile; and a project that waits for its first answer will get these lessons with it.
        comparable = [each for each in projects if each.known_position and not is_thin(each.profile)]
        self._embed(names, comparable, embedder)
        with self._pool.of(names["organisation_id"]) as connection:
            parameters = _columns(names, comparable) | {"relevant": RELEVANT}
            near = {row[0] for row in connection.execute(SQL["near"], parameters)}
            # A lesson may be near to a paper only, and these are not compared here: ranking for the digest will tell.
            compared = {each.project_id for each in comparable if not each.has_papers} | near
            _note(connection, names, sorted(near), "new_lessons")
            _note(
                connection, names, [each.project_id for each in projects if each.project_id not in compared], "digest"
            )

    def _embed(self, names: Row, projects: Sequence[_Open], embedder: Embedder) -> None:
        """Make the vectors of those profiles that have none yet, or that say something else now."""
        with self._pool.of(names["organisation_id"]) as connection:
            missing = {row[0] for row in connection.execute(SQL["unembedded"], _columns(names, projects))}
        fresh = [each for each in projects if each.project_id in missing]
        for start in range(0, len(fresh), _EMBEDDED):
            batch = fresh[start : start + _EMBEDDED]
            vectors = embedder.embed([as_text(each.profile) for each in batch])
            embeddings = [HalfVector(list(vector)).to_text() for vector in vectors]
            with self._pool.of(names["organisation_id"]) as connection:
                connection.execute(SQL["save_vectors"], _columns(names, batch) | {"embeddings": embeddings})


def _columns(names: Row, projects: Sequence[_Open]) -> Row:
    return names | {
        "project_ids": [each.project_id for each in projects],
        "text_hashes": [each.text_hash for each in projects],
        "known_positions": [each.known_position for each in projects],
    }


def _note(connection: Connection[Any], names: Row, project_ids: Sequence[UUID], occasion: Occasion) -> None:
    """Note that the projects are to be told: of new lessons at once, in a digest a day later at the earliest."""
    now = datetime.now(UTC)
    due_at = now if occasion == "new_lessons" else now + DAY
    parameters = names | {"project_ids": list(project_ids), "occasion": occasion, "due_at": due_at}
    connection.execute(SQL["to_tell"], parameters)


def _not_before(asker: Asker, occasion: Occasion) -> datetime | None:
    """Return when to look again where it is too early to tell: before the first answer, or too soon after the last digest."""
    now = datetime.now(UTC)
    if not asker.suggesting.answered and asker.is_open():
        return now + DAY
    digest_from = asker.suggesting.digest_from() if occasion == "digest" else None
    return digest_from if digest_from and digest_from > now else None
