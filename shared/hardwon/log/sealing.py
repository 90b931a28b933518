"""Sealing: new events become stored ones. The rules of an append that both logs share, with no database in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from hardwon.domain.errors import EventIdReused, Invalid, LogBroken, StreamConflict
from hardwon.log import wire
from hardwon.log.wire import NewEvent, StoredEvent


@dataclass(frozen=True, slots=True)
class Head:
    """Where an organisation's log ends: its last position (0 when empty) and the hash of that event."""

    position: int = 0
    hash: bytes = wire.GENESIS


def refuse_repeated_ids(events: Sequence[NewEvent]) -> None:
    seen: set[UUID] = set()
    for index, new in enumerate(events):
        if new.event_id in seen:
            raise Invalid(f"Event id {new.event_id} occurs twice in this batch.", field=f"/{index}/id")
        seen.add(new.event_id)


def seal(
    organisation_id: UUID,
    events: Sequence[NewEvent],
    *,
    known: Mapping[UUID, StoredEvent],
    versions: Mapping[str, int],
    expected: Mapping[str, int],
    head: Head,
    now: datetime,
) -> list[StoredEvent]:
    """Return the stored form of ``events``, in their order.

    ``known`` holds the events already stored under one of the ids: an equal payload is answered with the stored event, so that a
    retry reads as its first try did. ``versions`` are the streams' versions now (absent: 0), ``expected`` what the writer decided on.

    Raises:
        EventIdReused: an id is stored with another payload.
        StreamConflict: something is new, and a stream is not where the writer saw it.

    """
    digests = {new.event_id: wire.payload_digest(new) for new in events}
    for event_id, stored in known.items():
        if stored.payload_digest != digests[event_id]:
            raise EventIdReused(event_id)
    if len(known) < len(events):
        for stream, version in expected.items():
            if versions.get(stream, 0) != version:
                raise StreamConflict(stream, expected=version, actual=versions.get(stream, 0))
    sealed, current, reached = [], head, dict(versions)
    for new in events:
        if new.event_id in known:
            sealed.append(known[new.event_id])
            continue
        reached[new.stream] = reached.get(new.stream, 0) + 1
        stored = _stored(organisation_id, new, digests[new.event_id], current, reached[new.stream], now)
        current = Head(stored.position, stored.hash)
        sealed.append(stored)
    return sealed


def _stored(
    organisation_id: UUID, new: NewEvent, digest: bytes, head: Head, version: int, now: datetime
) -> StoredEvent:
    type_, schema_version, data = wire.encode(new.event)
    unsealed = StoredEvent(
        organisation_id=organisation_id,
        position=head.position + 1,
        stream=new.stream,
        version=version,
        event_id=new.event_id,
        type=type_,
        schema_version=schema_version,
        data=data,
        metadata=new.metadata.as_json(),
        payload_digest=digest,
        occurred_at=new.occurred_at or now,
        recorded_at=now,
        hash=b"",
    )
    return replace(unsealed, hash=wire.chain_hash(head.hash, unsealed))


def check_gapless(after: int, page: Sequence[StoredEvent]) -> None:
    """Refuse a page with a hole: a reader that went on would skip an event for ever."""
    for offset, stored in enumerate(page, start=1):
        if stored.position != after + offset:
            raise LogBroken(f"Position {after + offset} of the log of {stored.organisation_id} is missing.")
