"""Recording what a project says of the lessons that it was offered."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from hardwon.domain import feedback
from hardwon.domain.commands import GiveFeedback, ReportOutcome, WithdrawFeedback
from hardwon.domain.errors import NotFound
from hardwon.domain.events import DomainEvent
from hardwon.domain.feedback import Feedback
from hardwon.handlers.projects import current_project
from hardwon.handlers.recording import Request, record, stood_at
from hardwon.handlers.suggestions import current_suggesting
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log

_Command = GiveFeedback | WithdrawFeedback | ReportOutcome


def give_feedback(log: Log, organisation_id: UUID, command: GiveFeedback, request: Request) -> StoredEvent | None:
    """Return the recorded event; None where the project says the same already."""
    return _record(log, organisation_id, command, partial(feedback.give, command), request)


def withdraw_feedback(
    log: Log, organisation_id: UUID, command: WithdrawFeedback, request: Request
) -> StoredEvent | None:
    """Return the recorded event; None where the project says nothing."""
    return _record(log, organisation_id, command, partial(feedback.withdraw, command), request)


def report_outcome(log: Log, organisation_id: UUID, command: ReportOutcome, request: Request) -> StoredEvent | None:
    """Return the recorded event; None where the project reported the same already."""
    return _record(log, organisation_id, command, partial(feedback.report_outcome, command), request)


def current_feedback(
    log: Log, organisation_id: UUID, project_id: UUID, lesson_id: UUID, *, until: StoredEvent | None
) -> tuple[Feedback, StoredEvent]:
    """Return what the project says of the lesson, now or as of the event ``until``, and the event that it said last."""
    said = stood_at(log, organisation_id, feedback.stream(project_id, lesson_id), feedback.evolve, until)
    if said is None:
        raise NotFound("feedback", lesson_id)
    return said


def _record(
    log: Log,
    organisation_id: UUID,
    command: _Command,
    decide: Callable[[Feedback | None], list[DomainEvent]],
    request: Request,
) -> StoredEvent | None:
    _need_suggestion(log, organisation_id, command.project_id, command.lesson_id)
    stream = feedback.stream(command.project_id, command.lesson_id)
    return record(log, organisation_id, stream, feedback.evolve, decide, request)


def _need_suggestion(log: Log, organisation_id: UUID, project_id: UUID, lesson_id: UUID) -> None:
    current_project(log, organisation_id, project_id)
    known, _ = current_suggesting(log, organisation_id, project_id)
    if lesson_id not in known.offered:
        raise NotFound("recommendation", lesson_id)
