"""Which points of a board are one's own: those under one's name, and those that this browser raised without one.

What is raised without a name leads back to nobody in Hardwon. Only the browser keeps which ones were its own, in the cookie of its forms,
until somebody signs out or in.
"""

from uuid import UUID

from flask import session

from hardwon_api.boards import Board, BoardPoint
from hardwon_api.context import principal

_KEPT = "raised"
_MOST = 30
"""So many of the newest are kept: a cookie holds 4 KB."""


def keep(point_id: UUID) -> None:
    """Let this browser know that it raised the point."""
    session[_KEPT] = [*session.get(_KEPT, ()), point_id.hex][-_MOST:]


def kept(point_id: UUID) -> bool:
    """Tell whether this browser raised the point without a name."""
    return point_id.hex in session.get(_KEPT, ())


def changeable(board: Board) -> set[UUID]:
    """Return the points that whoever looks may say otherwise or take back."""
    if board.closed_at or "write" not in principal().scopes:
        return set()
    return {each.id for each in board.points if not each.lessons and _may_change(each)}


def _may_change(point: BoardPoint) -> bool:
    under_my_name = point.raised_by is not None and point.raised_by.id == principal().member_id
    return under_my_name or kept(point.id) or "curate" in principal().scopes
