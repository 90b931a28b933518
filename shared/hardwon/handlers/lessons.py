"""What becomes of a lesson after it was drawn."""

from functools import reduce
from uuid import UUID

from hardwon.domain import lesson
from hardwon.domain.commands import EndorseLesson, LessonCommand
from hardwon.domain.errors import Conflict
from hardwon.domain.lesson import Lesson
from hardwon.handlers.projects import current_project
from hardwon.handlers.recording import Request, record
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
    other = current_lesson(log, organisation_id, successor) if successor else None
    return record(
        log,
        organisation_id,
        lesson.stream(command.lesson_id),
        lesson.evolve,
        lambda state: lesson.decide(command, state, other),
        request,
    )


def current_lesson(log: Log, organisation_id: UUID, lesson_id: UUID) -> Lesson | None:
    """Return a lesson as the log now tells it."""
    nobody: Lesson | None = None
    history = log.read_stream(organisation_id, lesson.stream(lesson_id))
    return reduce(lesson.evolve, (stored.event for stored in history), nobody)


def latest_successor(log: Log, organisation_id: UUID, lesson_id: UUID) -> UUID:
    """Return the lesson at the end of the chain in which this one lives on; itself where it stands or was retired."""
    for _ in range(_LONGEST_CHAIN):
        found = current_lesson(log, organisation_id, lesson_id)
        if found is None or found.leads_to is None:
            return lesson_id
        lesson_id = found.leads_to
    raise Conflict(f"Lesson {lesson_id} leads on for ever; restore one of those that it leads to.")
