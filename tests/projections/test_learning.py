"""What a project learned is counted by month as it happens, and counted anew when somebody changes their mind."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from hardwon.domain.events import (
    DiscussionPointRaised,
    DomainEvent,
    FeedbackGiven,
    FeedbackWithdrawn,
    LessonBrought,
    LessonPutBack,
    LessonsSuggested,
    OutcomeReported,
    PointWithdrawn,
    ProjectProfileChanged,
    ProjectRegistered,
    RecurrenceConfirmed,
    RecurrenceDetected,
    RecurrenceRejected,
)
from hardwon.domain.values import Profile, Suggestion
from hardwon.ids import new_id
from hardwon.log.memory import MemoryLog
from hardwon.log.wire import Metadata, NewEvent
from hardwon.projections import learning
from hardwon.projections.following import Row, fold

PROJECT, OTHER, LESSON, POINT = (UUID(int=n) for n in range(1, 5))
REGISTERED = ProjectRegistered(PROJECT, Profile("P", team="Piers"))
WRONG = DiscussionPointRaised(POINT, PROJECT, None, "went_wrong", "It broke.")
FOUND = RecurrenceDetected(POINT, PROJECT, LESSON, None, 0.5, True, False, "r", "m")
OFFERED = LessonsSuggested(PROJECT, 1, "r", "m", 2, 0, tuple(Suggestion(new_id(), n, 0.5, ()) for n in (1, 2)))
BROUGHT = LessonBrought(PROJECT, LESSON)
ADOPTED = FeedbackGiven(PROJECT, LESSON, "adopted")
HELPED = OutcomeReported(PROJECT, LESSON, "helped")
Happened = DomainEvent | tuple[int, DomainEvent]
"""An event of January 2026, or of another month."""


def after(*events: Happened) -> dict[UUID, Row]:
    log, organisation = MemoryLog(), new_id()
    log.create(organisation)
    for happened in events:
        month, event = happened if isinstance(happened, tuple) else (1, happened)
        at = datetime(2026, month, 15, tzinfo=UTC)
        log.append(organisation, [NewEvent(new_id(), "all", event, Metadata("tests"), at)])
    rows: dict[UUID, Row] = {}
    fold(learning.PROJECTION, rows, log.read(organisation, limit=1_000))
    return rows


def months(*events: Happened) -> Any:
    return after(REGISTERED, *events)[PROJECT]["months"]


def test_each_thing_counts_in_its_month() -> None:
    """What went wrong, what was suggested, answered and reported: each in the month in which it happened."""
    told = months(WRONG, (2, OFFERED), (3, ADOPTED), (4, HELPED))
    assert told == {
        "2026-01": {"points": 1},
        "2026-02": {"suggested": 2},
        "2026-03": {"answered": 1, "adopted": 1},
        "2026-04": {"outcomes": 1, "helped": 1},
    }


def test_other_kinds_of_points_do_not_count() -> None:
    """Happy stories, puzzles and ideas are no problems."""
    for kind in ("went_well", "puzzle", "idea"):
        assert months(DiscussionPointRaised(POINT, PROJECT, None, kind, "Fine.")) == {}


@pytest.mark.parametrize(
    ("events", "counted"),
    [
        ([FOUND], {"recurrences": 1, "known": 1, "warned": 1}),
        ([FOUND, RecurrenceConfirmed(POINT, PROJECT)], {"recurrences": 1, "confirmed": 1, "known": 1, "warned": 1}),
        ([FOUND, RecurrenceRejected(POINT, PROJECT)], None),
        ([FOUND, (2, RecurrenceRejected(POINT, PROJECT)), (3, RecurrenceConfirmed(POINT, PROJECT))],
         {"recurrences": 1, "confirmed": 1, "known": 1, "warned": 1}),
        ([RecurrenceDetected(POINT, PROJECT, None, POINT, 0.5, False, False, "r", "m")], {"recurrences": 1}),
    ],
    ids=["detected", "confirmed", "rejected", "rejected and then confirmed", "of a story only"],
)  # fmt: skip
def test_a_rejected_recurrence_does_not_count(events: list[Happened], counted: Any) -> None:
    """A recurrence counts, with what had been known of it, in the month of its point, until it is rejected."""
    assert months(*events) == ({"2026-01": counted} if counted else {})


def test_a_changed_mind_is_counted_anew() -> None:
    """Another verdict takes the first one's place in the month of the change, an outcome goes with its adoption, a note changes nothing."""
    assert months(ADOPTED, HELPED, (2, FeedbackGiven(PROJECT, LESSON, "helpful"))) == {"2026-02": {"answered": 1}}
    assert months(ADOPTED, HELPED, (2, FeedbackWithdrawn(PROJECT, LESSON))) == {}
    noted = (2, FeedbackGiven(PROJECT, LESSON, "adopted", "Still."))
    assert months(ADOPTED, HELPED, noted) == months(ADOPTED, HELPED)
    assert months(ADOPTED, HELPED, (2, OutcomeReported(PROJECT, LESSON, "did_not_help")))["2026-02"] == {"outcomes": 1}
    assert months(ADOPTED, OutcomeReported(PROJECT, LESSON, "too_early"))["2026-01"] == {"answered": 1, "adopted": 1}


