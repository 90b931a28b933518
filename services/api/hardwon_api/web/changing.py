"""Changing a point on a board: saying it otherwise, or taking it back."""

from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hardwon.domain.commands import PointCommand, RewordPoint, WithdrawPoint
from hardwon.domain.errors import NotFound
from hardwon_api.boards import Board, BoardPoint
from hardwon_api.commands.points import OtherWords, change
from hardwon_api.context import command_request, nobodys_request
from hardwon_api.documenting import needs
from hardwon_api.queries import retrospectives as boards
from hardwon_api.web import own_points, retrospectives
from hardwon_api.web.pages import blueprint, is_part, read

pages = blueprint("changing")
POINT = "/retrospectives/<uuid:retrospective_id>/points/<uuid:point_id>"


@pages.get(f"{POINT}/change")
@needs("write")
def words(retrospective_id: UUID, point_id: UUID) -> str:
    """Ask what the point is to say."""
    board, point = _found(retrospective_id, point_id)
    return _asked("change", board, point, said=point.text, wrong={})


@pages.post(f"{POINT}/change")
@needs("write")
def reword(retrospective_id: UUID, point_id: UUID) -> Response | tuple[str, int, dict[str, str]]:
    """Say the point otherwise."""
    text = request.form.get("words", "")
    form, wrong = read(OtherWords, {"text": text})
    if form is None:
        asked = _asked("change", *_found(retrospective_id, point_id), said=text, wrong=wrong)
        return asked, 422, {"HX-Retarget": "#panel", "HX-Reswap": "innerHTML"}
    return _changed(RewordPoint(point_id, form.text), retrospective_id)


@pages.get(f"{POINT}/take-back")
@needs("write")
def confirm(retrospective_id: UUID, point_id: UUID) -> str:
    """Ask once more: what was taken back is not brought back by a click."""
    return _asked("take_back", *_found(retrospective_id, point_id))


@pages.post(f"{POINT}/take-back")
@needs("write")
def withdraw(retrospective_id: UUID, point_id: UUID) -> Response:
    """Take the point back."""
    return _changed(WithdrawPoint(point_id), retrospective_id)


def _found(retrospective_id: UUID, point_id: UUID) -> tuple[Board, BoardPoint]:
    board = boards.told(retrospective_id, None)
    point = next((each for each in board.points if each.id == point_id), None)
    if point is None:
        raise NotFound("discussion point", point_id)
    return board, point


def _asked(what: str, board: Board, point: BoardPoint, **known: object) -> str:
    part = is_part()
    template = f"retrospectives/{'_' if part else ''}{what}.html"
    return render_template(template, board=board, point=point, part=part, **known)


def _changed(command: PointCommand, retrospective_id: UUID) -> Response:
    """Change the point, without a name where it was raised without one, and show the board."""
    nobodys = own_points.kept(command.point_id)
    change(command, nobodys_request() if nobodys else command_request(), own=nobodys)
    if is_part():
        # The script then clears the panel in which it was asked.
        return make_response(retrospectives.shown(retrospective_id), {"HX-Trigger-After-Settle": "point-changed"})
    anchor = f"point-{command.point_id}"
    return redirect(url_for("web_retrospectives.board", retrospective_id=retrospective_id, _anchor=anchor))
