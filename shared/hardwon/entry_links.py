"""Entry links: an address that signs a member in once. For invitations, lost passwords, and the first minute of a new Hardwon."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon import handlers, secret
from hardwon.domain.commands import AddMember
from hardwon.domain.errors import NotFound
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections import members
from hardwon.projections.catching_up import catch_up
from hardwon.projections.following import Pool, Row
from hardwon.projections.reading import fetch_one
from hardwon.sql import queries

SQL = queries("hardwon", "entry_links.sql")
PATH = "/enter/"
"""Where the web pages take links; the secret follows."""
_LASTS = timedelta(days=7)


def make(pool: Pool, log: Log, organisation_id: UUID, member_id: UUID) -> str:
    """Make a link and return its path, for the only time; one made for this member before is worth nothing any more.

    Raises:
        NotFound: nobody of this id is a member.

    """
    known = handlers.current_members(log, organisation_id).get(member_id)
    if known is None or known.removed:
        raise NotFound("member", member_id)
    # The link will look for the member there.
    catch_up(pool, organisation_id, [members.PROJECTION], log.head(organisation_id).position)
    made = secret.new(organisation_id)
    names: Row = {"organisation_id": organisation_id, "member_id": member_id, "digest": secret.digest(made)}
    with pool.of(organisation_id) as connection:
        connection.execute(SQL["make"], names | {"lasts": _LASTS})
    return PATH + made


def look(pool: Pool, shown: str) -> Row | None:
    """Return the member for whom the link is good, without using it up; None where it is good for nothing."""
    return _found(pool, "look", shown)


def use(pool: Pool, shown: str) -> Row | None:
    """Return the member for whom the link is good, and use it up; however many ask at the same moment, one gets in."""
    return _found(pool, "use", shown)


def forget(connection: Connection[Any], organisation_id: UUID, member_id: UUID) -> None:
    """Make the member's link worthless, if there is one."""
    connection.execute(SQL["forget"], {"organisation_id": organisation_id, "member_id": member_id})


def for_first_administrator(pool: Pool, log: Log, organisation_id: UUID, by: Metadata) -> str:
    """Make a link for the organisation's first administrator, who is added where there is none."""
    known = handlers.current_members(log, organisation_id)
    first = next((id_ for id_, each in known.items() if each.role == "administrator" and not each.removed), None)
    if first is None:
        first = new_id()
        command = AddMember(first, "Administrator", f"administrator@{organisation_id.hex}.example", "administrator")
        handlers.change_members(log, organisation_id, command, Request(new_id(), by))
    return make(pool, log, organisation_id, first)


def _found(pool: Pool, query: str, shown: str) -> Row | None:
    organisation_id = secret.organisation_of(shown)
    if organisation_id is None:
        return None
    with pool.of(organisation_id) as connection:
        return fetch_one(connection, SQL[query], organisation_id=organisation_id, digest=secret.digest(shown))