def test_what_people_bring_is_no_suggestion() -> None:
    """It has a count of its own; what is said of it is no answer to a suggestion, and only whether it helped counts beside others."""
    assert months(BROUGHT, (2, ADOPTED), (3, HELPED)) == {
        "2026-01": {"brought": 1},
        "2026-03": {"outcomes": 1, "helped": 1},
    }
    withdrawn = (4, FeedbackWithdrawn(PROJECT, LESSON))
    assert months(BROUGHT, (2, ADOPTED), (3, HELPED), withdrawn) == months(BROUGHT)
    assert months(BROUGHT, ADOPTED, withdrawn, (5, ADOPTED)) == months(BROUGHT)
    put_back = (5, LessonPutBack(PROJECT, LESSON))
    assert months(BROUGHT, ADOPTED, withdrawn, put_back) == months() != months(BROUGHT)


def test_what_an_older_version_recorded_after_it_was_put_back_counts_nowhere() -> None:
    """Neither then nor where it is brought anew or suggested later. The control: what is said then counts."""
    late = BROUGHT, LessonPutBack(PROJECT, LESSON), ADOPTED, HELPED
    again = LessonsSuggested(PROJECT, 1, "r", "m", 1, 0, (Suggestion(LESSON, 1, 0.5, ()),))
    assert months(*late) == months()
    assert months(*late, BROUGHT) == months(BROUGHT)
    assert months(*late, again) == months(again)
    assert months(*late, BROUGHT, HELPED, ADOPTED, HELPED) == months(BROUGHT, ADOPTED, HELPED)
    assert months(*late, again, ADOPTED) == months(again, ADOPTED) != months(again)


def test_counts_are_added_up_by_month_and_team() -> None:
    """A project counts for the team that it now names; months outside of the question and other teams are left out."""
    moved = ProjectProfileChanged(PROJECT, {"team": "Ferries"})
    other = ProjectRegistered(OTHER, Profile("O", team="Piers"))
    wrong = DiscussionPointRaised(new_id(), OTHER, None, "went_wrong", "It broke.")
    rows = after(REGISTERED, other, WRONG, (2, WRONG), moved, (2, wrong), (3, wrong)).values()
    found = learning.learned(learning.by_team(rows), first="2026-01", last="2026-02")
    assert found.total == {"points": 3}
    assert found.months == {"2026-01": {"points": 1}, "2026-02": {"points": 2}}
    assert found.teams == {"Ferries": {"points": 2}, "Piers": {"points": 1}}
    assert learning.learned(learning.by_team(rows), first="2026-01", last="2026-12", team="Piers").months == {
        "2026-02": {"points": 1},
        "2026-03": {"points": 1},
    }


def test_only_the_types_it_names_are_folded() -> None:
    """Who folds only these types comes to the same rows."""
    events = [REGISTERED, WRONG, FOUND, OFFERED, BROUGHT, ADOPTED, HELPED, LessonPutBack(PROJECT, LESSON)]
    assert all(isinstance(event, learning.FOLDED) for event in events)
    assert len(learning.FOLDED) == 13


@pytest.mark.parametrize("more", [(), (FOUND,), (FOUND, RecurrenceConfirmed(POINT, PROJECT))])
def test_a_point_taken_back_counts_no_more(more: tuple[DomainEvent, ...]) -> None:
    """Nor does what was found of it, in whatever month it is taken back; other kinds never counted, and other points stay."""
    back = PointWithdrawn(POINT, PROJECT, None, "went_wrong", "2026-01-15")
    other = DiscussionPointRaised(new_id(), PROJECT, None, "went_wrong", "It broke too.")
    assert months(WRONG, *more, (3, back)) == {}
    assert months(WRONG, *more, other, (3, back)) == {"2026-01": {"points": 1}}
    idea = PointWithdrawn(new_id(), PROJECT, None, "idea", "2026-01-15")
    assert months(WRONG, (3, idea)) == {"2026-01": {"points": 1}}
