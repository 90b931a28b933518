"""What a room may do on its retrospective's board, as given / when / then."""

from functools import reduce
from uuid import UUID

import pytest

from hardwon.domain.board import VOTES, Board, decide, evolve, refuse_late_point
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

PROJECT, RETRO, GROUP, *POINTS = (UUID(int=n) for n in range(1, 12))
ONE, TWO, THREE = POINTS[:3]
OPEN: list[DomainEvent] = [RetrospectiveHeld(RETRO, PROJECT, "A retrospective")]
OPEN += [DiscussionPointRaised(id_, PROJECT, RETRO, "idea", "A point.") for id_ in POINTS]
OPEN += [GroupNamed(RETRO, GROUP, "Suppliers")]
CLOSED = RetrospectiveClosed(RETRO)


def given(*more: DomainEvent) -> Board | None:
    nothing: Board | None = None
    return reduce(evolve, [*OPEN, *more], nothing)


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (NameGroup(RETRO, GROUP, "Dates"), GroupNamed(RETRO, GROUP, "Dates")),
        (GroupPoint(RETRO, ONE, GROUP), PointGrouped(RETRO, ONE, GROUP)),
        (GroupPoint(RETRO, ONE, TWO), PointGrouped(RETRO, ONE, TWO)),
        (CastVote(RETRO, ONE, "a"), VoteCast(RETRO, ONE, "a")),
        (CloseRetrospective(RETRO), CLOSED),
    ],
)
def test_what_is_done_on_a_board_is_an_event_once(command: BoardCommand, event: DomainEvent) -> None:
    """Given an open board, each command leads to its fact; given that fact, the same again leads to none."""
    assert decide(command, given()) == [event]
    assert decide(command, given(event)) == []


@pytest.mark.parametrize(
    ("command", "refused"),
    [
        (NameGroup(RETRO, GROUP, " "), Invalid),
        (NameGroup(RETRO, ONE, "A point"), Conflict),
        (GroupPoint(RETRO, GROUP, None), NotFound),
        (GroupPoint(RETRO, ONE, UUID(int=99)), Invalid),
        (GroupPoint(RETRO, ONE, ONE), Invalid),
        (CastVote(RETRO, GROUP, "a"), NotFound),
        (TakeVoteBack(RETRO, UUID(int=99), "a"), NotFound),
    ],
)
def test_what_is_not_on_the_board_is_refused(command: BoardCommand, refused: type[Exception]) -> None:
    """A name of nothing, a point that is none, and a place that is none are refused."""
    with pytest.raises(refused):
        decide(command, given())


def test_nothing_happens_on_a_board_that_is_not_there() -> None:
    """Without the retrospective there is nothing to close."""
    with pytest.raises(NotFound):
        decide(CloseRetrospective(RETRO), None)


def test_a_person_votes_for_so_many_points_and_no_more() -> None:
    """Given all votes cast, one more is refused, another person's is not; once one is taken back, another can be cast."""
    cast = [VoteCast(RETRO, id_, "a") for id_ in POINTS[:VOTES]]
    with pytest.raises(Conflict, match="All votes are cast"):
        decide(CastVote(RETRO, POINTS[VOTES], "a"), given(*cast))
    assert decide(CastVote(RETRO, ONE, "a"), given(*cast)) == []  # the same again is none too many
    assert decide(CastVote(RETRO, POINTS[VOTES], "b"), given(*cast))
    back = VoteTakenBack(RETRO, ONE, "a")
    assert decide(TakeVoteBack(RETRO, ONE, "a"), given(*cast)) == [back]
    assert decide(CastVote(RETRO, POINTS[VOTES], "a"), given(*cast, back))
    assert decide(TakeVoteBack(RETRO, ONE, "b"), given(*cast)) == []  # nobody takes back another's


def test_points_are_piled_but_never_in_a_ring() -> None:
    """Put under a point in a pile, one joins its head; what heads a pile takes it along; under one's own pile is refused."""
    piled = given(PointGrouped(RETRO, ONE, TWO))
    assert decide(GroupPoint(RETRO, THREE, ONE), piled) == [PointGrouped(RETRO, THREE, TWO)]
    with pytest.raises(Invalid) as refused:
        decide(GroupPoint(RETRO, TWO, ONE), piled)
    assert refused.value.field == "/under"
    board = given(PointGrouped(RETRO, ONE, TWO), PointGrouped(RETRO, TWO, GROUP))
    assert board
    assert [board.head(id_) for id_ in (ONE, TWO, THREE)] == [GROUP, GROUP, THREE]
    assert decide(GroupPoint(RETRO, ONE, None), piled) == [PointGrouped(RETRO, ONE, None)]


def test_a_closed_board_stands_as_it_is_until_it_is_reopened() -> None:
    """Given a closed retrospective, grouping and voting are refused; reopened, they go on."""
    for command in (GroupPoint(RETRO, ONE, TWO), CastVote(RETRO, ONE, "a"), NameGroup(RETRO, GROUP, "Dates")):
        with pytest.raises(Conflict, match="closed"):
            decide(command, given(CLOSED))
    reopened = RetrospectiveReopened(RETRO)
    assert decide(ReopenRetrospective(RETRO), given(CLOSED)) == [reopened]
    assert decide(ReopenRetrospective(RETRO), given()) == []
    assert decide(CastVote(RETRO, ONE, "a"), given(CLOSED, reopened))


def withdrawn(point_id: UUID) -> PointWithdrawn:
    return PointWithdrawn(point_id, PROJECT, RETRO, "idea", "2026-03-09")


def test_a_point_taken_back_is_gone_with_its_votes() -> None:
    """Who had voted for it has the vote again; nobody votes for it or moves it any more, and the others stay as they are."""
    board = given(VoteCast(RETRO, ONE, "a"), VoteCast(RETRO, TWO, "a"), PointReworded(ONE, PROJECT, RETRO, "B."))
    assert board
    assert board.points[ONE].text == "B."
    left = evolve(board, withdrawn(ONE))
    assert left
    assert list(left.points) == POINTS[1:]
    assert left.voted("a") == {TWO}
    for command in (CastVote(RETRO, ONE, "a"), GroupPoint(RETRO, ONE, TWO)):
        with pytest.raises(NotFound):
            decide(command, left)
    with pytest.raises(Invalid):
        decide(GroupPoint(RETRO, TWO, ONE), left)


def test_what_stood_under_it_stays_together() -> None:
    """A pile whose head is taken back goes on under the first that is left; in a group its points stay in the group."""
    pile = [PointGrouped(RETRO, each, ONE) for each in (THREE, TWO)]
    board = given(*pile, withdrawn(ONE))
    assert board
    assert [board.head(id_) for id_ in (TWO, THREE)] == [TWO, TWO]
    grouped = given(*pile, PointGrouped(RETRO, ONE, GROUP), withdrawn(ONE))
    assert grouped
    assert [grouped.head(id_) for id_ in (TWO, THREE)] == [GROUP, GROUP]
    last = given(PointGrouped(RETRO, TWO, ONE), withdrawn(ONE), withdrawn(TWO))
    assert last
    assert not last.under


def test_a_point_taken_back_may_be_sent_again() -> None:
    """Whoever sends an old batch again to a closed board is not refused for a point that was there once; a new one is."""
    board = given(withdrawn(ONE), CLOSED)
    refuse_late_point(board, ONE)
    with pytest.raises(Invalid):
        refuse_late_point(board, UUID(int=99))
