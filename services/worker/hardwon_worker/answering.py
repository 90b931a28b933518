"""Answering a project: rank for it as it now is, and record what it is offered. Every occasion to suggest something comes through here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import structlog

from hardwon import handlers
from hardwon.domain.commands import SuggestLessons
from hardwon.domain.events import LessonsSuggested
from hardwon.domain.project import Project
from hardwon.domain.suggesting import Suggesting, is_open
from hardwon.domain.values import Occasion, Suggestion
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata, StoredEvent
from hardwon.ports import Embedder, Log
from hardwon.projections import recommendations
from hardwon.projections.following import Pool
from hardwon.sql import queries
from hardwon_worker import ACTOR
from hardwon_worker.ranking import Asking, Ranker
from hardwon_worker.trying_projects import attempt
from hardwon_worker.vectors import LiveModel, Vectors

SQL = queries("hardwon_worker", "answering.sql")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asker:
    """A project as the log now tells it, and the model that answers it."""

    organisation_id: UUID
    project: Project
    history: Sequence[StoredEvent]
    suggesting: Suggesting
    known_position: int
    live: LiveModel
    embedder: Embedder

    @property
    def changed_position(self) -> int:
        return self.history[-1].position

    def is_open(self) -> bool:
        return is_open(self.project.profile.ended_on, today())


class Answering:
    """Ranks and records."""

    def __init__(self, pool: Pool, log: Log, vectors: Vectors, ranker: Ranker) -> None:
        self._pool = pool
        self._log = log
        self._vectors = vectors
        self.ranker = ranker

    def asker(self, organisation_id: UUID, project_id: UUID) -> Asker | None:
        """Return the project; None where its answer must wait for a change of model."""
        live = self._vectors.live(organisation_id)
        # Read before the project is: an answer that knows a position knows the profile as it was there.
        known_position = self._vectors.reached(organisation_id, live)
        project, history = handlers.current_project(self._log, organisation_id, project_id)
        suggesting, _ = handlers.current_suggesting(self._log, organisation_id, project_id)
        embedder = self._vectors.embedders.of(live)
        if embedder is None:
            return None
        return Asker(organisation_id, project, history, suggesting, known_position, live, embedder)

    def owed(self, asker: Asker) -> bool:
        """Answer the registration, or what changed since, unless that was done before; return whether it is answered now."""
        if not asker.suggesting.known_position < asker.changed_position <= asker.known_position:
            return False
        occasion: Occasion = "profile_changed" if asker.suggesting.answered else "registered"
        answered = self.answer(asker, occasion) if asker.is_open() else (0, 0)
        if answered is None:
            return False
        if not answered[0] and not self._answered_by_another(asker):
            with self._pool.of(asker.organisation_id) as connection:
                recommendations.nothing_new(
                    connection, asker.organisation_id, asker.project.project_id, asker.known_position
                )
        return True

    def _answered_by_another(self, asker: Asker) -> bool:
        """Tell whether another task was quicker: its answer is in the log, and the project must not read meanwhile that there is none."""
        suggesting, _ = handlers.current_suggesting(self._log, asker.organisation_id, asker.project.project_id)
        return suggesting.known_position >= asker.changed_position

    def answer(self, asker: Asker, occasion: Occasion, *, after: int = 0) -> tuple[int, int] | None:
        """Offer the project what ranks among the first and became findable behind position ``after``.

        Returns:
            how many lessons it was offered, and how many more it would have been if there had been room; None where the project is set
            aside.

        """
        ids = asker.organisation_id, asker.project.project_id
        with attempt(self._pool, *ids, asker.changed_position, asker.embedder) as may:
            return self._answer(asker, occasion, after) if may else None

    def _answer(self, asker: Asker, occasion: Occasion, after: int) -> tuple[int, int]:
        ids = asker.organisation_id, asker.project.project_id
        asking = Asking(*ids, asker.project.profile, asker.known_position, asker.suggesting.offered)
        ranked = self.ranker.rank(asking, asker.live, asker.embedder)
        suggestions = self._behind(asker.organisation_id, ranked.suggestions, after)
        command = SuggestLessons(
            asker.project.project_id,
            asker.known_position,
            ranked.ranker,
            asker.live.model,
            ranked.considered,
            ranked.hidden,
            suggestions,
            occasion,
            asker.changed_position,
        )
        request = Request(new_id(), _because_of(asker, occasion))
        recorded = handlers.suggest_lessons(self._log, asker.organisation_id, command, request)
        given = len(recorded.event.suggestions) if recorded and isinstance(recorded.event, LessonsSuggested) else 0
        if recorded:
            log.info("lessons_suggested", project_id=str(ids[1]), occasion=occasion, suggestions=given)
        return given, len(suggestions) - given

    def _behind(self, organisation_id: UUID, suggestions: tuple[Suggestion, ...], after: int) -> tuple[Suggestion, ...]:
        if not after or not suggestions:
            return suggestions
        ids = [each.lesson_id for each in suggestions]
        names = {"organisation_id": organisation_id, "lesson_ids": ids, "after": after}
        with self._pool.of(organisation_id) as connection:
            behind = {row[0] for row in connection.execute(SQL["behind"], names)}
        return tuple(each for each in suggestions if each.lesson_id in behind)


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def _because_of(asker: Asker, occasion: Occasion) -> Metadata:
    """Name the request that an answer answers; new lessons come of themselves."""
    match occasion:
        case "registered":
            cause = asker.history[0]
        case "profile_changed":
            cause = asker.history[-1]
        case "new_lessons" | "digest":
            return Metadata(ACTOR)
    return Metadata(ACTOR, str(cause.metadata.get("correlation_id", "")), cause.event_id)
