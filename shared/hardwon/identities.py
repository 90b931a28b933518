"""Identities at an OpenID provider: which member it means. It says who somebody is; who is a member, the organisation says."""

import hashlib
from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon.projections.reading import fetch_one
from hardwon.sql import queries

SQL = queries("hardwon", "identities.sql")


def member_of(
    connection: Connection[Any], organisation_id: UUID, issuer: str, subject: str, verified_email: str | None
) -> UUID | None:
    """Return the member; None where there is none.

    The first time it is the one with this address, if the provider verified it. From then on it is whoever the provider calls
    so, whatever the address; somebody else who has the address later, as happens in companies, is not taken for this member.
    """
    digest = hashlib.sha256(f"{issuer}\n{subject}".encode()).digest()
    names: dict[str, Any] = {"organisation_id": organisation_id, "digest": digest}
    found = fetch_one(connection, SQL["find"], **names)
    if found is None and verified_email:
        connection.execute(SQL["forget_removed"], names)
        found = fetch_one(connection, SQL["remember"], email=verified_email.replace("\0", ""), **names)
    member_id: UUID | None = found["member_id"] if found else None
    return member_id


def forget(connection: Connection[Any], organisation_id: UUID, member_id: UUID) -> None:
    """Forget whom the provider means by this member; the next one whose address it verified is remembered."""
    connection.execute(SQL["forget"], {"organisation_id": organisation_id, "member_id": member_id})
