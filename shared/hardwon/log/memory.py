"""The log in memory: the same contract as the one in PostgreSQL, for tests of what stands above it."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock
from types import MappingProxyType
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hardwon.domain.errors import NotFound
from hardwon.domain.events import DomainEvent
from hardwon.log.personal import Keys, PersonKey
from hardwon.log.sealing import Head, ballot, refuse_repeated_ids, seal, writers
from hardwon.log.wire import EVERYTHING, NewEvent, Sought, StoredEvent, Subject

NO_EXPECTATION: Mapping[str, int] = MappingProxyType({})


class MemoryLog:
    """Implements ``hardwon.ports.Log``."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._logs: dict[UUID, list[StoredEvent]] = {}
        self._keys: defaultdict[UUID, dict[UUID, PersonKey | None]] = defaultdict(dict)
        """Organisation -> person -> key, None where it was destroyed."""

    def create(self, organisation_id: UUID) -> None:
        with self._lock:
            self._logs.setdefault(organisation_id, [])

    def append(
        self, organisation_id: UUID, events: Sequence[NewEvent], expected: Mapping[str, int] = NO_EXPECTATION
    ) -> list[StoredEvent]:
        refuse_repeated_ids(events)
        with self._lock:
            log = self._stored(organisation_id)
            ids = {new.event_id for new in events}
            versions: dict[str, int] = {}
            for stored in log:
                versions[stored.stream] = stored.version
            for person in writers(events):
                self._keys[organisation_id].setdefault(person, PersonKey(AESGCM.generate_key(256)))
            sealed = seal(
                organisation_id,
                events,
                known={stored.event_id: self._readable(stored) for stored in log if stored.event_id in ids},
                versions=versions,
                expected=expected,
                head=Head(log[-1].position, log[-1].hash) if log else Head(),
                now=max(datetime.now(UTC), log[-1].recorded_at) if log else datetime.now(UTC),
                keys=self._existing(organisation_id),
            )
            start = len(log)
            log.extend(stored for stored in sealed if stored.position > start)
            return sealed

    def read(self, organisation_id: UUID, after: int = 0, limit: int = 500) -> list[StoredEvent]:
        return self._log(organisation_id)[after : after + limit]

    def read_stream(self, organisation_id: UUID, stream: str) -> list[StoredEvent]:
        return [stored for stored in self._log(organisation_id) if stored.stream == stream]

    def read_types(self, organisation_id: UUID, types: Collection[type[DomainEvent]], until: int) -> list[StoredEvent]:
        return [stored for stored in self._log(organisation_id)[:until] if isinstance(stored.event, tuple(types))]

    def read_about(
        self,
        organisation_id: UUID,
        subject: Subject,
        ids: Collection[UUID],
        types: Collection[type[DomainEvent]],
        until: int,
    ) -> list[StoredEvent]:
        names = {str(id_) for id_ in ids}
        found = self.read_types(organisation_id, types, until)
        return [stored for stored in found if stored.data.get(f"{subject}_id") in names]

    def read_newest(
        self, organisation_id: UUID, type_: type[DomainEvent], before: int, limit: int
    ) -> list[StoredEvent]:
        return self.read_types(organisation_id, [type_], before - 1)[::-1][:limit]

    def read_back(
        self, organisation_id: UUID, before: int, limit: int, sought: Sought = EVERYTHING
    ) -> list[StoredEvent]:
        found = self._log(organisation_id)[: max(0, before - 1)][::-1]
        return [stored for stored in found if sought.holds(stored)][:limit]

    def position_at(self, organisation_id: UUID, moment: datetime) -> int:
        return bisect_right(self._log(organisation_id), moment, key=lambda stored: stored.recorded_at)

    def find(self, organisation_id: UUID, event_ids: Collection[UUID]) -> dict[UUID, StoredEvent]:
        return {stored.event_id: stored for stored in self._log(organisation_id) if stored.event_id in event_ids}

    def read_words_of(self, organisation_id: UUID, person_id: UUID) -> list[StoredEvent]:
        return [stored for stored in self._log(organisation_id) if person_id in stored.words_of]

    def destroy_key(self, organisation_id: UUID, person_id: UUID) -> None:
        with self._lock:
            self._keys[organisation_id][person_id] = None

    def counts(self, organisation_id: UUID, streams: Collection[str], until: int) -> dict[str, int]:
        found = (stored.stream for stored in self._stored(organisation_id)[:until])
        return dict(Counter(stream for stream in found if stream in streams))

    def ballot(self, organisation_id: UUID, person_id: UUID, retrospective_id: UUID) -> str:
        return ballot(self._existing(organisation_id), organisation_id, person_id, retrospective_id)

    def head(self, organisation_id: UUID) -> Head:
        log = self._log(organisation_id)
        return Head(log[-1].position, log[-1].hash) if log else Head()

    def heads(self) -> dict[UUID, int]:
        return {organisation_id: len(log) for organisation_id, log in self._logs.items()}

    def _log(self, organisation_id: UUID) -> list[StoredEvent]:
        """Return the whole log, each event with the keys that there now are."""
        return [self._readable(stored) for stored in self._stored(organisation_id)]

    def _stored(self, organisation_id: UUID) -> list[StoredEvent]:
        if organisation_id not in self._logs:
            raise NotFound("log of", organisation_id)
        return self._logs[organisation_id]

    def _readable(self, stored: StoredEvent) -> StoredEvent:
        return replace(stored, keys=self._existing(stored.organisation_id)) if stored.words_of else stored

    def _existing(self, organisation_id: UUID) -> Keys:
        return {person: key for person, key in self._keys[organisation_id].items() if key}
