"""Whether a problem that the radar found is the same as before: a person decides, and may decide anew."""

from dataclasses import asdict
from uuid import UUID

from flask import Response, jsonify
from pydantic import BaseModel, Field

from hardwon import handlers
from hardwon.domain.commands import ConfirmRecurrence, RejectRecurrence
from hardwon_api.context import command_request, deps, organisation, recorded
from hardwon_api.documenting import blueprint, needs
from hardwon_api.models import Body, Text
from hardwon_api.recurring import JudgedRecurrence

api = blueprint("commands_recurrences", __name__)


class PointPath(BaseModel):
    """A discussion point's id."""

    point_id: UUID


class Judgement(Body):
    """What a person makes of it."""

    note: Text = Field("", description="why, in your own words")


@api.post("/recurrences/<uuid:point_id>/confirm", responses={200: JudgedRecurrence}, operation_id="confirm_recurrence")
@needs("curate")
def confirm(path: PointPath, body: Judgement) -> Response:
    """Say that it is the same problem again; the latest word counts, and saying the same again changes nothing."""
    return _judge(ConfirmRecurrence(path.point_id, body.note))


@api.post("/recurrences/<uuid:point_id>/reject", responses={200: JudgedRecurrence}, operation_id="reject_recurrence")
@needs("curate")
def reject(path: PointPath, body: Judgement) -> Response:
    """Say that it is another problem: it counts no more as a recurrence. The latest word counts."""
    return _judge(RejectRecurrence(path.point_id, body.note))


def _judge(command: ConfirmRecurrence | RejectRecurrence) -> Response:
    """Answer with what now holds; for a request sent again, with what held when the first one was recorded."""
    stored = handlers.judge_recurrence(deps().log, organisation(), command, command_request())
    if stored:
        recorded(stored.position)
    known, last = handlers.current_recurrence(deps().log, organisation(), command.point_id, until=stored)
    answer = JudgedRecurrence(**asdict(known), position=last.position, version=last.version)
    response = jsonify(answer.model_dump(mode="json"))
    response.headers["ETag"] = f'"{last.version}"'
    return response
