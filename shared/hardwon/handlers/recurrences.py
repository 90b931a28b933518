"""Problems that were met before: recorded once each as the radar finds them, then confirmed or rejected by a person."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from hardwon.domain import recurrence
from hardwon.domain.commands import ConfirmRecurrence, DetectRecurrence, RejectRecurrence
from hardwon.domain.errors import EventIdReused
from hardwon.domain.recurrence import Recurrence
from hardwon.handlers.feedback import standing_at
from hardwon.handlers.points import withdrawn
from hardwon.handlers.recording import Request, record, stood_at
from hardwon.ids import id_for_key
from hardwon.log.wire import Metadata, NewEvent, StoredEvent
from hardwon.ports import Log


def detect_recurrences(
    log: Log, organisation_id: UUID, commands: Sequence[DetectRecurrence], actor: str
) -> list[StoredEvent]:
    """Record the recurrences that are not recorded yet, in one append; each happened when its point was raised.

    Of a point that was taken back meanwhile there is none; an earlier story that was is left out, and with it what repeats nothing else.
    """
    commands = _standing(log, organisation_id, commands)
    ids = {_event_id(organisation_id, each.point_id): each for each in commands}
    raised = log.find(organisation_id, [each.point_id for each in commands])
    while True:
        known = log.find(organisation_id, ids)
        new = [
            _detected(event_id, command, raised[command.point_id], actor)
            for event_id, command in ids.items()
            if event_id not in known
        ]
        try:
            return log.append(organisation_id, new) if new else []
        except EventIdReused:
            continue  # another worker recorded one of them meanwhile: now it is known


def judge_recurrence(
    log: Log, organisation_id: UUID, command: ConfirmRecurrence | RejectRecurrence, request: Request
) -> StoredEvent | None:
    """Return the recorded event; None where the same was said already."""
    return record(
        log,
        organisation_id,
        recurrence.stream(command.point_id),
        recurrence.evolve,
        lambda state: recurrence.judge(command, state),
        request,
    )


def current_recurrence(
    log: Log, organisation_id: UUID, point_id: UUID, *, until: StoredEvent | None
) -> tuple[Recurrence, StoredEvent]:
    """Return the recurrence, now or as of the event ``until``, and the event that changed it last; it must exist."""
    known = stood_at(log, organisation_id, recurrence.stream(point_id), recurrence.evolve, until)
    if known is None:
        raise AssertionError("judging a recurrence that does not exist is refused")
    return known


def told_before(log: Log, organisation_id: UUID, project_id: UUID, lesson_id: UUID, position: int) -> tuple[bool, bool]:
    """Return whether the lesson had been suggested or brought to the project before that log position, and whether it was adopted then."""
    standing = standing_at(log, organisation_id, project_id, lesson_id, position - 1)
    said = standing.said if standing else None
    return standing is not None, said is not None and said.verdict == "adopted"


def _standing(log: Log, organisation_id: UUID, commands: Sequence[DetectRecurrence]) -> list[DetectRecurrence]:
    """Return what is left of the commands without the points that were taken back."""
    named = {point_id for each in commands for point_id in (each.point_id, each.earlier_point_id) if point_id}
    gone = withdrawn(log, organisation_id, named)
    left = [replace(each, earlier_point_id=None) if each.earlier_point_id in gone else each for each in commands]
    return [each for each in left if each.point_id not in gone and (each.lesson_id or each.earlier_point_id)]


def _event_id(organisation_id: UUID, point_id: UUID) -> UUID:
    """Return the one id that finding this point to be a recurrence has; no Idempotency-Key leads to it, since none holds a line break."""
    return id_for_key(organisation_id, f"detected\n{recurrence.stream(point_id)}")


def _detected(event_id: UUID, command: DetectRecurrence, raised: StoredEvent, actor: str) -> NewEvent:
    metadata = Metadata(actor, str(raised.metadata.get("correlation_id", "")), raised.event_id)
    event = recurrence.detect(command)
    return NewEvent(event_id, recurrence.stream(command.point_id), event, metadata, raised.occurred_at)
