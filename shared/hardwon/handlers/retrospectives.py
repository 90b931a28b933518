"""Recording what happened in a project, in batches: all items or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hardwon.domain import board, lesson, retrospective
from hardwon.domain.board import Board
from hardwon.domain.commands import DrawLesson, RaiseDiscussionPoint, RetroCommand
from hardwon.domain.errors import Refused
from hardwon.domain.events import RetrospectiveHeld
from hardwon.handlers.boards import current_board
from hardwon.handlers.points import withdrawn
from hardwon.handlers.projects import current_project
from hardwon.log.wire import Metadata, NewEvent, StoredEvent
from hardwon.ports import Log


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
    gone = withdrawn(log, organisation_id, referenced | {item.event_id for item in items})
    known = {id_: stored.event for id_, stored in log.find(organisation_id, referenced - gone).items()}
    boards = _boards(log, organisation_id, items, known)
    new: list[NewEvent] = []
    errors: dict[int, Refused] = {}
    for index, item in enumerate(items):
        try:
            event = retrospective.decide(item.command, known)
            if isinstance(item.command, RaiseDiscussionPoint):
                board.refuse_late_point(boards.get(item.command.retrospective_id), item.event_id)
        except Refused as error:
            errors[index] = error
            continue
        if item.event_id not in gone:  # sent again since it was taken back
            known[item.event_id] = event
        new.append(NewEvent(item.event_id, _stream(item.command), event, metadata, item.occurred_at))
    if errors:
        raise BatchRefused(errors)
    return log.append(organisation_id, new)


def _boards(
    log: Log, organisation_id: UUID, items: Sequence[RetroItem], known: retrospective.Known
) -> Mapping[UUID | None, Board]:
    """Return the boards on which points are to be put, of those retrospectives that were held before this batch."""
    raised = (item.command for item in items if isinstance(item.command, RaiseDiscussionPoint))
    held = {id_ for each in raised if (id_ := each.retrospective_id) and isinstance(known.get(id_), RetrospectiveHeld)}
    return {id_: current_board(log, organisation_id, id_)[0] for id_ in held}


def _stream(command: RetroCommand) -> str:
    if isinstance(command, DrawLesson):
        return lesson.stream(command.lesson_id)
    return retrospective.stream(command.project_id, command.retrospective_id)
