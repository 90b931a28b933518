"""What may become of a point after it was raised, as given / when / then."""

from functools import reduce
from uuid import UUID

import pytest

from hardwon.domain.commands import PointCommand, RewordPoint, WithdrawPoint
from hardwon.domain.errors import Conflict, Invalid, NotFound
from hardwon.domain.events import (
    DiscussionPointRaised,
    DomainEvent,
    PointReworded,
    PointWithdrawn,
    RetrospectiveClosed,
    RetrospectiveHeld,
    RetrospectiveReopened,
)
from hardwon.domain.point import Points, decide, evolve

PROJECT, RETRO, POINT = (UUID(int=n) for n in range(1, 4))
MEETING: list[DomainEvent] = [
    RetrospectiveHeld(RETRO, PROJECT, "A retrospective"),
    DiscussionPointRaised(POINT, PROJECT, RETRO, "idea", "Ask teh yard."),
]
BETWEEN: list[DomainEvent] = [DiscussionPointRaised(POINT, PROJECT, None, "idea", "Ask teh yard.")]
REWORD, WITHDRAW = RewordPoint(POINT, "Ask the yard."), WithdrawPoint(POINT)
REWORDED = PointReworded(POINT, PROJECT, RETRO, "Ask the yard.")
WITHDRAWN = PointWithdrawn(POINT, PROJECT, RETRO, "idea", "2026-03-09")
CLOSED, REOPENED = RetrospectiveClosed(RETRO), RetrospectiveReopened(RETRO)


def when(command: PointCommand, *given: DomainEvent, answered: bool = False) -> list[DomainEvent]:
    nothing: Points | None = None
    return decide(command, reduce(evolve, given, nothing), raised_on="2026-03-09", answered=answered)


def test_a_point_is_said_otherwise_once() -> None:
    """Given a point, other words are a fact; the same words are none; and it may be said otherwise again and again."""
    assert when(REWORD, *MEETING) == [REWORDED]
    assert when(REWORD, *MEETING, REWORDED) == []
    assert when(RewordPoint(POINT, "Ask teh yard."), *MEETING) == []
    back = PointReworded(POINT, PROJECT, RETRO, "Ask teh yard.")
    assert when(RewordPoint(POINT, "Ask teh yard."), *MEETING, REWORDED) == [back]


def test_a_point_is_taken_back_once() -> None:
    """Given a point, it is taken back with what it counted for; given that, the same again is no fact."""
    assert when(WITHDRAW, *MEETING) == [WITHDRAWN]
    assert when(WITHDRAW, *MEETING, REWORDED, WITHDRAWN) == []


def test_between_meetings_it_is_the_same() -> None:
    """A point of no retrospective is changed as one of a meeting is."""
    assert when(REWORD, *BETWEEN) == [PointReworded(POINT, PROJECT, None, "Ask the yard.")]
    assert when(WITHDRAW, *BETWEEN) == [PointWithdrawn(POINT, PROJECT, None, "idea", "2026-03-09")]


@pytest.mark.parametrize("command", [REWORD, WITHDRAW])
def test_when_it_is_too_late_it_says_why(command: PointCommand) -> None:
    """Refused with the reason: the meeting is closed; a lesson was drawn. Reopened, it is a fact again."""
    with pytest.raises(Conflict, match="closed"):
        when(command, *MEETING, CLOSED)
    with pytest.raises(Conflict, match="revise the lesson instead"):
        when(command, *MEETING, answered=True)
    assert when(command, *MEETING, CLOSED, REOPENED)


def test_what_was_taken_back_is_not_said_otherwise() -> None:
    """Given a point that was taken back, other words are refused with the reason."""
    with pytest.raises(Conflict, match="taken back"):
        when(REWORD, *MEETING, WITHDRAWN)


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_an_empty_text_is_refused(text: str) -> None:
    """A point that says nothing is none: who wants that takes it back."""
    with pytest.raises(Invalid) as refused:
        when(RewordPoint(POINT, text), *MEETING)
    assert refused.value.field == "/text"


@pytest.mark.parametrize("command", [REWORD, WITHDRAW])
def test_what_was_not_raised_is_not_there(command: PointCommand) -> None:
    """Without the point there is nothing to change."""
    for given in ([], MEETING[:1]):
        with pytest.raises(NotFound, match="no discussion point"):
            when(command, *given)
