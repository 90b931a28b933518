"""Recurrences: a problem that was met before, found by the radar once; a person confirms or rejects it, and the latest word counts."""

from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from hardwon.domain.commands import ConfirmRecurrence, DetectRecurrence, RejectRecurrence
from hardwon.domain.errors import NotFound
from hardwon.domain.events import DomainEvent, RecurrenceConfirmed, RecurrenceDetected, RecurrenceRejected

State = Literal["detected", "confirmed", "rejected"]


@dataclass(frozen=True, slots=True)
class Recurrence:
    """What must be known of a recurrence to decide about it."""

    point_id: UUID
    project_id: UUID
    state: State = "detected"
    note: str = ""


def stream(point_id: UUID) -> str:
    return f"recurrence:{point_id}"


def detect(command: DetectRecurrence) -> RecurrenceDetected:
    return RecurrenceDetected(
        command.point_id,
        command.project_id,
        command.lesson_id,
        command.earlier_point_id,
        command.similarity,
        command.suggested,
        command.adopted,
        command.radar,
        command.embedding_model,
    )


def judge(command: ConfirmRecurrence | RejectRecurrence, recurrence: Recurrence | None) -> list[DomainEvent]:
    """Decide on what differs: saying the same again is no event."""
    if recurrence is None:
        raise NotFound("recurrence", command.point_id)
    says = RecurrenceConfirmed if isinstance(command, ConfirmRecurrence) else RecurrenceRejected
    said = says(command.point_id, recurrence.project_id, command.note)
    return [] if evolve(recurrence, said) == recurrence else [said]


def evolve(recurrence: Recurrence | None, event: DomainEvent) -> Recurrence | None:
    match event:
        case RecurrenceDetected():
            return Recurrence(event.point_id, event.project_id)
        case RecurrenceConfirmed() if recurrence:
            return replace(recurrence, state="confirmed", note=event.note)
        case RecurrenceRejected() if recurrence:
            return replace(recurrence, state="rejected", note=event.note)
        case _:
            return recurrence
