"""How a board is laid out: named groups, and the points that stand by themselves in a column for each kind."""

from typing import NamedTuple, get_args

from hardwon.domain.values import PointKind
from hardwon_api.boards import Board, BoardGroup, BoardPoint

KINDS: tuple[PointKind, ...] = get_args(PointKind)


class Pile(NamedTuple):
    """Points that belong together: those of a group, or one and what stands under it."""

    points: list[BoardPoint]
    group: BoardGroup | None = None

    @property
    def votes(self) -> int:
        return sum(each.votes for each in self.points)


class Piles(NamedTuple):
    """The whole board."""

    groups: list[Pile]
    columns: dict[PointKind, list[Pile]]


def piles(board: Board) -> Piles:
    """Lay the board out in the order in which things came to it; once it is closed, the piles with most votes first."""
    groups = [Pile([each for each in board.points if each.under == group.id], group) for group in board.groups]
    alone = [
        Pile([head, *(each for each in board.points if each.under == head.id)])
        for head in board.points
        if head.under is None
    ]
    if board.closed_at:  # while a room votes nothing moves
        groups.sort(key=lambda pile: -pile.votes)
        alone.sort(key=lambda pile: -pile.votes)
    return Piles(groups, {kind: [pile for pile in alone if pile.points[0].kind == kind] for kind in KINDS})
