"""From a command to events in the log: read what must be known, let the domain decide, append."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import TypeVar
from uuid import UUID

from hardwon.domain import lesson, project, retrospective, suggesting
from hardwon.domain.commands import (
    ChangeProfile,
    DrawLesson,
    RegisterProject,
    RetireLesson,
    RetroCommand,
    SuggestLessons,
)
from hardwon.domain.errors import NotFound, Refused, StreamConflict
from hardwon.domain.events import DomainEvent
from hardwon.log.wire import Metadata, NewEvent, StoredEvent
from hardwon.ports import Log

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Request:
    """The circumstances of a command: under which event id, by whom, when, and on which version it was decided."""

    event_id: UUID
    metadata: Metadata
    occurred_at: datetime | None = None
    expected_version: int | None = None
    """None: whatever the stream's version is now."""


@dataclass(frozen=True, slots=True)
class RetroItem:
    """One command of a batch, with the id its event will have."""

    command: RetroCommand
    event_id: UUID
    occurred_at: datetime | None = None


class BatchRefused(Refused):
    """Some items of the batch cannot be accepted, so none was recorded."""

    def __init__(self, errors: dict[int, Refused]) -> None:
        super().__init__()
        self.errors = errors
        """Index in the batch -> what is wrong with that item."""


def register_project(log: Log, organisation_id: UUID, command: RegisterProject, request: Request) -> StoredEvent:
    recorded = _record(
        log,
        organisation_id,
        project.stream(command.project_id),
        project.evolve,
        lambda state: project.register(command, state),
        request,
    )
    if recorded is None:
        raise AssertionError("registering either records an event or is refused")
    return recorded


def change_profile(log: Log, organisation_id: UUID, command: ChangeProfile, request: Request) -> StoredEvent | None:
    """Return the recorded event; None where the profile already says so."""
    return _record(
        log,
        organisation_id,
        project.stream(command.project_id),
        project.evolve,
        lambda state: project.change_profile(command, state),
        request,
    )


def current_project(log: Log, organisation_id: UUID, project_id: UUID) -> tuple[project.Project, list[StoredEvent]]:
    """Return a project as the log now tells it, and the events that tell it."""
    history = log.read_stream(organisation_id, project.stream(project_id))
    nothing: project.Project | None = None
    known = reduce(project.evolve, (stored.event for stored in history), nothing)
    if known is None:
        raise NotFound("project", project_id)
    return known, history


def retire_lesson(log: Log, organisation_id: UUID, command: RetireLesson, request: Request) -> StoredEvent | None:
    return _record(
        log,
        organisation_id,
        lesson.stream(command.lesson_id),
        lesson.evolve,
        lambda state: lesson.retire(command, state),
        request,
    )


def suggest_lessons(log: Log, organisation_id: UUID, command: SuggestLessons, request: Request) -> StoredEvent | None:
    """Return the recorded event; None where the project was answered before, by this task or another."""
    try:
        return _record(
            log,
            organisation_id,
            suggesting.stream(command.project_id),
            suggesting.evolve,
            lambda state: suggesting.suggest(command, state),
            request,
        )
    except StreamConflict:
        return None


def record_retro_events(
    log: Log, organisation_id: UUID, project_id: UUID, items: Sequence[RetroItem], metadata: Metadata
) -> list[StoredEvent]:
    """Record all items or none; an item may lean on facts recorded before or by an item above it.

    Raises:
        NotFound: no such project.
        BatchRefused: says for each bad item what is wrong.

    """
    current_project(log, organisation_id, project_id)
    referenced = {id_ for item in items for id_ in retrospective.references(item.command)}
    known = {id_: stored.event for id_, stored in log.find(organisation_id, referenced).items()}
    new: list[NewEvent] = []
    errors: dict[int, Refused] = {}
    for index, item in enumerate(items):
        try:
            event = retrospective.decide(item.command, known)
        except Refused as error:
            errors[index] = error
            continue
        known[item.event_id] = event
        new.append(NewEvent(item.event_id, _stream(item.command), event, metadata, item.occurred_at))
    if errors:
        raise BatchRefused(errors)
    return log.append(organisation_id, new)


def _stream(command: RetroCommand) -> str:
    if isinstance(command, DrawLesson):
        return lesson.stream(command.lesson_id)
    return retrospective.stream(command.project_id, command.retrospective_id)


def _record(
    log: Log,
    organisation_id: UUID,
    stream: str,
    evolve: Callable[[State | None, DomainEvent], State | None],
    decide: Callable[[State | None], Iterable[DomainEvent]],
    request: Request,
) -> StoredEvent | None:
    """Fold the stream, decide, append the one event decided on; None where nothing is to be recorded.

    A retry is decided on what its first try saw, so it comes to the same event; the log then answers as it did the first time,
    or refuses an id that comes with another payload.
    """
    history = log.read_stream(organisation_id, stream)
    first_try = next((stored for stored in history if stored.event_id == request.event_id), None)
    seen = history[: first_try.version - 1] if first_try else history
    if request.expected_version not in (None, len(seen)) and first_try is None:
        raise StreamConflict(stream, expected=request.expected_version or 0, actual=len(seen))
    nothing: State | None = None
    decided = list(decide(reduce(evolve, (stored.event for stored in seen), nothing)))
    if not decided:
        return None
    (event,) = decided
    new = NewEvent(request.event_id, stream, event, request.metadata, request.occurred_at)
    return log.append(organisation_id, [new], {stream: len(seen)})[0]
