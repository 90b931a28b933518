"""Sessions: a member signed in on the web pages. The browser holds a secret in its cookie, the database its digest."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon import secret
from hardwon.domain.members import ROLES
from hardwon.ids import new_id
from hardwon.projections.following import Pool, Row
from hardwon.projections.reading import fetch, fetch_one
from hardwon.sql import queries
from hardwon.tokens import Principal

SQL = queries("hardwon", "sessions.sql")
LONGEST = timedelta(days=30)
"""For how long a session lasts, however often it is used."""
_IDLE = timedelta(days=7)
"""For how long one lasts that nobody uses."""
_LIMITS = {"longest": LONGEST, "idle": _IDLE}


def begin(connection: Connection[Any], organisation_id: UUID, member_id: UUID) -> str:
    """Begin a session and return its secret, for the only time; those that ended by themselves are forgotten."""
    made = secret.new(organisation_id)
    names: Row = {"organisation_id": organisation_id, "member_id": member_id, "session_id": new_id()}
    connection.execute(SQL["forget"], names | _LIMITS)
    connection.execute(SQL["begin"], names | {"digest": secret.digest(made)})
    return made


def authenticate(pool: Pool, shown: str, *, used: bool = False) -> Principal | None:
    """Return whose session it is, with all that this member's role allows; None for anything else, whatever is wrong with it.

    Where it is ``used``, that is noted: once a minute is enough.
    """
    organisation_id = secret.organisation_of(shown)
    if organisation_id is None:
        return None
    names: Row = {"organisation_id": organisation_id, "digest": secret.digest(shown)}
    with pool.of(organisation_id) as connection:
        found = fetch_one(connection, SQL["authenticate"], **names | _LIMITS)
        if found and used and found["due"]:
            connection.execute(SQL["seen"], names)
    if found is None:
        return None
    scopes = frozenset(ROLES[found["role"]])
    return Principal(organisation_id, found["session_id"], "web session", scopes, found["member_id"])


def of_member(connection: Connection[Any], organisation_id: UUID, member_id: UUID) -> list[Row]:
    """Return the member's sessions, the one used last first."""
    return fetch(connection, SQL["of_member"], organisation_id=organisation_id, member_id=member_id, **_LIMITS)


def end(connection: Connection[Any], organisation_id: UUID, member_id: UUID, session_id: UUID) -> None:
    """End one session of the member; doing it again changes nothing."""
    names = {"organisation_id": organisation_id, "member_id": member_id, "session_id": session_id}
    connection.execute(SQL["end"], names)


def end_all(connection: Connection[Any], organisation_id: UUID, member_id: UUID, but: UUID | None = None) -> None:
    """End every session of the member, or every other one than ``but``."""
    connection.execute(SQL["end_all"], {"organisation_id": organisation_id, "member_id": member_id, "but": but})
