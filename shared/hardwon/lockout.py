"""Lock-out: after a few attempts in vain each further one has to wait twice as long as the one before. It ends by itself.

An attempt is counted before it is looked at, so that a hundred at the same moment are a hundred; one that was right is taken back.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon.domain.errors import HardwonError
from hardwon.projections.reading import fetch_one
from hardwon.sql import queries

SQL = queries("hardwon", "lockout.sql")
_NETWORK = 64
"""Bits of an IPv6 address that one subscriber does not choose."""


class TooOften(HardwonError):
    """Nobody tries again before some seconds have passed."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many attempts in vain; try again in {seconds} seconds.")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an attempt is for, or whence it comes, and how many of these may be in vain before one waits."""

    name: str
    free: int


def client(address: str) -> Subject:
    """Return the network that an attempt comes from; a whole office may sit behind one address, so it has more attempts."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return Subject("client:unknown", free=20)
    network = ipaddress.ip_network((found, _NETWORK if found.version == 6 else 32), strict=False)  # noqa: PLR2004 - IPv6
    return Subject(f"client:{_digest(str(network))}", free=20)


def member(member_id: UUID) -> Subject:
    return Subject(f"member:{member_id}", free=5)


def nobody(address: str) -> Subject:
    """Return an e-mail address that is no member's: it is treated as one, or it could be told which are."""
    return Subject(f"nobody:{_digest(address.lower())}", free=5)


def take(connection: Connection[Any], organisation_id: UUID, subject: Subject) -> None:
    """Count an attempt.

    Raises:
        TooOften: it comes too early, and is not counted.

    """
    names: dict[str, Any] = {"organisation_id": organisation_id, "subject": subject.name, "free": subject.free}
    connection.execute(SQL["forget_old"], names)
    if connection.execute(SQL["take"], names).fetchone() is None:
        waits = fetch_one(connection, SQL["waits"], **names)
        raise TooOften(waits["seconds"] if waits else 1)


def give_back(connection: Connection[Any], organisation_id: UUID, subject: Subject) -> None:
    """Take an attempt back that was counted and was right."""
    connection.execute(SQL["give_back"], {"organisation_id": organisation_id, "subject": subject.name})


def forget(connection: Connection[Any], organisation_id: UUID, subject: Subject) -> None:
    """Begin to count anew."""
    connection.execute(SQL["forget"], {"organisation_id": organisation_id, "subject": subject.name})


def _digest(text: str) -> str:
    """Return what the table holds in place of an address, for a day; it needs to tell one from another and no more."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]
