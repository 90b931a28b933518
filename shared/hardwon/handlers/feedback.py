"""Recording what a project says of the lessons that it was offered."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from hardwon.domain import feedback, suggesting
from hardwon.domain.commands import GiveFeedback, ReportOutcome, WithdrawFeedback
from hardwon.domain.errors import NotFound
from hardwon.domain.events import DomainEvent
from hardwon.domain.feedback import Feedback, Standing
from hardwon.handlers.projects import current_project
from hardwon.handlers.recording import Request, in_order, record, state_of
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
    told = _told(log, organisation_id, project_id, lesson_id, until.position if until else None)
    standing = state_of(told, partial(feedback.stands, lesson_id))
    if standing is None or standing.said is None:
        raise NotFound("feedback", lesson_id)
    said = feedback.stream(project_id, lesson_id)
    return standing.said, next(each for each in reversed(told) if each.stream == said)


def standing_at(
    log: Log, organisation_id: UUID, project_id: UUID, lesson_id: UUID, position: int | None
) -> Standing | None:
    """Return how the lesson stands before the project, now or as of a log position; None where it does not."""
    told = _told(log, organisation_id, project_id, lesson_id, position)
    return state_of(told, partial(feedback.stands, lesson_id))


def _told(
    log: Log, organisation_id: UUID, project_id: UUID, lesson_id: UUID, position: int | None
) -> list[StoredEvent]:
    """Return what was said of the lesson and what was suggested to the project, in the log's order, now or as of a position."""
    streams = feedback.stream(project_id, lesson_id), suggesting.stream(project_id)
    return in_order(*(log.read_stream(organisation_id, each) for each in streams), until=position)


def _record(
    log: Log,
    organisation_id: UUID,
    command: _Command,
    decide: Callable[[Feedback | None], list[DomainEvent]],
    request: Request,
) -> StoredEvent | None:
    current_project(log, organisation_id, command.project_id)

    def decide_where_it_stands(standing: Standing | None) -> list[DomainEvent]:
        if standing is None:
            raise NotFound("recommendation", command.lesson_id)
        return decide(standing.said)

    return record(
        log,
        organisation_id,
        feedback.stream(command.project_id, command.lesson_id),
        partial(feedback.stands, command.lesson_id),
        decide_where_it_stands,
        request,
        beside=[suggesting.stream(command.project_id)],
    )
