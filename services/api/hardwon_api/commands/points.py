"""Changing a point that was raised: saying it otherwise, or taking it back."""

from uuid import UUID

from flask import Response, jsonify
from pydantic import BaseModel

from hardwon import handlers
from hardwon.domain.commands import PointCommand, RewordPoint, WithdrawPoint
from hardwon.handlers import Request
from hardwon.log.wire import StoredEvent
from hardwon_api.answers import Answer
from hardwon_api.context import command_request, deps, organisation, recorded
from hardwon_api.documenting import blueprint, needs
from hardwon_api.models import Body, Told
from hardwon_api.own_points import may_change
from hardwon_api.problems import Refusal

api = blueprint("commands_points", __name__)
POINT = "/points/<uuid:point_id>"


class PointPath(BaseModel):
    """A discussion point's id."""

    point_id: UUID


class OtherWords(Body):
    """What the point is to say."""

    text: Told


class ChangedPoint(Answer):
    """A point just changed, or already as it was to be."""

    id: UUID
    position: int
    version: int


@api.patch(POINT, responses={200: ChangedPoint}, operation_id="reword_point")
@needs("write")
def reword(path: PointPath, body: OtherWords) -> Response:
    """Say a point otherwise, as long as its meeting is open and no lesson was drawn from it; the same words again change nothing.

    Whoever raised it may, and whoever may `curate`. The log keeps what it said before.
    """
    stored = change(RewordPoint(path.point_id, body.text), command_request())
    last = stored or handlers.last_of_point(deps().log, organisation(), path.point_id)
    answer = ChangedPoint(id=path.point_id, position=last.position, version=last.version)
    response = jsonify(answer.model_dump(mode="json"))
    response.headers["ETag"] = f'"{last.version}"'
    return response


@api.delete(POINT, responses={204: None}, operation_id="withdraw_point")
@needs("write")
def withdraw(path: PointPath) -> tuple[str, int]:
    """Take a point back, with the votes for it; one that was taken back already stays so. It may be done when rewording may.

    It is told, counted and found no more. The log keeps its words until whoever wrote them is erased.
    """
    change(WithdrawPoint(path.point_id), command_request())
    return "", 204


def change(command: PointCommand, request: Request) -> StoredEvent | None:
    """Return the recorded event, if whoever asks may change the point; None where it is already as it was to be.

    Raises:
        Refusal: it is somebody else's.

    """
    raised = handlers.raised_point(deps().log, organisation(), command.point_id)
    if not may_change(raised):
        raise Refusal(403, "forbidden", "Only who raised a point may change it, and who may `curate`.")
    stored = handlers.change_point(deps().log, organisation(), command, request)
    if stored:
        recorded(stored.position)
    return stored
