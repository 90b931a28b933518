"""What a room does on its retrospective's board: group points, vote, close the meeting."""

from uuid import UUID

from flask import Response, jsonify
from pydantic import Field

from hardwon import handlers
from hardwon.domain.board import VOTES
from hardwon.domain.commands import (
    BoardCommand,
    CastVote,
    CloseRetrospective,
    GroupPoint,
    NameGroup,
    ReopenRetrospective,
    TakeVoteBack,
)
from hardwon.handlers import Request
from hardwon_api.boards import BoardGroupPath, BoardPointPath, ChangedBoard, RetrospectivePath
from hardwon_api.context import (
    command_request,
    deps,
    nobodys_request,
    organisation,
    own_ballot,
    recorded,
)
from hardwon_api.documenting import blueprint, needs
from hardwon_api.models import Body, Id, Name
from hardwon_api.problems import Refusal

api = blueprint("commands_retrospectives", __name__)
BOARD = "/retrospectives/<uuid:retrospective_id>"


class GroupName(Body):
    """What a group is called."""

    name: Name


class Place(Body):
    """Where a point is to stand."""

    under: Id | None = Field(
        description="a group, or a point that says the same; null: by itself. A point that heads others takes them along"
    )


@api.put(f"{BOARD}/groups/<uuid:group_id>", responses={200: ChangedBoard}, operation_id="name_group")
@needs("write")
def name_group(path: BoardGroupPath, body: GroupName) -> Response:
    """Put a heading on the board, under an id that you choose, or call it something else."""
    return _change(NameGroup(path.retrospective_id, path.group_id, body.name), command_request())


@api.put(f"{BOARD}/points/<uuid:point_id>/place", responses={200: ChangedBoard}, operation_id="group_point")
@needs("write")
def group_point(path: BoardPointPath, body: Place) -> Response:
    """Put a point under a group, under another point that says the same, or by itself again."""
    return _change(GroupPoint(path.retrospective_id, path.point_id, body.under), command_request())


@api.put(f"{BOARD}/points/<uuid:point_id>/vote", responses={200: ChangedBoard}, operation_id="cast_vote")
@needs("write")
def cast_vote(path: BoardPointPath) -> Response:
    """Vote for a point. A person can vote for five points of a retrospective; voting again for the same changes nothing.

    Votes are persons': this takes a token on behalf of a member. The log keeps that somebody voted, and not who.
    """
    return _change(CastVote(path.retrospective_id, path.point_id, _ballot(path.retrospective_id)), nobodys_request())


@api.delete(f"{BOARD}/points/<uuid:point_id>/vote", responses={200: ChangedBoard}, operation_id="take_vote_back")
@needs("write")
def take_vote_back(path: BoardPointPath) -> Response:
    """Take your vote for a point back; where there is none, nothing changes."""
    return _change(
        TakeVoteBack(path.retrospective_id, path.point_id, _ballot(path.retrospective_id)), nobodys_request()
    )


@api.post(f"{BOARD}/close", responses={200: ChangedBoard}, operation_id="close_retrospective")
@needs("write")
def close(path: RetrospectivePath) -> Response:
    """Close the retrospective: its board stays as it is. Lessons can still be drawn from its points."""
    return _change(CloseRetrospective(path.retrospective_id), command_request())


@api.post(f"{BOARD}/reopen", responses={200: ChangedBoard}, operation_id="reopen_retrospective")
@needs("write")
def reopen(path: RetrospectivePath) -> Response:
    """Open a closed meeting again."""
    return _change(ReopenRetrospective(path.retrospective_id), command_request())


def _ballot(retrospective_id: UUID) -> str:
    ballot = own_ballot(retrospective_id)
    if ballot is None:
        raise Refusal(403, "forbidden", "Votes are persons': ask with a token on behalf of a member.")
    return ballot


def _change(command: BoardCommand, request: Request) -> Response:
    stored = handlers.change_board(deps().log, organisation(), command, request)
    if stored:
        recorded(stored.position)
    board, history = handlers.current_board(deps().log, organisation(), command.retrospective_id)
    last, ballot = stored or history[-1], own_ballot(command.retrospective_id)
    left = None if ballot is None else VOTES - len(board.voted(ballot))
    answer = ChangedBoard(id=command.retrospective_id, position=last.position, version=last.version, votes_left=left)
    response = jsonify(answer.model_dump(mode="json"))
    response.headers["ETag"] = f'"{last.version}"'
    return response
