"""The keys of persons, in PostgreSQL: each wrapped by a key that only the settings know, in a schema that backups leave out.

No key outlives the reading for which it was asked: a destroyed one stops working at once, in every process.
"""

import os
from collections.abc import Collection
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Connection

from hardwon.domain.errors import Unavailable
from hardwon.log.personal import NO_KEYS, Keys, LockedKey, PersonKey
from hardwon.sql import queries

SQL = queries("hardwon.log", "keys.sql")
_NONCE = 12
_BITS = 256
_UNSET = (
    "This needs members' words, which are kept under keys of their own, and HARDWON_PERSON_KEY is not set for this process: "
    "set it as docs/how-to/erase-a-person.md says."
)
_ANOTHER = "HARDWON_PERSON_KEY is not the key that members' keys were wrapped with: give this process the one that was used before."


class PersonKeys:
    """Hands out persons' keys, one query for however many."""

    def __init__(self, wrapping_key: bytes | None = None) -> None:
        self._wrapping = AESGCM(wrapping_key) if wrapping_key else None

    def of(self, connection: Connection[Any], organisation_id: UUID, persons: Collection[UUID]) -> Keys:
        """Return those of the keys that there are; where this process cannot unwrap them, keys that say so when they are used."""
        if not persons:
            return NO_KEYS
        names = {"organisation_id": organisation_id, "person_ids": list(persons)}
        found = connection.execute(SQL["of"], names).fetchall()
        return {person: self._unwrapped(organisation_id, person, wrapped) for person, wrapped in found}

    def ensure(self, connection: Connection[Any], organisation_id: UUID, persons: Collection[UUID]) -> None:
        """Make the keys of those who have written nothing yet; a key that was destroyed is never made again.

        Raises:
            Unavailable: this process has no key to wrap them with, or not the one that wraps the others.

        """
        if not persons:
            return
        if self._wrapping is None:
            raise Unavailable(_UNSET)
        names: dict[str, Any] = {"organisation_id": organisation_id, "person_ids": list(persons)}
        unknown = connection.execute(SQL["unknown"], names).fetchall()
        for person, wrapped in connection.execute(SQL["one"], names) if unknown else ():
            # Else this process would wrap new keys so that no other one could use them.
            if isinstance(self._unwrapped(organisation_id, person, wrapped), LockedKey):
                raise Unavailable(_ANOTHER)
        for (person,) in unknown:
            nonce, made = os.urandom(_NONCE), AESGCM.generate_key(_BITS)
            wrapped = nonce + self._wrapping.encrypt(nonce, made, _whose(organisation_id, person))
            connection.execute(SQL["make"], names | {"person_id": person, "wrapped_key": wrapped})

    def _unwrapped(self, organisation_id: UUID, person: UUID, wrapped: bytes) -> PersonKey:
        if self._wrapping is None:
            return LockedKey(_UNSET)
        try:
            whose = _whose(organisation_id, person)
            return PersonKey(self._wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], whose))
        except InvalidTag:
            return LockedKey(_ANOTHER)


def destroy(connection: Connection[Any], organisation_id: UUID, person_id: UUID) -> None:
    """Destroy the person's key for good. Who never wrote anything gets a destroyed one, and so never will."""
    connection.execute(SQL["destroy"], {"organisation_id": organisation_id, "person_id": person_id})


def _whose(organisation_id: UUID, person: UUID) -> bytes:
    """Return what binds a wrapped key to its row: copied into another one it does not open."""
    return f"{organisation_id}/{person}".encode()
