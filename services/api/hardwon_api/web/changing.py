"""Changing a point on a board: saying it otherwise, or taking it back."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hardwon.domain.commands import PointCommand, RewordPoint, WithdrawPoint
from hardwon_api import own_points
from hardwon_api.boards import Board, BoardPoint
from hardwon_api.commands.points import OtherWords, change
from hardwon_api.context import command_request, nobodys_request
from hardwon_api.documenting import needs
from hardwon_api.queries import retrospectives as boards
from hardwon_api.web import retrospectives
from hardwon_api.web.at_point import POINT, asked, found
from hardwon_api.web.pages import blueprint, is_part, read
from hardwon_api.web.translating import gettext as _

pages = blueprint("changing")
_TOLD = 120
"""So much of what was taken back is said once more."""


@pages.get(f"{POINT}/change")
@needs("write")
def words(retrospective_id: UUID, point_id: UUID) -> str:
    """Ask what the point is to say."""
    board, point = found(retrospective_id, point_id)
    return _words(board, point, point.text, {})


@pages.post(f"{POINT}/change")
@needs("write")
def reword(retrospective_id: UUID, point_id: UUID) -> Response | tuple[str, int, dict[str, str]]:
    """Say the point otherwise."""
    text = request.form.get("words", "")
    form, wrong = read(OtherWords, {"text": text})
    if form is None:
        headers = {"HX-Retarget": f"#slot-{point_id}", "HX-Reswap": "innerHTML"}
        return _words(*found(retrospective_id, point_id), text, wrong), 422, headers
    _change(RewordPoint(point_id, form.text))
    if is_part():
        # The script then closes what was asked.
        return make_response(retrospectives.shown(retrospective_id), {"HX-Trigger-After-Settle": "point-reworded"})
    return redirect(url_for("web_retrospectives.board", retrospective_id=retrospective_id, _anchor=f"point-{point_id}"))


@pages.get(f"{POINT}/take-back")
@needs("write")
def confirm(retrospective_id: UUID, point_id: UUID) -> str:
    """Ask once more: what was taken back is not brought back by a click."""
    return asked("take_back", _("Take this point back?"), *found(retrospective_id, point_id))


@pages.post(f"{POINT}/take-back")
@needs("write")
def withdraw(retrospective_id: UUID, point_id: UUID) -> Response:
    """Take the point back, and say so with what it said: on the board, or on the page that comes next."""
    said = next((each.text for each in boards.told(retrospective_id, None).points if each.id == point_id), "")
    _change(WithdrawPoint(point_id))
    words = said if len(said) <= _TOLD else f"{said[:_TOLD]} …"
    if is_part():
        told = render_template("retrospectives/_taken_back.html", words=words, part=True)
        return make_response(retrospectives.shown(retrospective_id) + told, {"HX-Trigger-After-Settle": "point-gone"})
    flash(words)
    return redirect(url_for("web_retrospectives.board", retrospective_id=retrospective_id))


def _words(board: Board, point: BoardPoint, said: str, wrong: dict[str, str]) -> str:
    return asked("change", _("Change this point"), board, point, said=said, wrong=wrong)


def _change(command: PointCommand) -> None:
    """Change the point, without a name where it was raised without one."""
    change(command, nobodys_request() if own_points.kept(command.point_id) else command_request())
