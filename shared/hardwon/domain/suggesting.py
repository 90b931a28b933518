"""Suggesting: a project is owed one answer when it is registered, and that answer is a fact."""

from dataclasses import dataclass
from uuid import UUID

from hardwon.domain.commands import SuggestLessons
from hardwon.domain.events import DomainEvent, LessonsSuggested


@dataclass(frozen=True, slots=True)
class Suggesting:
    """What must be known of a project's suggestions to decide about them."""

    answered: bool = False


def stream(project_id: UUID) -> str:
    return f"suggestions:{project_id}"


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
    return Suggesting(answered=True) if isinstance(event, LessonsSuggested) else suggesting
