"""``?as_of=``: from a day or a log position to the read models as they then were."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

from flask import g
from pydantic import TypeAdapter, ValidationError

from hardwon.domain.errors import Invalid
from hardwon.log import wire
from hardwon.projections import as_of
from hardwon.projections.as_of import Past
from hardwon_api.context import deps, organisation
from hardwon_api.models import Moment
from hardwon_api.problems import Refusal

_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


@contextmanager
def past(said: str) -> Iterator[Past]:
    """Open the read models as they were; the answer's headers say at which position, and when that was recorded."""
    with deps().pool.connection() as connection:
        head = deps().log.head(organisation()).position
        if said.isdecimal() and said.isascii():
            position = int(said)
            if not 1 <= position <= head:
                raise Invalid(f"The log ends at position {head}, so there is no position {said}.", field="/as_of")
        else:
            position = as_of.position_at(connection, organisation(), _moment(said))
        recorded = as_of.recorded_at(connection, organisation(), position)
        g.position, g.as_of = position, wire.timestamp(recorded) if recorded else said
        yield Past(connection, organisation(), position)


def not_yet(kind: str, id_: UUID) -> Refusal:
    """Return what to say of a thing that did not exist then."""
    return Refusal(404, "not-found", f"There was no {kind} {id_} in this organisation yet at position {g.position}.")


def _moment(said: str) -> datetime:
    try:
        at = _MOMENT.validate_python(said.replace(" ", "+"))  # a plus sign in an address comes as a space
    except ValidationError:
        raise Invalid(
            "This is neither a log position nor an RFC 3339 time with its offset, as 2026-11-23T16:00:00Z.",
            field="/as_of",
        ) from None
    if at > datetime.now(UTC):
        raise Invalid("This lies in the future, which nobody knows.", field="/as_of")
    return at
