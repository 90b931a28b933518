"""A process's connections to the database, each lent for one organisation, and the keys by which what it reads there can be opened.

PostgreSQL shows a connection the rows of the organisation that it is lent for, and of no other, whatever is asked (schema/walls.py). Whom a
request or a task works for is said once, by ``acting_for``, and everything below it borrows with ``connection``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from psycopg import Connection
from psycopg_pool import ConnectionPool

from hardwon.log.keys import PersonKeys

_shown: WeakKeyDictionary[Connection[Any], UUID | None] = WeakKeyDictionary()
"""Connection -> the organisation that PostgreSQL last heard it is lent for."""
_acting: ContextVar[UUID | None] = ContextVar("hardwon_organisation", default=None)


class Crossing(Exception):
    """A mistake in our own code: what works for one organisation reached for another one, or for nobody knows which."""


@contextmanager
def acting_for(organisation_id: UUID) -> Iterator[None]:
    """Work for this organisation and no other one until the end. Another thread does so only in a copy of this context.

    Raises:
        Crossing: this is work for another organisation already.

    """
    now = _acting.get()
    if now not in (None, organisation_id):
        raise Crossing(f"Work for organisation {now} reached for organisation {organisation_id}.")
    before = _acting.set(organisation_id)
    try:
        yield
    finally:
        _acting.reset(before)


class Pool(ConnectionPool[Connection[Any]]):
    """Autocommit connections of the application role."""

    person_keys: PersonKeys = PersonKeys()
    """Without a wrapping key where none was given: then sealed words can be neither read nor written."""

    @contextmanager
    def connection(self, timeout: float | None = None) -> Iterator[Connection[Any]]:
        """Lend a connection that sees what the organisation has that is acted for.

        Raises:
            Crossing: nobody said which one that is.

        """
        organisation_id = _acting.get()
        if organisation_id is None:
            raise Crossing(
                "Say for which organisation, with acting_for or Pool.of, or Pool.across for what looks over all."
            )
        with self._lent(organisation_id, timeout) as connection:
            yield connection

    @contextmanager
    def of(self, organisation_id: UUID) -> Iterator[Connection[Any]]:
        """Act for this organisation as long as the connection is lent: for what is told an organisation and may be called by anybody."""
        with acting_for(organisation_id), self._lent(organisation_id, None) as connection:
            yield connection

    @contextmanager
    def across(self, timeout: float | None = None) -> Iterator[Connection[Any]]:
        """Lend a connection that sees no organisation's rows, and may look through the windows of the schema ``every``.

        Raises:
            Crossing: this is work for one organisation.

        """
        if now := _acting.get():
            raise Crossing(f"Work for organisation {now} looked over all.")
        with self._lent(None, timeout) as connection:
            yield connection

    @contextmanager
    def _lent(self, organisation_id: UUID | None, timeout: float | None) -> Iterator[Connection[Any]]:
        with super().connection(timeout) as connection:
            if connection not in _shown or _shown[connection] != organisation_id:
                # For the session, and outside of any transaction, so that no rollback brings back what was set before.
                setting = str(organisation_id or "")
                _shown.pop(connection, None)  # until it answers, nobody knows whether PostgreSQL has heard it
                connection.execute("SELECT set_config('hardwon.organisation_id', %s, false)", [setting])
                _shown[connection] = organisation_id
            yield connection
