"""What a project may say of a lesson that it was offered, as given / when / then."""

from datetime import UTC, datetime
from functools import partial, reduce
from uuid import UUID

import pytest

from hardwon.domain import feedback, suggesting
from hardwon.domain.commands import GiveFeedback, ReportOutcome, WithdrawFeedback
from hardwon.domain.errors import Conflict
from hardwon.domain.events import (
    DomainEvent,
    FeedbackGiven,
    FeedbackWithdrawn,
    LessonBrought,
    LessonPutBack,
    LessonsSuggested,
    OutcomeReported,
)
from hardwon.domain.feedback import Feedback, Standing
from hardwon.domain.values import Suggestion, Verdict

PROJECT, LESSON, OTHER = (UUID(int=n) for n in range(1, 4))
ADOPTED = FeedbackGiven(PROJECT, LESSON, "adopted", "We ordered early.")
HELPED = OutcomeReported(PROJECT, LESSON, "helped", "All came in time.")
WITHDRAWN = FeedbackWithdrawn(PROJECT, LESSON)
GIVE = GiveFeedback(PROJECT, LESSON, "adopted", "We ordered early.")
REPORT = ReportOutcome(PROJECT, LESSON, "helped", "All came in time.")
WITHDRAW = WithdrawFeedback(PROJECT, LESSON)


def after(*events: DomainEvent) -> Feedback | None:
    nothing: Feedback | None = None
    return reduce(feedback.evolve, events, nothing)


def test_a_project_says_what_it_makes_of_a_lesson() -> None:
    """Given nothing, when feedback is given, then that is what happened; saying the same again is no event."""
    assert feedback.give(GIVE, after()) == [ADOPTED]
    assert feedback.give(GIVE, after(ADOPTED)) == []


def test_feedback_can_be_changed() -> None:
    """Given a verdict, when another one or another note is given, then that one counts."""
    helpful = FeedbackGiven(PROJECT, LESSON, "helpful", "We ordered early.")
    assert feedback.give(GiveFeedback(PROJECT, LESSON, "helpful", "We ordered early."), after(ADOPTED)) == [helpful]
    assert feedback.give(GiveFeedback(PROJECT, LESSON, "adopted", ""), after(ADOPTED)) != []
    assert after(ADOPTED, helpful) == Feedback("helpful", "We ordered early.")


def test_feedback_can_be_withdrawn() -> None:
    """Given feedback, when it is withdrawn, then nothing is left of it; withdrawing nothing is no event."""
    assert feedback.withdraw(WITHDRAW, after(ADOPTED)) == [WITHDRAWN]
    assert feedback.withdraw(WITHDRAW, after()) == feedback.withdraw(WITHDRAW, after(ADOPTED, WITHDRAWN)) == []
    assert feedback.give(GIVE, after(ADOPTED, WITHDRAWN)) == [ADOPTED]


def test_it_ends_with_a_lesson_that_is_put_back() -> None:
    """Given an answer and its outcome, when the lesson is put back, then nothing is said of it. The control: another one's ends nothing."""
    offer = LessonsSuggested(PROJECT, 1, "r", "m", 1, 0, (Suggestion(LESSON, 1, 0.5, ()),))

    def standing(*events: DomainEvent) -> Standing | None:
        nothing: Standing | None = None
        return reduce(partial(feedback.stands, LESSON), events, nothing)

    brought, put_back = LessonBrought(PROJECT, LESSON), LessonPutBack(PROJECT, LESSON)
    assert standing(ADOPTED) is None
    assert standing(brought, ADOPTED, HELPED) == standing(offer, ADOPTED, HELPED) == Standing(after(ADOPTED, HELPED))
    assert standing(brought, ADOPTED, HELPED, put_back) is standing(brought, put_back, ADOPTED) is None
    assert standing(brought, ADOPTED, put_back, brought) == Standing() == Standing(after(ADOPTED, put_back))
    assert standing(brought, put_back, ADOPTED, brought) == Standing() == Standing(after(ADOPTED, brought))
    assert standing(brought, ADOPTED, LessonPutBack(PROJECT, OTHER)) == Standing(after(ADOPTED))


def test_what_was_adopted_has_an_outcome() -> None:
    """Given an adopted lesson, when its outcome is reported, then it is recorded, once, and may change."""
    assert feedback.report_outcome(REPORT, after(ADOPTED)) == [HELPED]
    assert feedback.report_outcome(REPORT, after(ADOPTED, HELPED)) == []
    worse = ReportOutcome(PROJECT, LESSON, "did_not_help", "")
    assert feedback.report_outcome(worse, after(ADOPTED, HELPED)) == [
        OutcomeReported(PROJECT, LESSON, "did_not_help", "")
    ]


@pytest.mark.parametrize("verdict", ["helpful", "already_known", "not_relevant"])
def test_only_what_was_adopted_has_an_outcome(verdict: Verdict) -> None:
    """Given another verdict, or none, or a withdrawn one, an outcome is refused, and the refusal says why."""
    with pytest.raises(Conflict, match=f"verdict is {verdict}"):
        feedback.report_outcome(REPORT, after(FeedbackGiven(PROJECT, LESSON, verdict)))
    for nothing in (after(), after(ADOPTED, WITHDRAWN)):
        with pytest.raises(Conflict, match="given no feedback"):
            feedback.report_outcome(REPORT, nothing)


def test_an_outcome_goes_with_its_adoption() -> None:
    """Another note leaves the outcome; a verdict away from adopted and back, or a withdrawal, drops it."""
    helpful, noted = FeedbackGiven(PROJECT, LESSON, "helpful"), FeedbackGiven(PROJECT, LESSON, "adopted", "Still.")
    assert after(ADOPTED, HELPED, noted) == Feedback("adopted", "Still.", "helped", "All came in time.")
    assert after(ADOPTED, HELPED, helpful, noted) == Feedback("adopted", "Still.")
    assert after(ADOPTED, HELPED, WITHDRAWN, noted) == Feedback("adopted", "Still.")


def test_a_project_knows_all_that_it_was_offered() -> None:
    """Given two lists of suggestions, then the lessons of both were offered."""
    lists = [
        LessonsSuggested(PROJECT, 1, "r", "m", 1, 0, (Suggestion(lesson, 1, 0.5, ()),)) for lesson in (LESSON, OTHER)
    ]
    now = datetime.now(UTC)
    known = reduce(lambda state, event: suggesting.evolve(state, event, now), lists, suggesting.Suggesting())
    assert known.offered == {LESSON, OTHER}
