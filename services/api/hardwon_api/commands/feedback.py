"""What a project says of a lesson that it was suggested or somebody brought to it, and whether an adopted one helped."""

from dataclasses import asdict

from flask import Response, jsonify
from pydantic import Field

from hardwon import handlers
from hardwon.domain.commands import GiveFeedback, ReportOutcome, WithdrawFeedback
from hardwon.domain.values import Outcome, Verdict
from hardwon.log.wire import StoredEvent
from hardwon_api.context import command_request, deps, organisation, recorded
from hardwon_api.documenting import blueprint, needs
from hardwon_api.models import Body, Text
from hardwon_api.parameters import LessonPath, ProjectPath
from hardwon_api.suggesting import GivenFeedback

api = blueprint("commands_feedback", __name__)
SUGGESTION = "/projects/<uuid:project_id>/recommendations/<uuid:lesson_id>"


class SuggestionPath(ProjectPath, LessonPath):
    """A project, and a lesson for it."""


class NewFeedback(Body):
    """What the project says of the lesson."""

    verdict: Verdict
    note: Text = Field("", description="why, in your own words")


class NewOutcome(Body):
    """Whether the adopted lesson helped."""

    outcome: Outcome
    note: Text = Field("", description="what came of it, in your own words")


@api.post(f"{SUGGESTION}/feedback", responses={200: GivenFeedback}, operation_id="give_feedback")
@needs("write")
def give(path: SuggestionPath, body: NewFeedback) -> Response:
    """Say what you make of a suggested or brought lesson, or say something else than before: the latest word counts.

    Saying the same again changes nothing. A verdict other than `adopted` takes an outcome reported before with it.
    """
    command = GiveFeedback(path.project_id, path.lesson_id, body.verdict, body.note)
    return _told(path, handlers.give_feedback(deps().log, organisation(), command, command_request()))


@api.delete(f"{SUGGESTION}/feedback", responses={204: None}, operation_id="withdraw_feedback")
@needs("write")
def withdraw(path: SuggestionPath) -> tuple[str, int]:
    """Take back what you said of a suggested lesson, its outcome too; where nothing was said, nothing changes."""
    command = WithdrawFeedback(path.project_id, path.lesson_id)
    stored = handlers.withdraw_feedback(deps().log, organisation(), command, command_request())
    if stored:
        recorded(stored.position)
    return "", 204


@api.post(f"{SUGGESTION}/outcome", responses={200: GivenFeedback}, operation_id="report_outcome")
@needs("write")
def report_outcome(path: SuggestionPath, body: NewOutcome) -> Response:
    """Report whether a lesson that you adopted helped; the latest word counts, and saying the same again changes nothing."""
    command = ReportOutcome(path.project_id, path.lesson_id, body.outcome, body.note)
    return _told(path, handlers.report_outcome(deps().log, organisation(), command, command_request()))


def _told(path: SuggestionPath, stored: StoredEvent | None) -> Response:
    """Answer with what the project now says; for a request sent again, with what it said when the first one was recorded."""
    if stored:
        recorded(stored.position)
    ids = path.model_dump()
    said, last = handlers.current_feedback(deps().log, organisation(), **ids, until=stored)
    answer = GivenFeedback(**ids, **asdict(said), at=last.occurred_at, position=last.position)
    return jsonify(answer.model_dump(mode="json"))
