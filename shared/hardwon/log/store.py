"""The log in PostgreSQL. The guarantees and the reasons stand beside the queries in store.sql."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from hardwon.domain.errors import LogBroken, NotFound
from hardwon.domain.events import DomainEvent
from hardwon.log import keys as stored_keys
from hardwon.log import wire
from hardwon.log.keys import PersonKeys
from hardwon.log.memory import NO_EXPECTATION
from hardwon.log.pool import Pool
from hardwon.log.sealing import Head, ballot, check_gapless, refuse_repeated_ids, seal, writers
from hardwon.log.wire import EVERYTHING, NewEvent, Sought, StoredEvent, Subject
from hardwon.sql import queries

SQL = queries("hardwon.log", "store.sql")
LOCKED = PersonKeys()
"""For who reads and writes no words of members."""
_ARRAYS = (
    *("position", "stream", "version", "event_id", "type", "schema_version", "data", "metadata"),
    *("payload_digest", "occurred_at", "recorded_at", "hash"),
)


class PostgresLog:
    """Implements ``hardwon.ports.Log`` over a pool of autocommit connections of the application role."""

    def __init__(self, pool: Pool) -> None:
        self._pool, self._keys = pool, pool.person_keys

    def create(self, organisation_id: UUID) -> None:
        with self._pool.of(organisation_id) as connection:
            connection.execute(SQL["create"], {"organisation_id": organisation_id, "genesis": wire.GENESIS})

    def append(
        self, organisation_id: UUID, events: Sequence[NewEvent], expected: Mapping[str, int] = NO_EXPECTATION
    ) -> list[StoredEvent]:
        with self._pool.of(organisation_id) as connection:
            return append(connection, organisation_id, events, expected, self._keys)

    def read(self, organisation_id: UUID, after: int = 0, limit: int = 500) -> list[StoredEvent]:
        with self._pool.of(organisation_id) as connection:
            return read(connection, organisation_id, after, limit, self._keys)

    def read_stream(self, organisation_id: UUID, stream: str) -> list[StoredEvent]:
        with self._pool.of(organisation_id) as connection:
            return _events(connection, self._keys, "read_stream", organisation_id=organisation_id, stream=stream)

    def read_types(self, organisation_id: UUID, types: Collection[type[DomainEvent]], until: int) -> list[StoredEvent]:
        names = [wire.type_of(each) for each in types]
        with self._pool.of(organisation_id) as connection:
            return _events(
                connection, self._keys, "read_types", organisation_id=organisation_id, types=names, until=until
            )

    def read_about(
        self,
        organisation_id: UUID,
        subject: Subject,
        ids: Collection[UUID],
        types: Collection[type[DomainEvent]],
        until: int,
    ) -> list[StoredEvent]:
        query, distinct, names = f"read_about_{subject}", list(set(ids)), [wire.type_of(each) for each in types]
        with self._pool.of(organisation_id) as connection:
            return _events(
                connection, self._keys, query, organisation_id=organisation_id, ids=distinct, types=names, until=until
            )

    def read_newest(
        self, organisation_id: UUID, type_: type[DomainEvent], before: int, limit: int
    ) -> list[StoredEvent]:
        names: dict[str, Any] = {"type": wire.type_of(type_), "before": before, "limit": limit}
        with self._pool.of(organisation_id) as connection:
            return _events(connection, self._keys, "read_newest", organisation_id=organisation_id, **names)

    def read_back(
        self, organisation_id: UUID, before: int, limit: int, sought: Sought = EVERYTHING
    ) -> list[StoredEvent]:
        names: dict[str, Any] = {
            "actor": sought.actor,
            "types": list(sought.types) or None,
            "project_id": sought.project_id,
        }
        names |= {"after": sought.after, "before": before, "limit": limit}
        with self._pool.of(organisation_id) as connection:
            return _events(connection, self._keys, "read_back", organisation_id=organisation_id, prepare=False, **names)

    def position_at(self, organisation_id: UUID, moment: datetime) -> int:
        with self._pool.of(organisation_id) as connection:
            names = {"organisation_id": organisation_id, "moment": moment}
            found = connection.execute(SQL["position_at"], names).fetchone()
        if found is None:
            raise NotFound("log of", organisation_id)
        return int(found[0])

    def find(self, organisation_id: UUID, event_ids: Collection[UUID]) -> dict[UUID, StoredEvent]:
        with self._pool.of(organisation_id) as connection:
            return _find(connection, self._keys, organisation_id, event_ids)

    def read_words_of(self, organisation_id: UUID, person_id: UUID) -> list[StoredEvent]:
        written = Jsonb({"words_of": [str(person_id)]})
        with self._pool.of(organisation_id) as connection:
            return _events(connection, self._keys, "read_words_of", organisation_id=organisation_id, written=written)

    def destroy_key(self, organisation_id: UUID, person_id: UUID) -> None:
        with self._pool.of(organisation_id) as connection, connection.transaction():
            # Behind the appends under way: those after it find no key, so whoever now reads the log finds all that was ever sealed.
            connection.execute(SQL["lock_head"], {"organisation_id": organisation_id})
            stored_keys.destroy(connection, organisation_id, person_id)

    def counts(self, organisation_id: UUID, streams: Collection[str], until: int) -> dict[str, int]:
        names = {"organisation_id": organisation_id, "streams": list(streams), "until": until}
        with self._pool.of(organisation_id) as connection:
            return dict(connection.execute(SQL["counts"], names).fetchall())

    def ballot(self, organisation_id: UUID, person_id: UUID, retrospective_id: UUID) -> str:
        with self._pool.of(organisation_id) as connection:
            keys = self._keys.of(connection, organisation_id, [person_id])
        return ballot(keys, organisation_id, person_id, retrospective_id)

    def head(self, organisation_id: UUID) -> Head:
        with self._pool.of(organisation_id) as connection, connection.cursor(row_factory=class_row(Head)) as cursor:
            head = cursor.execute(SQL["head"], {"organisation_id": organisation_id}).fetchone()
        if head is None:
            raise NotFound("log of", organisation_id)
        return head

    def heads(self) -> dict[UUID, int]:
        with self._pool.across() as connection:
            return dict(connection.execute(SQL["heads"]).fetchall())


def append(
    connection: Connection[Any],
    organisation_id: UUID,
    events: Sequence[NewEvent],
    expected: Mapping[str, int] = NO_EXPECTATION,
    keys: PersonKeys = LOCKED,
) -> list[StoredEvent]:
    """Append all of ``events`` or none, in one short READ COMMITTED transaction; see ``sealing.seal`` for what is refused."""
    refuse_repeated_ids(events)
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        locked = cursor.execute(SQL["lock_head"], {"organisation_id": organisation_id}).fetchone()
        if locked is None:
            raise NotFound("log of", organisation_id)
        if locked["isolation"] != "read committed":
            raise LogBroken(
                f"Appending needs READ COMMITTED, not {locked['isolation']}: it would not see what it waited for."
            )
        names = {"organisation_id": organisation_id, "position": locked["position"]}
        now = cursor.execute(SQL["now"], names).fetchone() or {}
        streams = sorted({new.stream for new in events} | set(expected))
        cursor.execute(SQL["versions"], {"organisation_id": organisation_id, "streams": streams})
        versions = {row["stream"]: row["version"] for row in cursor}
        keys.ensure(connection, organisation_id, writers(events))
        sealed = seal(
            organisation_id,
            events,
            known=_find(connection, keys, organisation_id, [new.event_id for new in events]),
            versions=versions,
            expected=expected,
            head=Head(locked["position"], locked["hash"]),
            now=now["now"],
            keys=keys.of(connection, organisation_id, {person for new in events for person in new.words.values()}),
        )
        added = [stored for stored in sealed if stored.position > locked["position"]]
        if added:
            _insert(connection, organisation_id, added)
    return sealed


def read(
    connection: Connection[Any], organisation_id: UUID, after: int, limit: int, keys: PersonKeys = LOCKED
) -> list[StoredEvent]:
    """Return up to ``limit`` events behind position ``after``; refuses a log with a hole in it."""
    page = _events(connection, keys, "read", organisation_id=organisation_id, after=after, limit=limit)
    check_gapless(after, page)
    return page


def _insert(connection: Connection[Any], organisation_id: UUID, added: Sequence[StoredEvent]) -> None:
    columns: dict[str, Any] = {name: [getattr(stored, name) for stored in added] for name in _ARRAYS}
    columns |= {name: [Jsonb(value) for value in columns[name]] for name in ("data", "metadata")}
    connection.execute(SQL["insert"], {"organisation_id": organisation_id, **columns})
    last = added[-1]
    connection.execute(
        SQL["move_head"], {"organisation_id": organisation_id, "position": last.position, "hash": last.hash}
    )


def _find(
    connection: Connection[Any], keys: PersonKeys, organisation_id: UUID, ids: Collection[UUID]
) -> dict[UUID, StoredEvent]:
    found = _events(connection, keys, "find", organisation_id=organisation_id, event_ids=list(ids))
    return {stored.event_id: stored for stored in found}


def _events(
    connection: Connection[Any],
    keys: PersonKeys,
    query: str,
    *,
    organisation_id: UUID,
    prepare: bool | None = None,
    **parameters: object,
) -> list[StoredEvent]:
    """Return the events found, with the keys of all whose words they hold: one more query, and none where they hold nobody's."""
    with connection.cursor(row_factory=class_row(StoredEvent)) as cursor:
        names = {"organisation_id": organisation_id, **parameters}
        found = cursor.execute(SQL[query], names, prepare=prepare).fetchall()
    persons = {person for stored in found for person in stored.words_of}
    if not persons:
        return found
    opening = keys.of(connection, organisation_id, persons)
    return [replace(stored, keys=opening) for stored in found]
