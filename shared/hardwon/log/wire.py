"""The form of events: domain event <-> plain JSON, lifted to its latest version; digests; CloudEvents.

Shipped forms stay readable for ever: an old version is lifted by the pure functions in ``UPCASTERS``, and tests/contract/golden/
holds one file for each type and version ever written.
"""

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any, Literal, get_args
from uuid import UUID

from pydantic import TypeAdapter

from hardwon.domain.errors import Invalid, WrittenByNewer
from hardwon.domain.events import DomainEvent
from hardwon.domain.own_words import OWN_WORDS
from hardwon.log import personal
from hardwon.log.personal import Json, Keys, Of

Subject = Literal["project", "lesson", "point"]
"""What an event can be about: it names it in its field ``project_id``, ``lesson_id`` or ``point_id``."""

SCHEMA_VERSIONS: Mapping[str, int] = {}
"""Event type -> the version written today, where it is not 1."""

UPCASTERS: Mapping[tuple[str, int], Callable[[Json], Json]] = {}
"""(event type, version) -> pure function that lifts the data of that version to the next one."""

CLOUDEVENT_TYPE_PREFIX = "org.hardwon."
GENESIS = bytes(32)
"""The hash before the first event."""

# Beyond this, a float and PostgreSQL's jsonb print differently, and the hash chain would not survive a round trip.
_LARGEST_FLOAT = 1e15


@dataclass(frozen=True, slots=True)
class Sought:
    """Which events are looked for; what is left out is not asked for."""

    actor: str | None = None
    types: frozenset[str] = frozenset()
    """Any of these, by name."""
    project_id: UUID | None = None
    """Named by the event itself."""
    after: int = 0
    """Behind this position."""

    def holds(self, stored: "StoredEvent") -> bool:
        """Tell whether this event is looked for."""
        return (
            stored.position > self.after
            and self.actor in (None, stored.metadata["actor"])
            and (not self.types or stored.type in self.types)
            and (self.project_id is None or stored.data.get("project_id") == str(self.project_id))
        )


EVERYTHING = Sought()


@dataclass(frozen=True, slots=True)
class Metadata:
    """Who asked, and within what."""

    actor: str
    """A token's or service's name; never a person's."""
    correlation_id: str = ""
    """The same for everything that one request set off."""
    causation_id: UUID | None = None
    """The event that led to this one."""
    person_id: UUID | None = None
    """The member on whose behalf it is recorded, whose own words in it are sealed; None: nobody's, as with a service's token."""

    def as_json(self) -> Json:
        return {
            "actor": self.actor,
            "correlation_id": self.correlation_id,
            "causation_id": str(self.causation_id) if self.causation_id else None,
        } | ({"person_id": str(self.person_id)} if self.person_id else {})


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to append."""

    event_id: UUID
    stream: str
    event: DomainEvent
    metadata: Metadata
    occurred_at: datetime | None = None
    """None: when it is recorded."""
    words_of: Mapping[str, UUID | None] = field(default_factory=dict)
    """Place in the data -> whose words stand there, where they are not those of the member who asks; None: nobody's."""

    @property
    def words(self) -> personal.Words:
        """The places of all words that belong to somebody, and to whom."""
        fields = OWN_WORDS.get(type(self.event), ()) if self.metadata.person_id else ()
        everyone = dict.fromkeys(fields, self.metadata.person_id) | dict(self.words_of)
        return {place: person for place, person in everyone.items() if person}


@dataclass(frozen=True)
class StoredEvent:
    """An event as it stands in the log; ``data`` is as written, ``event`` is opened and lifted to the latest version."""

    organisation_id: UUID
    position: int
    stream: str
    version: int
    event_id: UUID
    type: str
    schema_version: int
    data: Json
    metadata: Json
    payload_digest: bytes
    occurred_at: datetime
    recorded_at: datetime
    hash: bytes
    keys: Keys = field(default_factory=dict, compare=False, repr=False)
    """Of those whose words it holds, as far as they were there when it was read."""

    @property
    def words_of(self) -> set[UUID]:
        """Whose words it holds."""
        return {UUID(person) for person in self.metadata.get("words_of", ())}

    @cached_property
    def event(self) -> DomainEvent:
        """The domain event; opened once, since a fold asks for it several times."""
        data = self.data
        if "words_of" in self.metadata:
            data = personal.opened(Of(self.organisation_id, self.event_id), data, self.keys)
        return decode(self.type, self.schema_version, data)


def type_of(event: DomainEvent | type[Any]) -> str:
    """Return the wire name: ``LessonDrawn`` is ``lesson_drawn`` wherever JSON is spoken."""
    cls = event if isinstance(event, type) else type(event)
    return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


