"""What becomes of a lesson after it was drawn."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from hardwon.domain import lesson
from hardwon.domain.commands import EndorseLesson, LessonCommand
from hardwon.domain.errors import Conflict, NotFound
from hardwon.domain.events import DomainEvent, LessonDrawn, LessonRevised
from hardwon.domain.lesson import Lesson
from hardwon.domain.own_words import LESSON
from hardwon.handlers.projects import current_project
from hardwon.handlers.recording import Request, record, state_of
from hardwon.log import personal
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log

_LONGEST_CHAIN = 100


def change_lesson(log: Log, organisation_id: UUID, command: LessonCommand, request: Request) -> StoredEvent | None:
    """Return the recorded event; None where the lesson already is as the command wants it.

    Raises:
        NotFound: no such lesson, or no such project that would endorse it.
        Invalid, Conflict: see ``hardwon.domain.lesson``.

    """
    if isinstance(command, EndorseLesson):
        current_project(log, organisation_id, command.project_id)
    successor = lesson.successor(command)
    other = state_of(_history(log, organisation_id, successor), lesson.evolve) if successor else None
    return record(
        log,
        organisation_id,
        lesson.stream(command.lesson_id),
        lesson.evolve,
        lambda state: lesson.decide(command, state, other),
        request,
        carried=_carried,
    )


def current_lesson(
    log: Log, organisation_id: UUID, lesson_id: UUID, *, until: int | None = None
) -> tuple[Lesson, list[StoredEvent]]:
    """Return a lesson as the log now tells it, or told it up to position ``until``, and the events that tell it."""
    history = _history(log, organisation_id, lesson_id)
    if until is not None:
        history = [stored for stored in history if stored.position <= until]
    known = state_of(history, lesson.evolve)
    if known is None:
        raise NotFound("lesson", lesson_id)
    return known, history


def latest_successor(log: Log, organisation_id: UUID, lesson_id: UUID, *, until: int | None = None) -> UUID:
    """Return the lesson at the end of the chain in which this one lives on, or did so at position ``until``.

    It is the lesson itself where it stands or was retired.
    """
    for _ in range(_LONGEST_CHAIN):
        found = current_lesson(log, organisation_id, lesson_id, until=until)[0]
        if found.leads_to is None:
            return lesson_id
        lesson_id = found.leads_to
    raise Conflict("Lesson %(id)s leads on for ever; restore one of those that it leads to.", id=lesson_id)


def text_events(history: Sequence[StoredEvent]) -> list[StoredEvent]:
    """Return the events that told what the lesson says, the latest first."""
    return [stored for stored in reversed(history) if isinstance(stored.event, LessonDrawn | LessonRevised)]


def _carried(seen: Sequence[StoredEvent], event: DomainEvent) -> Mapping[str, UUID | None]:
    """Return whose words a revision leaves as they were: they stay his, and can be erased with him."""
    if not isinstance(event, LessonRevised):
        return {}
    last = text_events(seen)[0]
    return {
        name: personal.owner(last.data[name]) for name in LESSON if getattr(event, name) == getattr(last.event, name)
    }


def _history(log: Log, organisation_id: UUID, lesson_id: UUID) -> list[StoredEvent]:
    return log.read_stream(organisation_id, lesson.stream(lesson_id))
