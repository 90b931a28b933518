"""A lesson's life after it was drawn: said better, stood behind, merged, superseded, retired, restored. All of it can be undone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from hardwon.domain.commands import (
    DeclineMerge,
    EndorseLesson,
    LessonCommand,
    MergeLesson,
    ProposeMerge,
    RestoreLesson,
    RetireLesson,
    ReviseLesson,
    SupersedeLesson,
)
from hardwon.domain.errors import Conflict, Invalid, NotFound
from hardwon.domain.events import (
    DomainEvent,
    LessonDrawn,
    LessonEndorsed,
    LessonMerged,
    LessonRestored,
    LessonRetired,
    LessonRevised,
    LessonSuperseded,
    MergeDeclined,
    MergeProposed,
)

State = Literal["current", "retired", "superseded", "merged"]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What must be known of a lesson to decide about it."""

    lesson_id: UUID
    project_id: UUID
    text: Mapping[str, object]
    """insight, advice, applies_when and tags, as they now are."""
    state: State = "current"
    leads_to: UUID | None = None
    endorsed_by: frozenset[UUID] = frozenset()
    proposed: frozenset[UUID] = frozenset()
    """What it was ever proposed to be merged into."""
    declined: frozenset[UUID] = frozenset()
    """What it was said not to be the same as."""


def stream(lesson_id: UUID) -> str:
    return f"lesson:{lesson_id}"


def successor(command: LessonCommand) -> UUID | None:
    """Return the lesson in which the command would let this one live on."""
    match command:
        case MergeLesson() | ProposeMerge():
            return command.into_lesson_id
        case SupersedeLesson():
            return command.by_lesson_id
        case _:
            return None


def decide(command: LessonCommand, lesson: Lesson | None, other: Lesson | None = None) -> list[DomainEvent]:
    """Decide on the lesson as it is; ``other`` is the one that ``successor`` names, as far as it exists."""
    if lesson is None:
        raise NotFound("lesson", command.lesson_id)
    _check_successor(command, other)
    match command:
        case ReviseLesson():
            return _revise(command, lesson)
        case EndorseLesson():
            return _endorse(command, lesson)
        case ProposeMerge():
            known = lesson.state != "current" or _considered(lesson, command.into_lesson_id)
            known = known or (other is not None and _considered(other, command.lesson_id))
            return [] if known else [MergeProposed(command.lesson_id, command.into_lesson_id, command.similarity)]
        case DeclineMerge():
            known = command.into_lesson_id in lesson.declined
            return [] if known else [MergeDeclined(command.lesson_id, command.into_lesson_id, command.reason)]
        case RestoreLesson():
            if lesson.state == "current":
                raise Conflict("Lesson %(id)s stands: there is nothing to restore.", id=command.lesson_id)
            return [LessonRestored(command.lesson_id, command.reason)]
        case _:
            need_current(lesson)
            return [_end(command)]


def evolve(lesson: Lesson | None, event: DomainEvent) -> Lesson | None:  # noqa: C901, PLR0911 - one case an event
    if isinstance(event, LessonDrawn):
        return Lesson(event.lesson_id, event.project_id, _text(event))
    if lesson is None:
        return None
    match event:
        case LessonRevised():
            return replace(lesson, text=_text(event))
        case LessonEndorsed():
            return replace(lesson, endorsed_by=lesson.endorsed_by | {event.project_id})
        case MergeProposed():
            return replace(lesson, proposed=lesson.proposed | {event.into_lesson_id})
        case MergeDeclined():
            return replace(lesson, declined=lesson.declined | {event.into_lesson_id})
        case LessonMerged():
            return replace(lesson, state="merged", leads_to=event.into_lesson_id)
        case LessonSuperseded():
            return replace(lesson, state="superseded", leads_to=event.by_lesson_id)
        case LessonRetired():
            return replace(lesson, state="retired")
        case LessonRestored():
            return replace(lesson, state="current", leads_to=None)
        case _:
            return lesson


def searchable_text(insight: str, advice: str, applies_when: str) -> str:
    """Return what is embedded and searched: the lesson's words, and nothing about who drew it."""
    return "\n".join(part.strip() for part in (insight, advice, applies_when) if part.strip())


def _considered(lesson: Lesson, other_id: UUID) -> bool:
    """Tell whether it was ever asked, or said, whether the lesson is the same as the other one."""
    return other_id in lesson.proposed | lesson.declined


def _check_successor(command: LessonCommand, other: Lesson | None) -> None:
    named = successor(command)
    if named is None:
        return
    field = "/by" if isinstance(command, SupersedeLesson) else "/into"
    if named == command.lesson_id:
        raise Invalid("A lesson cannot live on in itself.", field=field)
    if other is None:
        raise Invalid("There is no lesson %(id)s in this organisation.", field=field, id=named)
    if other.state != "current":
        raise Conflict("Lesson %(id)s is %(state)s: choose one that stands.", id=named, state=other.state)


def _revise(command: ReviseLesson, lesson: Lesson) -> list[DomainEvent]:
    need_current(lesson)
    text = {**lesson.text, **command.changes}
    if not str(text["insight"]).strip():
        raise Invalid("This must not be blank.", field="/insight")
    if text == lesson.text:
        return []
    return [
        LessonRevised(
            lesson.lesson_id,
            str(text["insight"]),
            str(text["advice"]),
            str(text["applies_when"]),
            tuple(text["tags"]),
            command.reason,
        )
    ]


def _endorse(command: EndorseLesson, lesson: Lesson) -> list[DomainEvent]:
    need_current(lesson)
    if command.project_id == lesson.project_id:
        raise Invalid("A project stands behind its own lessons anyway.", field="/project_id")
    if command.project_id in lesson.endorsed_by:
        return []
    return [LessonEndorsed(command.lesson_id, command.project_id, command.note)]


def _end(command: LessonCommand) -> DomainEvent:
    match command:
        case MergeLesson():
            return LessonMerged(command.lesson_id, command.into_lesson_id, command.reason)
        case SupersedeLesson():
            return LessonSuperseded(command.lesson_id, command.by_lesson_id, command.reason)
        case RetireLesson():
            return LessonRetired(command.lesson_id, command.reason)
        case _:
            raise AssertionError(f"{command} does not end a lesson")


def need_current(lesson: Lesson) -> None:
    """Refuse a lesson that does not stand."""
    if lesson.state != "current":
        raise Conflict("Lesson %(id)s is already %(state)s; restore it first.", id=lesson.lesson_id, state=lesson.state)


def _text(event: LessonDrawn | LessonRevised) -> dict[str, object]:
    return {
        "insight": event.insight,
        "advice": event.advice,
        "applies_when": event.applies_when,
        "tags": tuple(event.tags),
    }
