"""Small events and logs for the contract suite."""

from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon.domain.events import LessonRetired
from hardwon.ids import new_id
from hardwon.log import store
from hardwon.log.wire import Metadata, NewEvent
from hardwon.projections.following import Pool

STREAM = "notes"


def note(text: str = "noted", *, stream: str = STREAM, event_id: UUID | None = None) -> NewEvent:
    """Return a small new event; the log does not care which sort it is."""
    return NewEvent(event_id or new_id(), stream, LessonRetired(UUID(int=1), text), Metadata("tests"))


def notes(count: int) -> list[NewEvent]:
    stream = f"notes-{new_id()}"
    return [note(str(number), stream=stream) for number in range(count)]


class IdentityColumnLog:
    """The control: positions from an identity column, no lock. What so many logs do, and why their readers skip events."""

    def __init__(self, pool: Pool, owner: Connection[Any]) -> None:
        self._pool = pool
        owner.execute(
            """
            DROP SCHEMA IF EXISTS control CASCADE;
            CREATE SCHEMA control;
            GRANT USAGE ON SCHEMA control TO hardwon_app;
            CREATE TABLE control.event (
                position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, organisation_id uuid NOT NULL, event_id uuid NOT NULL);
            GRANT SELECT, INSERT ON control.event TO hardwon_app
            """
        )

    def append(self, organisation_id: UUID, events: list[NewEvent]) -> None:
        with self._pool.of(organisation_id) as connection, connection.transaction():
            for new in events:
                connection.execute(
                    "INSERT INTO control.event (organisation_id, event_id) VALUES (%s, %s)",
                    (organisation_id, new.event_id),
                )

    def read(self, organisation_id: UUID, after: int, limit: int = 500) -> list[tuple[int, UUID]]:
        with self._pool.of(organisation_id) as connection:
            return connection.execute(
                "SELECT position, event_id FROM control.event WHERE organisation_id = %s AND position > %s "
                "ORDER BY position LIMIT %s",
                (organisation_id, after, limit),
            ).fetchall()


class PostgresTail:
    """A log as the skip test uses it: append, and read (position, event id) from a position on."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def append(self, organisation_id: UUID, events: list[NewEvent]) -> None:
        with self._pool.of(organisation_id) as connection:
            store.append(connection, organisation_id, events)

    def read(self, organisation_id: UUID, after: int, limit: int = 500) -> list[tuple[int, UUID]]:
        with self._pool.of(organisation_id) as connection:
            return [(s.position, s.event_id) for s in store.read(connection, organisation_id, after, limit)]
