"""A retrospective's board while the meeting is on: points are grouped, voted for, and the meeting is closed.

All of it stands on the retrospective's stream, so that votes cast at the same moment are decided on one after the other: the limit holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from hardwon.domain.commands import (
    BoardCommand,
    CastVote,
    CloseRetrospective,
    GroupPoint,
    NameGroup,
    ReopenRetrospective,
    TakeVoteBack,
)
from hardwon.domain.errors import Conflict, Invalid, NotFound
from hardwon.domain.events import (
    DiscussionPointRaised,
    DomainEvent,
    GroupNamed,
    PointGrouped,
    PointReworded,
    PointWithdrawn,
    RetrospectiveClosed,
    RetrospectiveHeld,
    RetrospectiveReopened,
    VoteCast,
    VoteTakenBack,
)

VOTES = 5
"""So many points one person can vote for in a retrospective, each once."""


@dataclass(frozen=True, slots=True)
class Board:
    """What stands on a board now."""

    project_id: UUID
    points: Mapping[UUID, DiscussionPointRaised] = field(default_factory=dict)
    """As they now read, in the order in which they were raised; without those withdrawn."""
    groups: Mapping[UUID, str] = field(default_factory=dict)
    under: Mapping[UUID, UUID] = field(default_factory=dict)
    """Point -> the group, or the point, that it was put under; that one may stand under another in turn."""
    votes: Mapping[UUID, frozenset[str]] = field(default_factory=dict)
    """Point -> the ballots with a vote for it."""
    withdrawn: frozenset[UUID] = frozenset()
    closed: bool = False

    def head(self, id_: UUID) -> UUID:
        """Return what stands at the head of the pile that a point is in: a group, or a point, which may be itself."""
        while id_ in self.under:
            id_ = self.under[id_]
        return id_

    def voted(self, ballot: str) -> set[UUID]:
        """Return the points that have a vote of this ballot."""
        return {point_id for point_id, ballots in self.votes.items() if ballot in ballots}


def stream(retrospective_id: UUID) -> str:
    return f"retrospective:{retrospective_id}"


def decide(command: BoardCommand, board: Board | None) -> list[DomainEvent]:
    """Decide on what differs: doing again what was done is no event."""
    if board is None:
        raise NotFound("retrospective", command.retrospective_id)
    if board.closed and not isinstance(command, CloseRetrospective | ReopenRetrospective):
        raise Conflict("This retrospective is closed: reopen it first.")
    said = _event(command, board)
    return [] if evolve(board, said) == board else [said]


def refuse_late_point(board: Board | None, point_id: UUID) -> None:
    """Refuse a new point of a retrospective that was closed; one that was raised before is only sent again."""
    if board and board.closed and point_id not in {*board.points, *board.withdrawn}:
        detail = "This retrospective is closed: reopen it, or raise the point between retrospectives."
        raise Invalid(detail, field="/retrospective_id")


def _event(command: BoardCommand, board: Board) -> DomainEvent:
    match command:
        case NameGroup():
            return _name(command, board)
        case GroupPoint():
            return _group(command, board)
        case CastVote():
            _need_point(command.point_id, board)
            cast = board.voted(command.ballot) | {command.point_id}
            if len(cast) > VOTES:
                raise Conflict("All votes are cast: take one back first.")
            return VoteCast(command.retrospective_id, command.point_id, command.ballot)
        case TakeVoteBack():
            _need_point(command.point_id, board)
            return VoteTakenBack(command.retrospective_id, command.point_id, command.ballot)
        case CloseRetrospective():
            return RetrospectiveClosed(command.retrospective_id)
        case ReopenRetrospective():
            return RetrospectiveReopened(command.retrospective_id)


def _name(command: NameGroup, board: Board) -> GroupNamed:
    if not command.name.strip():
        raise Invalid("This text must not be empty.", field="/name")
    if command.group_id in board.points:
        raise Conflict("%(id)s is a point, and no group.", id=command.group_id)
    return GroupNamed(command.retrospective_id, command.group_id, command.name)


def _group(command: GroupPoint, board: Board) -> PointGrouped:
    """Decide where a point is to stand; one that heads others takes them along."""
    _need_point(command.point_id, board)
    if command.under is None:
        return PointGrouped(command.retrospective_id, command.point_id, None)
    if command.under not in board.points and command.under not in board.groups:
        raise Invalid("This retrospective has no group or point %(id)s.", field="/under", id=command.under)
    head = board.head(command.under)
    if head == command.point_id:
        raise Invalid("A point cannot stand under itself, or under one that it heads.", field="/under")
    return PointGrouped(command.retrospective_id, command.point_id, head)


def _need_point(point_id: UUID, board: Board) -> None:
    if point_id not in board.points:
        raise NotFound("discussion point", point_id)


def evolve(board: Board | None, event: DomainEvent) -> Board | None:  # noqa: PLR0911 - one case an event
    match event:
        case RetrospectiveHeld():
            return Board(event.project_id)
        case DiscussionPointRaised() if board:
            return replace(board, points={**board.points, event.point_id: event})
        case PointReworded() if board:
            said = replace(board.points[event.point_id], text=event.text)
            return replace(board, points={**board.points, event.point_id: said})
        case PointWithdrawn() if board:
            return _without(board, event.point_id)
        case GroupNamed() if board:
            return replace(board, groups={**board.groups, event.group_id: event.name})
        case PointGrouped() if board:
            others = {id_: head for id_, head in board.under.items() if id_ != event.point_id}
            return replace(board, under=others | ({event.point_id: event.under} if event.under else {}))
        case VoteCast() | VoteTakenBack() if board:
            return replace(board, votes=_votes_after(board.votes, event))
        case RetrospectiveClosed() | RetrospectiveReopened() if board:
            return replace(board, closed=isinstance(event, RetrospectiveClosed))
        case _:
            return board


def _without(board: Board, point_id: UUID) -> Board:
    """Take a point and its votes away. What stood under it stays together: under what it stood under itself, or under the first of them."""
    points = {id_: point for id_, point in board.points.items() if id_ != point_id}
    left = [id_ for id_ in points if board.under.get(id_) == point_id]
    head = board.under.get(point_id) or (left[0] if left else None)
    under = {id_: above for id_, above in board.under.items() if id_ != point_id and id_ not in left}
    under |= {id_: head for id_ in left if head and id_ != head}
    votes = {id_: ballots for id_, ballots in board.votes.items() if id_ != point_id}
    return replace(board, points=points, under=under, votes=votes, withdrawn=board.withdrawn | {point_id})


def _votes_after(
    votes: Mapping[UUID, frozenset[str]], event: VoteCast | VoteTakenBack
) -> Mapping[UUID, frozenset[str]]:
    cast, said = votes.get(event.point_id, frozenset()), {event.ballot}
    after = {**votes, event.point_id: cast | said if isinstance(event, VoteCast) else cast - said}
    return {point_id: ballots for point_id, ballots in after.items() if ballots}
