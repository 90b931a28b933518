"""Organisations: each has one log."""

from uuid import UUID

from hardwon.domain.errors import Invalid
from hardwon.domain.events import OrganisationRegistered
from hardwon.ids import new_id
from hardwon.log.wire import Metadata, NewEvent
from hardwon.ports import Log


def register(log: Log, name: str, actor: str) -> UUID:
    """Open the log of a new organisation and return its id."""
    if not name.strip():
        raise Invalid("An organisation needs a name.", field="/name")
    organisation_id = new_id()
    log.create(organisation_id)
    log.append(
        organisation_id,
        [NewEvent(new_id(), "organisation", OrganisationRegistered(name), Metadata(actor))],
        {"organisation": 0},
    )
    return organisation_id
