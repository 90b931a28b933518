"""Recording what a project is offered."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import reduce
from uuid import UUID

from hardwon.domain import suggesting
from hardwon.domain.commands import SuggestLessons
from hardwon.domain.errors import StreamConflict
from hardwon.domain.suggesting import Suggesting
from hardwon.handlers.recording import Request
from hardwon.log.wire import NewEvent, StoredEvent
from hardwon.ports import Log


def suggest_lessons(log: Log, organisation_id: UUID, command: SuggestLessons, request: Request) -> StoredEvent | None:
    """Return the recorded event; None where nothing is left to offer, since this task or another one has offered it."""
    stream = suggesting.stream(command.project_id)
    while True:
        known, version = current_suggesting(log, organisation_id, command.project_id)
        decided = suggesting.suggest(command, known, datetime.now(UTC))
        if not decided:
            return None
        (event,) = decided
        new = NewEvent(request.event_id, stream, event, request.metadata, request.occurred_at)
        with suppress(StreamConflict):  # another task's answer came first: what is left is decided anew
            return log.append(organisation_id, [new], {stream: version})[0]


def current_suggesting(log: Log, organisation_id: UUID, project_id: UUID) -> tuple[Suggesting, int]:
    """Return what the project was offered so far, and the version of the stream that tells it."""
    history = log.read_stream(organisation_id, suggesting.stream(project_id))
    return suggesting_of(history), len(history)


def suggesting_of(history: Sequence[StoredEvent]) -> Suggesting:
    """Return what the events of a project's suggestions tell; the limits count from when each was recorded."""
    return reduce(
        lambda state, stored: suggesting.evolve(state, stored.event, stored.recorded_at), history, Suggesting()
    )
