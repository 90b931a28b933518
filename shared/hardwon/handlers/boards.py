"""What is done on a retrospective's board while the meeting is on."""

from uuid import UUID

from hardwon.domain import board
from hardwon.domain.board import Board
from hardwon.domain.commands import BoardCommand
from hardwon.domain.errors import NotFound
from hardwon.handlers.recording import Request, record, state_of
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log


def change_board(log: Log, organisation_id: UUID, command: BoardCommand, request: Request) -> StoredEvent | None:
    """Return the recorded event; None where the board already is as the command wants it.

    Raises:
        NotFound: no such retrospective, or no such point on its board.
        Invalid, Conflict: see ``hardwon.domain.board``.

    """
    stream = board.stream(command.retrospective_id)
    return record(log, organisation_id, stream, board.evolve, lambda state: board.decide(command, state), request)


def current_board(
    log: Log, organisation_id: UUID, retrospective_id: UUID, *, until: int | None = None
) -> tuple[Board, list[StoredEvent]]:
    """Return a board as the log now tells it, or told it up to position ``until``, and the events that tell it."""
    history = log.read_stream(organisation_id, board.stream(retrospective_id))
    told = [stored for stored in history if until is None or stored.position <= until]
    known = state_of(told, board.evolve)
    if known is None:
        raise NotFound("retrospective", retrospective_id, as_of=until if history else None)
    return known, told
