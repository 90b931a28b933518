"""Read models as they were at an earlier position: folded anew from the log, over those events only that touch the wanted rows.

The log never changes, so a position is a snapshot: whoever asks for the same one is told the same, however far the read models are.
Only the words of a person who was erased since read otherwise.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from hardwon.domain.errors import Invalid
from hardwon.domain.events import DomainEvent
from hardwon.log.wire import Subject
from hardwon.ports import Log
from hardwon.projections.following import Projection, Row, fold


@dataclass(frozen=True, slots=True)
class AsOf:
    """An earlier position of a log, and when the event there was recorded; None at position 0, before all events."""

    position: int
    recorded_at: datetime | None


def resolve(log: Log, organisation_id: UUID, asked: int | datetime) -> AsOf:
    """Return the position asked for, or the last one recorded by the time asked for; refuses what is still to come."""
    if isinstance(asked, datetime):
        found = _at(log, organisation_id, log.position_at(organisation_id, asked))
        # The database's clock may be ahead of this one: a time that an answer told is past all the same.
        if asked > datetime.now(UTC) and asked != found.recorded_at:
            raise Invalid(f"The time {asked.isoformat()} is still to come: ask for one up to now.", field="/as_of")
        return found
    head = log.head(organisation_id).position
    if asked > head:
        raise Invalid(f"The log ends at position {head}, before {asked}: ask for one up to there.", field="/as_of")
    return _at(log, organisation_id, asked)


def _at(log: Log, organisation_id: UUID, position: int) -> AsOf:
    last = log.read(organisation_id, after=position - 1, limit=1) if position else []
    return AsOf(position, last[0].recorded_at if last else None)


def rows(
    log: Log,
    organisation_id: UUID,
    projection: Projection,
    until: int,
    *,
    subject: Subject,
    ids: Collection[UUID],
    types: Collection[type[DomainEvent]],
) -> dict[UUID, Row]:
    """Return the rows of these projects or lessons as the projection held them at position ``until``, as plain JSON.

    ``types`` are the events that the projection folds. It costs the events about those ids.
    """
    found: dict[UUID, Row] = {}
    fold(projection, found, log.read_about(organisation_id, subject, ids, types, until))
    return found


def all_rows(
    log: Log, organisation_id: UUID, projection: Projection, until: int, *, types: Collection[type[DomainEvent]]
) -> dict[UUID, Row]:
    """Return all of an organisation's rows as the projection held them; it costs all events of these types up to there."""
    found: dict[UUID, Row] = {}
    fold(projection, found, log.read_types(organisation_id, types, until))
    return found
