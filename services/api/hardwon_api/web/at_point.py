"""What is asked about one point of a board: in the point's own place on it, or without script on a page of its own."""

from uuid import UUID

from flask import render_template

from hardwon.domain.errors import NotFound
from hardwon_api.boards import Board, BoardPoint
from hardwon_api.queries import retrospectives as boards
from hardwon_api.web.pages import is_part

POINT = "/retrospectives/<uuid:retrospective_id>/points/<uuid:point_id>"


def found(retrospective_id: UUID, point_id: UUID) -> tuple[Board, BoardPoint]:
    """Return the board and the point on it."""
    board = boards.told(retrospective_id, None)
    point = next((each for each in board.points if each.id == point_id), None)
    if point is None:
        raise NotFound("discussion point", point_id)
    return board, point


def asked(what: str, title: str, board: Board, point: BoardPoint, **known: object) -> str:
    """Ask under this title; ``what`` names the template within, and with the point the link that opened it."""
    part = is_part()
    template = "retrospectives/_asked.html" if part else "retrospectives/asked.html"
    return render_template(template, what=what, title=title, board=board, point=point, part=part, **known)
