"""Feedback: what a project says of a lesson that it was offered, and later whether an adopted one helped. The latest word counts.

It lasts as long as the lesson stands there: with one that is put back all that was said of it ends. One that is brought begins without an
answer: older versions could record one in the very moment after the putting back.
"""

from dataclasses import dataclass, replace
from uuid import UUID

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
from hardwon.domain.values import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the project now says of the lesson."""

    verdict: Verdict
    note: str = ""
    outcome: Outcome | None = None
    outcome_note: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A lesson that stands before the project, suggested or brought, and what the project now says of it."""

    said: Feedback | None = None


def stream(project_id: UUID, lesson_id: UUID) -> str:
    return f"feedback:{project_id}:{lesson_id}"


def give(command: GiveFeedback, said: Feedback | None) -> list[DomainEvent]:
    """Decide on what differs: saying the same again is no event."""
    if said and (said.verdict, said.note) == (command.verdict, command.note):
        return []
    return [FeedbackGiven(command.project_id, command.lesson_id, command.verdict, command.note)]


def withdraw(command: WithdrawFeedback, said: Feedback | None) -> list[DomainEvent]:
    """Decide that nothing is said any more, the outcome neither; where nothing was said, nothing happens."""
    return [FeedbackWithdrawn(command.project_id, command.lesson_id)] if said else []


def report_outcome(command: ReportOutcome, said: Feedback | None) -> list[DomainEvent]:
    """Decide on what differs; only what was adopted can have helped or not."""
    if said is None:
        raise Conflict(
            "The project has given no feedback on lesson %(id)s, so there is no outcome to report: give the verdict adopted first.",
            id=command.lesson_id,
        )
    if said.verdict != "adopted":
        raise Conflict(
            "The project has not adopted lesson %(id)s (its verdict is %(verdict)s), so there is no outcome to report: "
            "give the verdict adopted first.",
            id=command.lesson_id,
            verdict=said.verdict,
        )
    if (said.outcome, said.outcome_note) == (command.outcome, command.note):
        return []
    return [OutcomeReported(command.project_id, command.lesson_id, command.outcome, command.note)]


def evolve(said: Feedback | None, event: DomainEvent) -> Feedback | None:
    match event:
        case FeedbackGiven(verdict="adopted") if said and said.verdict == "adopted":
            return replace(said, note=event.note)  # still adopted: what came of it stays true
        case FeedbackGiven():
            return Feedback(event.verdict, event.note)
        case FeedbackWithdrawn() | LessonPutBack() | LessonBrought():
            return None
        case OutcomeReported() if said:
            return replace(said, outcome=event.outcome, outcome_note=event.note)
        case _:
            return said


def stands(lesson_id: UUID, standing: Standing | None, event: DomainEvent) -> Standing | None:
    """Return how the lesson stands after an event of the project's suggestions, or of what was said of it; None where it does not."""
    match event:
        case LessonsSuggested() if any(each.lesson_id == lesson_id for each in event.suggestions):
            return standing or Standing()
        case LessonBrought() if event.lesson_id == lesson_id:
            return standing or Standing()
        case LessonPutBack() if event.lesson_id == lesson_id:
            return None
        case FeedbackGiven() | FeedbackWithdrawn() | OutcomeReported() if standing:
            return Standing(evolve(standing.said, event))
        case _:
            return standing