TYPES: Mapping[str, type[Any]] = {type_of(cls): cls for cls in get_args(DomainEvent)}


@cache
def _adapter(cls: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(cls)


def to_json(value: object) -> Json:
    """Return a domain dataclass as plain JSON."""
    data: Json = _adapter(type(value)).dump_python(value, mode="json")  # type: ignore[arg-type]  # mypy doubts that classes hash
    return data


def encode(event: DomainEvent) -> tuple[str, int, Json]:
    """Return (type, schema version, data) of an event, as it is written today."""
    name = type_of(event)
    return name, SCHEMA_VERSIONS.get(name, 1), to_json(event)


def decode(type_: str, schema_version: int, data: Json) -> DomainEvent:
    """Return the domain event, lifted to the latest version.

    Raises:
        WrittenByNewer: the type is unknown or the version newer than this code; a reader must stop, not guess.

    """
    cls = TYPES.get(type_)
    latest = SCHEMA_VERSIONS.get(type_, 1)
    if cls is None or schema_version > latest:
        raise WrittenByNewer(
            f"Event {type_} v{schema_version} is unknown to this version of Hardwon; upgrade this reader."
        )
    for version in range(schema_version, latest):
        data = UPCASTERS[type_, version](data)
    event: DomainEvent = _adapter(cls).validate_python(data)  # type: ignore[arg-type]  # as above
    return event


def canonical(value: object) -> bytes:
    """Return the one byte form of plain JSON that digests are taken over.

    Raises:
        Invalid: a text or number that PostgreSQL's jsonb would refuse or print differently.

    """
    return json.dumps(
        _storable(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _storable(value: object, path: str = "") -> object:
    """Return ``value`` as jsonb would give it back, or refuse it."""
    match value:
        case dict():
            return {_storable(key, f"{path}/{key!r}"): _storable(item, f"{path}/{key}") for key, item in value.items()}
        case list():
            return [_storable(item, f"{path}/{index}") for index, item in enumerate(value)]
        case str() if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise Invalid("Text must not hold NUL or half a surrogate pair.", field=path)
        case float() if not math.isfinite(value) or abs(value) > _LARGEST_FLOAT:
            raise Invalid("This number is too large.", field=path)
        case float():
            return value + 0.0  # jsonb keeps no negative zero
        case _:
            return value


def payload_digest(organisation_id: UUID, new: NewEvent, words: personal.Words, keys: Keys) -> bytes:
    """Return the digest that tells a retry (same) from a reused id (another); of persons' words it holds keyed digests only."""
    type_, schema_version, data = encode(new.event)
    if words:
        data = personal.digested(Of(organisation_id, new.event_id), data, words, keys)
    occurred = timestamp(new.occurred_at) if new.occurred_at else None
    return hashlib.sha256(canonical([new.stream, type_, schema_version, data, occurred])).digest()


def chain_hash(previous: bytes, stored: StoredEvent) -> bytes:
    """Return SHA-256 over the previous hash and everything the event holds but its own hash."""
    sealed = canonical(
        [
            str(stored.organisation_id),
            stored.position,
            stored.stream,
            stored.version,
            str(stored.event_id),
            stored.type,
            stored.schema_version,
            stored.data,
            stored.metadata,
            stored.payload_digest.hex(),
            timestamp(stored.occurred_at),
            timestamp(stored.recorded_at),
        ]
    )
    return hashlib.sha256(previous + sealed).digest()


def timestamp(moment: datetime) -> str:
    """Return RFC 3339 in UTC with microseconds, the only form in which Hardwon writes a time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def to_cloudevent(stored: StoredEvent) -> Json:
    """Return the event in the CloudEvents 1.0 JSON format, its data lifted to the latest version.

    The extension ``sequence`` is the position, zero-padded so that text order is log order.
    """
    type_, schema_version, data = encode(stored.event)
    return {
        "specversion": "1.0",
        "id": str(stored.event_id),
        "source": f"/organisations/{stored.organisation_id}",
        "type": f"{CLOUDEVENT_TYPE_PREFIX}{type_}",
        "subject": stored.stream,
        "time": timestamp(stored.occurred_at),
        "datacontenttype": "application/json",
        "dataschema": f"/v1/schemas/{type_}/{schema_version}",
        "data": data,
        "sequence": f"{stored.position:020d}",
        "streamversion": str(stored.version),
        "recordedtime": timestamp(stored.recorded_at),
        "actor": stored.metadata.get("actor", ""),
        "correlationid": stored.metadata.get("correlation_id", ""),
    } | ({"causationid": c} if (c := stored.metadata.get("causation_id")) else {})
