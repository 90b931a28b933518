"""A lesson's life after it was drawn."""

from dataclasses import dataclass, replace
from uuid import UUID

from hardwon.domain.commands import RetireLesson
from hardwon.domain.errors import Conflict, NotFound
from hardwon.domain.events import DomainEvent, LessonDrawn, LessonRetired


@dataclass(frozen=True, slots=True)
class Lesson:
    """What must be known of a lesson to decide about it."""

    lesson_id: UUID
    retired: bool = False


def stream(lesson_id: UUID) -> str:
    return f"lesson:{lesson_id}"


def retire(command: RetireLesson, lesson: Lesson | None) -> list[DomainEvent]:
    if lesson is None:
        raise NotFound("lesson", command.lesson_id)
    if lesson.retired:
        raise Conflict(f"Lesson {command.lesson_id} is already retired.")
    return [LessonRetired(command.lesson_id, command.reason)]


def evolve(lesson: Lesson | None, event: DomainEvent) -> Lesson | None:
    match event:
        case LessonDrawn():
            return Lesson(event.lesson_id)
        case LessonRetired() if lesson is not None:
            return replace(lesson, retired=True)
        case _:
            return lesson


def searchable_text(insight: str, advice: str, applies_when: str) -> str:
    """Return what is embedded and searched: the lesson's words, and nothing about who drew it."""
    return "\n".join(part.strip() for part in (insight, advice, applies_when) if part.strip())
