"""A point after it was raised: said otherwise or taken back, while its meeting is open and nothing was learned from it yet.

Both stand on the stream on which it was raised, so that what happens on a board is decided one after the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from hardwon.domain.commands import PointCommand, RewordPoint, WithdrawPoint
from hardwon.domain.errors import Conflict, Invalid, NotFound
from hardwon.domain.events import (
    DiscussionPointRaised,
    DomainEvent,
    PointReworded,
    PointWithdrawn,
    RetrospectiveClosed,
    RetrospectiveReopened,
)


@dataclass(frozen=True, slots=True)
class Points:
    """The points of one stream: of a retrospective, or of all that a project raised between its meetings."""

    raised: Mapping[UUID, DiscussionPointRaised] = field(default_factory=dict)
    """As they now read; those withdrawn are in it too."""
    withdrawn: frozenset[UUID] = frozenset()
    closed: bool = False


def decide(command: PointCommand, points: Points | None, *, raised_on: str, answered: bool) -> list[DomainEvent]:
    """Decide on what differs; ``answered`` says that a lesson was drawn from the point.

    Raises:
        NotFound: no such point.
        Invalid: an empty text.
        Conflict: it is too late to change the point.

    """
    point = points.raised.get(command.point_id) if points else None
    if points is None or point is None:
        raise NotFound("discussion point", command.point_id)
    of = (point.point_id, point.project_id, point.retrospective_id)
    withdrawn = command.point_id in points.withdrawn
    match command:
        case RewordPoint():
            if not command.text.strip():
                raise Invalid("This text must not be empty.", field="/text")
            if withdrawn:
                raise Conflict("This point was taken back: raise it anew.")
            said: DomainEvent = PointReworded(*of, command.text)
            same = point.text == command.text
        case WithdrawPoint():
            said, same = PointWithdrawn(*of, point.kind, raised_on), withdrawn
    if same:
        return []
    _refuse_late(points, answered=answered)
    return [said]


def _refuse_late(points: Points, *, answered: bool) -> None:
    if points.closed:
        raise Conflict("This retrospective is closed: reopen it first.")
    if answered:
        raise Conflict("A lesson was drawn from this point already: revise the lesson instead.")


def evolve(points: Points | None, event: DomainEvent) -> Points | None:
    points = points or Points()
    match event:
        case DiscussionPointRaised():
            return replace(points, raised={**points.raised, event.point_id: event})
        case PointReworded():
            said = replace(points.raised[event.point_id], text=event.text)
            return replace(points, raised={**points.raised, event.point_id: said})
        case PointWithdrawn():
            return replace(points, withdrawn=points.withdrawn | {event.point_id})
        case RetrospectiveClosed() | RetrospectiveReopened():
            return replace(points, closed=isinstance(event, RetrospectiveClosed))
        case _:
            return points
