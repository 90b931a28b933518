"""What becomes of a lesson after it was drawn."""

from uuid import UUID

from hardwon.domain import lesson
from hardwon.domain.commands import RetireLesson
from hardwon.handlers.recording import Request, record
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log


def retire_lesson(log: Log, organisation_id: UUID, command: RetireLesson, request: Request) -> StoredEvent | None:
    return record(
        log,
        organisation_id,
        lesson.stream(command.lesson_id),
        lesson.evolve,
        lambda state: lesson.retire(command, state),
        request,
    )
