"""Changing a point that was raised: its words, or whether it stands at all. Who may do that, the services decide."""

from collections.abc import Collection, Mapping
from datetime import UTC
from uuid import UUID

from hardwon.domain import point
from hardwon.domain.commands import PointCommand
from hardwon.domain.errors import NotFound
from hardwon.domain.events import DiscussionPointRaised, DomainEvent, LessonDrawn, PointReworded, PointWithdrawn
from hardwon.handlers.recording import Request, record
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log


def change_point(log: Log, organisation_id: UUID, command: PointCommand, request: Request) -> StoredEvent | None:
    """Return the recorded event; None where the point already is as the command wants it.

    Raises:
        NotFound, Invalid, Conflict: see ``hardwon.domain.point``.

    """
    raised = raised_point(log, organisation_id, command.point_id)
    raised_on = raised.occurred_at.astimezone(UTC).date().isoformat()
    # What was recorded before a lesson was drawn is only sent again.
    again = request.event_id in log.find(organisation_id, [request.event_id])
    answered = not again and command.point_id in _answered(log, organisation_id, UUID(raised.data["project_id"]))
    return record(
        log,
        organisation_id,
        raised.stream,
        point.evolve,
        lambda state: point.decide(command, state, raised_on=raised_on, answered=answered),
        request,
        carried=lambda _, event: _words_of(raised, event),
    )


def raised_point(log: Log, organisation_id: UUID, point_id: UUID) -> StoredEvent:
    """Return the event by which the point was raised."""
    found = log.find(organisation_id, [point_id]).get(point_id)
    if found is None or not isinstance(found.event, DiscussionPointRaised):
        raise NotFound("discussion point", point_id)
    return found


def last_of_point(log: Log, organisation_id: UUID, point_id: UUID) -> StoredEvent:
    """Return the last event on the stream on which the point was raised."""
    raised = raised_point(log, organisation_id, point_id)
    return log.read_stream(organisation_id, raised.stream)[-1]


def withdrawn(log: Log, organisation_id: UUID, point_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the points that were taken back."""
    until = log.head(organisation_id).position
    told = log.read_about(organisation_id, "point", point_ids, [PointWithdrawn], until)
    return {UUID(stored.data["point_id"]) for stored in told}


def _words_of(raised: StoredEvent, event: DomainEvent) -> Mapping[str, UUID | None]:
    """Return whose the new words are: whoever mends them, they stay those of the one who raised the point, and go with that person."""
    person = raised.metadata.get("person_id")
    is_theirs = isinstance(event, PointReworded) and person and UUID(person) in raised.keys
    return {"text": UUID(person)} if is_theirs else {}


def _answered(log: Log, organisation_id: UUID, project_id: UUID) -> set[UUID]:
    """Return the points of the project from which a lesson was drawn, whatever became of that."""
    until = log.head(organisation_id).position
    drawn = log.read_about(organisation_id, "project", [project_id], [LessonDrawn], until)
    return {UUID(point_id) for stored in drawn for point_id in stored.data["points"]}
