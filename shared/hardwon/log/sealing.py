"""Sealing: new events become stored ones. The rules of an append that both logs share, with no database in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from hardwon.domain.errors import Conflict, EventIdReused, Invalid, LogBroken, StreamConflict
from hardwon.log import personal, wire
from hardwon.log.personal import NO_KEYS, Keys, Of
from hardwon.log.wire import NewEvent, StoredEvent

_ERASED = "The words of member {person} were erased: nothing more can be recorded in this member's name."


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


def seal(  # noqa: PLR0913 - all that an append goes by
    organisation_id: UUID,
    events: Sequence[NewEvent],
    *,
    known: Mapping[UUID, StoredEvent],
    versions: Mapping[str, int],
    expected: Mapping[str, int],
    head: Head,
    now: datetime,
    keys: Keys = NO_KEYS,
) -> list[StoredEvent]:
    """Return the stored form of ``events``, in their order.

    ``known`` holds the events already stored under one of the ids: an equal payload is answered with the stored event, so that a
    retry reads as its first try did. ``versions`` are the streams' versions now (absent: 0), ``expected`` what the writer decided on.
    ``keys`` are those of ``writers`` and of all whose words are carried over.

    Raises:
        EventIdReused: an id is stored with another payload.
        Conflict: a member's words are to be recorded who was erased.
        StreamConflict: something is new, and a stream is not where the writer saw it.

    """
    for new in events:
        stored = known.get(new.event_id)
        if stored and not _is_retry(stored, new):
            raise EventIdReused(new.event_id)
    if len(known) < len(events):
        for stream, version in expected.items():
            if versions.get(stream, 0) != version:
                raise StreamConflict(stream, expected=version, actual=versions.get(stream, 0))
    sealed, current, reached = [], head, dict(versions)
    for new in events:
        if new.event_id in known:
            sealed.append(known[new.event_id])
            continue
        _need_key(new, keys)
        reached[new.stream] = reached.get(new.stream, 0) + 1
        stored = _stored(organisation_id, new, current, reached[new.stream], now, keys)
        current = Head(stored.position, stored.hash)
        sealed.append(stored)
    return sealed


def writers(events: Iterable[NewEvent]) -> set[UUID]:
    """Return everybody whose words are recorded: they need keys."""
    return {person for new in events for person in new.words.values()}


def ballot(keys: Keys, organisation_id: UUID, person_id: UUID, retrospective_id: UUID) -> str:
    """Return the member's name on votes. Every member's name and address were sealed, so a key that is not there was destroyed."""
    if person_id not in keys:
        raise Conflict(_ERASED.format(person=person_id))
    return keys[person_id].ballot(organisation_id, retrospective_id)


def _is_retry(stored: StoredEvent, new: NewEvent) -> bool:
    """Tell a retry from a reused id.

    Once a key is gone nobody can tell what the text was. The id must do then: whoever brings an old collection again is answered with what
    there is, and neither refused for ever nor able to bring erased words back.
    """
    words = personal.words(stored.data) if stored.words_of else {}
    if stored.words_of <= stored.keys.keys():
        return stored.payload_digest == wire.payload_digest(stored.organisation_id, new, words, stored.keys)
    return (stored.stream, stored.type) == (new.stream, wire.type_of(new.event))


def _need_key(new: NewEvent, keys: Keys) -> None:
    person = new.metadata.person_id
    if person not in keys and person in new.words.values():
        raise Conflict(_ERASED.format(person=person))


def _stored(organisation_id: UUID, new: NewEvent, head: Head, version: int, now: datetime, keys: Keys) -> StoredEvent:
    type_, schema_version, data = wire.encode(new.event)
    metadata, words = new.metadata.as_json(), new.words
    if words:
        data = personal.seal(Of(organisation_id, new.event_id), data, words, keys)
        # So that all keys of a batch can be asked for at once, and all words of one person be found.
        owners = sorted({str(person) for person in personal.words(data).values()})
        metadata |= {"words_of": owners} if owners else {}
    unsealed = StoredEvent(
        organisation_id=organisation_id,
        position=head.position + 1,
        stream=new.stream,
        version=version,
        event_id=new.event_id,
        type=type_,
        schema_version=schema_version,
        data=data,
        metadata=metadata,
        payload_digest=wire.payload_digest(organisation_id, new, words, keys),
        occurred_at=new.occurred_at or now,
        recorded_at=now,
        hash=b"",
        keys=keys,
    )
    return replace(unsealed, hash=wire.chain_hash(head.hash, unsealed))


def check_gapless(after: int, page: Sequence[StoredEvent]) -> None:
    """Refuse a page with a hole: a reader that went on would skip an event for ever."""
    for offset, stored in enumerate(page, start=1):
        if stored.position != after + offset:
            raise LogBroken(f"Position {after + offset} of the log of {stored.organisation_id} is missing.")
