"""Feedback: what a project says of a lesson that it was offered, and later whether an adopted one helped. The latest word counts."""

from dataclasses import dataclass, replace
from uuid import UUID

from hardwon.domain.commands import GiveFeedback, ReportOutcome, WithdrawFeedback
from hardwon.domain.errors import Conflict
from hardwon.domain.events import DomainEvent, FeedbackGiven, FeedbackWithdrawn, OutcomeReported
from hardwon.domain.values import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the project now says of the lesson."""

    verdict: Verdict
    note: str = ""
    outcome: Outcome | None = None
    outcome_note: str = ""


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
        case FeedbackWithdrawn():
            return None
        case OutcomeReported() if said:
            return replace(said, outcome=event.outcome, outcome_note=event.note)
        case _:
            return said
