"""Recording what an organisation's ranker learned, and which version of it speaks."""

from uuid import UUID

from hardwon.domain import ranker
from hardwon.domain.commands import RankerCommand
from hardwon.domain.ranker import Ranker
from hardwon.handlers.recording import Request, record, state_of
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log


def current_ranker(log: Log, organisation_id: UUID) -> Ranker:
    return state_of(log.read_stream(organisation_id, ranker.STREAM), ranker.evolve) or Ranker()


def change_ranker(log: Log, organisation_id: UUID, command: RankerCommand, request: Request) -> StoredEvent | None:
    """Return the recorded event; None where it is so already."""
    return record(
        log,
        organisation_id,
        ranker.STREAM,
        ranker.evolve,
        lambda known: ranker.decide(command, known),
        request,
    )
