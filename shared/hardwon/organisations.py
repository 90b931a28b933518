"""Organisations and their tokens: who speaks for which log. A token is shown once; only its digest is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon.domain.errors import Invalid
from hardwon.domain.events import OrganisationRegistered
from hardwon.ids import new_id
from hardwon.log.wire import Metadata, NewEvent
from hardwon.ports import Log

_PREFIX = "hw"
_PARTS = 3


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: a token of an organisation."""

    organisation_id: UUID
    token_name: str


def register(log: Log, name: str, actor: str) -> UUID:
    """Open the log of a new organisation and return its id."""
    if not name.strip():
        raise Invalid("An organisation needs a name.", field="/name")
    organisation_id = new_id()
    log.create(organisation_id)
    log.append(
        organisation_id,
        [NewEvent(new_id(), "organisation", OrganisationRegistered(name), Metadata(actor))],
        {"organisation": 0},
    )
    return organisation_id


def issue_token(connection: Connection[Any], organisation_id: UUID, name: str) -> str:
    """Make a token and return it, for the only time: ``hw_<organisation>_<secret>``."""
    token = f"{_PREFIX}_{organisation_id.hex}_{secrets.token_urlsafe(32)}"
    connection.execute(
        "INSERT INTO token (organisation_id, digest, name) VALUES (%s, %s, %s)",
        (organisation_id, _digest(token), name),
    )
    return token


def authenticate(connection: Connection[Any], token: str) -> Principal | None:
    """Return whom the token stands for; None for anything else, whatever is wrong with it."""
    parts = token.split("_", _PARTS - 1)
    if len(parts) != _PARTS or parts[0] != _PREFIX:
        return None
    try:
        organisation_id = UUID(hex=parts[1])
    except ValueError:
        return None
    found = connection.execute(
        "SELECT name FROM token WHERE organisation_id = %s AND digest = %s", (organisation_id, _digest(token))
    ).fetchone()
    return Principal(organisation_id, found[0]) if found else None


def _digest(token: str) -> bytes:
    """Return the token's SHA-256: its 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).digest()
