"""Recording who belongs to an organisation."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from hardwon.domain import members
from hardwon.domain.commands import MemberCommand
from hardwon.domain.events import DomainEvent, MemberAdded, MemberChanged
from hardwon.domain.members import Members
from hardwon.handlers.recording import Request, record, state_of
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log

_PERSONAL = ("name", "email")


def current_members(log: Log, organisation_id: UUID) -> Members:
    return state_of(log.read_stream(organisation_id, members.STREAM), members.evolve) or {}


def change_members(log: Log, organisation_id: UUID, command: MemberCommand, request: Request) -> StoredEvent | None:
    """Return the recorded event; None where it is so already."""
    return record(
        log,
        organisation_id,
        members.STREAM,
        members.evolve,
        lambda known: members.decide(command, known),
        request,
        carried=_of_the_member,
    )


def _of_the_member(_seen: Sequence[StoredEvent], event: DomainEvent) -> Mapping[str, UUID | None]:
    """Name and address are sealed under the key of the one whom they name, whoever writes them down."""
    match event:
        case MemberAdded():
            return dict.fromkeys(_PERSONAL, event.member_id)
        case MemberChanged():
            return {f"changes/{name}": event.member_id for name in _PERSONAL if name in event.changes}
        case _:
            return {}
