"""Suggesting: a project is owed one answer when it is registered, unless it is history by then; the answer is a fact."""

from dataclasses import dataclass
from uuid import UUID

from hardwon.domain.commands import SuggestLessons
from hardwon.domain.events import DomainEvent, LessonsSuggested, Profile


@dataclass(frozen=True, slots=True)
class Suggesting:
    """What must be known of a project's suggestions to decide about them."""

    answered: bool = False
    offered: frozenset[UUID] = frozenset()
    """The lessons suggested so far."""


def stream(project_id: UUID) -> str:
    return f"suggestions:{project_id}"


def is_owed(profile: Profile, registered_on: str) -> bool:
    """Tell whether a project registered on that day (ISO 8601) still has use for lessons: one that had ended by then lends, only."""
    return profile.ended_on is None or profile.ended_on >= registered_on


def suggest(command: SuggestLessons, suggesting: Suggesting | None) -> list[DomainEvent]:
    """Decide once: a task that runs a second time finds the project answered and adds nothing."""
    if suggesting and suggesting.answered:
        return []
    return [
        LessonsSuggested(
            command.project_id,
            command.known_position,
            command.ranker,
            command.embedding_model,
            command.considered,
            command.hidden,
            command.suggestions,
        )
    ]


def evolve(suggesting: Suggesting | None, event: DomainEvent) -> Suggesting | None:
    if not isinstance(event, LessonsSuggested):
        return suggesting
    before = suggesting.offered if suggesting else frozenset()
    return Suggesting(answered=True, offered=before | {said.lesson_id for said in event.suggestions})
