"""Passwords: kept as argon2id hashes beside the keys of persons, tried behind a lock-out."""

import threading
import unicodedata
from functools import cache
from typing import Any, Literal
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from psycopg import Connection

from hardwon import lockout
from hardwon.common_passwords import is_common
from hardwon.domain.errors import Invalid, Unavailable
from hardwon.projections.following import Pool, Row
from hardwon.projections.reading import fetch_one
from hardwon.sql import queries

SQL = queries("hardwon", "passwords.sql")
SHORTEST = 12
LONGEST = 200
Weakness = Literal["too_short", "too_long", "common"]
_HASHER = PasswordHasher()
"""Argon2id as RFC 9106 advises where memory is scarce: 64 MiB, three passes.

A hash made with other parameters is made anew when it is next used."""
_AT_A_TIME = threading.BoundedSemaphore(2)
"""Each takes 64 MiB and a processor: those who sign in wait for each other."""
_IN_LINE = threading.BoundedSemaphore(8)
"""So many wait, so that a flood of guesses takes no more of the service's threads; whoever comes then is refused."""


def weakness(password: str) -> Weakness | None:
    """Say why nobody should have this password. There are no rules beside these: length is what helps."""
    if len(password) < SHORTEST:
        return "too_short"
    if len(password) > LONGEST:
        return "too_long"
    return "common" if is_common(password) else None


def save(connection: Connection[Any], organisation_id: UUID, member_id: UUID, password: str) -> None:
    """Give the member this password; the one before is worth nothing any more.

    Raises:
        Invalid: nobody should have this one.

    """
    if why := weakness(password):
        raise Invalid(f"This password is refused: {why.replace('_', ' ')}.", field="/password")
    names: Row = {"organisation_id": organisation_id, "member_id": member_id, "hash": _hashed(password)}
    connection.execute(SQL["save"], names)
    lockout.forget(connection, organisation_id, lockout.member(member_id))


def has_one(connection: Connection[Any], organisation_id: UUID, member_id: UUID) -> bool:
    return fetch_one(connection, SQL["has_one"], organisation_id=organisation_id, member_id=member_id) is not None


def forget(connection: Connection[Any], organisation_id: UUID, member_id: UUID) -> None:
    """Take the member's password away, and what is known of attempts to guess it."""
    connection.execute(SQL["forget"], {"organisation_id": organisation_id, "member_id": member_id})
    lockout.forget(connection, organisation_id, lockout.member(member_id))


def tried(pool: Pool, organisation_id: UUID, email: str, password: str, client: str) -> UUID | None:
    """Return the member whose address and password these are; None where they do not fit, whatever of both is wrong.

    No connection is held while the password is tried, and it is tried against something also where nobody has the address, so that
    the time tells nothing.

    Raises:
        TooOften: too many were wrong before.
        Unavailable: many sign in at this moment.

    """
    if not _IN_LINE.acquire(blocking=False):
        raise Unavailable("Many sign in at this moment; try again.")
    try:
        return _tried(pool, organisation_id, email, password, client)
    finally:
        _IN_LINE.release()


def _tried(pool: Pool, organisation_id: UUID, email: str, password: str, client: str) -> UUID | None:
    email, password = email.replace("\0", ""), password[: LONGEST + 1]
    whence = lockout.client(client)
    with pool.of(organisation_id) as connection:
        found = fetch_one(connection, SQL["find"], organisation_id=organisation_id, email=email)
        whose = lockout.member(found["member_id"]) if found else lockout.nobody(email)
        lockout.take(connection, organisation_id, whence)
        lockout.take(connection, organisation_id, whose)
    kept = found["hash"] if found else None
    right = _matches(kept or _nobodys(), password)
    if not (found and kept and right):
        return None
    with pool.of(organisation_id) as connection:
        lockout.give_back(connection, organisation_id, whence)
        lockout.forget(connection, organisation_id, whose)
        if _HASHER.check_needs_rehash(kept):
            names = {"organisation_id": organisation_id, "member_id": found["member_id"], "before": kept}
            connection.execute(SQL["rehash"], names | {"hash": _hashed(password)})
    member_id: UUID = found["member_id"]
    return member_id


def _hashed(password: str) -> str:
    with _AT_A_TIME:
        return _HASHER.hash(_plain(password))


def _matches(kept: str, password: str) -> bool:
    try:
        with _AT_A_TIME:
            return _HASHER.verify(kept, _plain(password))
    except VerificationError:
        return False


def _plain(password: str) -> str:
    """Return it as every keyboard writes it: an accent may come as part of its letter or behind it."""
    return unicodedata.normalize("NFC", password)


@cache
def _nobodys() -> str:
    return _hashed("of nobody")
