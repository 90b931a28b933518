"""Recording what a project is offered."""

from uuid import UUID

from hardwon.domain import suggesting
from hardwon.domain.commands import SuggestLessons
from hardwon.domain.errors import StreamConflict
from hardwon.handlers.recording import Request, record
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log


def suggest_lessons(log: Log, organisation_id: UUID, command: SuggestLessons, request: Request) -> StoredEvent | None:
    """Return the recorded event; None where the project was answered before, by this task or another."""
    try:
        return record(
            log,
            organisation_id,
            suggesting.stream(command.project_id),
            suggesting.evolve,
            lambda state: suggesting.suggest(command, state),
            request,
        )
    except StreamConflict:
        return None
