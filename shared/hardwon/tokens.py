"""Tokens: who speaks for an organisation, and what for. A token is shown once; only its digest is kept."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection

from hardwon import secret
from hardwon.domain.errors import Conflict, Invalid, NotFound
from hardwon.domain.events import TokenIssued, TokenRevoked
from hardwon.domain.members import ROLES, SCOPES
from hardwon.domain.values import Scope
from hardwon.handlers import current_members
from hardwon.ids import id_for_key, new_id
from hardwon.log import wire
from hardwon.log.wire import Metadata, NewEvent
from hardwon.ports import Log
from hardwon.projections.following import Pool, Row
from hardwon.projections.reading import fetch, fetch_one
from hardwon.sql import queries

SQL = queries("hardwon", "tokens.sql")
_PREFIX = "hw_"


def actor_of(member_id: UUID) -> str:
    """Return how the log names a member: never by a person's name."""
    return f"member:{member_id}"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks, and what for."""

    organisation_id: UUID
    token_id: UUID
    token_name: str
    scopes: frozenset[Scope]
    member_id: UUID | None
    """On whose behalf; None: a tool's own."""

    @property
    def actor(self) -> str:
        """How the log names whoever asks: never by a person's name."""
        return actor_of(self.member_id) if self.member_id else f"token:{self.token_name}"

    @property
    def counted_as(self) -> str:
        """Under which name requests and streams are counted. Organisations choose the ids of their tokens, and may choose another's."""
        return f"{self.organisation_id}/{self.token_id}"


@dataclass(frozen=True, slots=True)
class IssueToken:
    token_id: UUID
    name: str
    scopes: tuple[Scope, ...]
    member_id: UUID | None = None
    days: int | None = None
    """For so many it is good; None: for ever."""


def issue(pool: Pool, log: Log, organisation_id: UUID, command: IssueToken, by: Metadata) -> str:
    """Make a token and return it, for the only time: ``hw_<organisation>_<secret>``.

    Raises:
        Invalid: no name, no scope, or a member who may not do as much.
        Conflict: a token of this id was issued before.

    """
    _check(log, organisation_id, command)
    expires_at = datetime.now(UTC) + timedelta(days=command.days) if command.days else None
    # The log first: a token that nobody can account for must not work, while one that was announced and never handed out does no harm.
    issued = TokenIssued(
        command.token_id,
        command.name,
        command.scopes,
        command.member_id,
        wire.timestamp(expires_at) if expires_at else None,
    )
    stream = _stream(command.token_id)
    log.append(organisation_id, [NewEvent(command.token_id, stream, issued, by)], {stream: 0})
    return _make(pool, organisation_id, command, expires_at)


def first(pool: Pool, organisation_id: UUID) -> str:
    """Make the token by which an organisation begins: it may do everything, and does not expire. The registration accounts for it."""
    return _make(pool, organisation_id, IssueToken(new_id(), "first", SCOPES), None)


def revoke(pool: Pool, log: Log, organisation_id: UUID, token_id: UUID, by: Metadata) -> None:
    """Make a token worthless; doing it again changes nothing."""
    with pool.of(organisation_id) as connection:  # before the log: whatever happens now, it opens nothing any more
        if fetch_one(connection, SQL["revoke"], organisation_id=organisation_id, token_id=token_id) is None:
            raise NotFound("token", token_id)
    # No Idempotency-Key leads to it, since none holds a line break.
    event_id = id_for_key(organisation_id, f"revoked\n{token_id}")
    if not log.find(organisation_id, [event_id]):
        log.append(organisation_id, [NewEvent(event_id, _stream(token_id), TokenRevoked(token_id), by)])


def every(connection: Connection[Any], organisation_id: UUID) -> list[Row]:
    """Return the tokens that are neither revoked nor expired, the newest first."""
    return fetch(connection, SQL["every"], organisation_id=organisation_id)


def authenticate(pool: Pool, token: str) -> Principal | None:
    """Return whom the token stands for; None for anything else, whatever is wrong with it."""
    organisation_id = organisation_of(token)
    if organisation_id is None:
        return None
    names: Row = {"organisation_id": organisation_id, "digest": secret.digest(token)}
    with pool.of(organisation_id) as connection:
        found = fetch_one(connection, SQL["authenticate"], **names)
    if found is None:
        return None
    scopes = frozenset(found["scopes"])
    if found["member_id"]:  # a member who may do less than before can do less by every token
        scopes &= frozenset(ROLES[found["role"]])
    return Principal(organisation_id, found["token_id"], found["name"], scopes, found["member_id"])


def organisation_of(token: str) -> UUID | None:
    """Return the organisation that the token names; None where it cannot be one of ours."""
    return secret.organisation_of(token.removeprefix(_PREFIX)) if token.startswith(_PREFIX) else None


def _make(pool: Pool, organisation_id: UUID, command: IssueToken, expires_at: datetime | None) -> str:
    token = _PREFIX + secret.new(organisation_id)
    names: Row = {"organisation_id": organisation_id, "digest": secret.digest(token), "expires_at": expires_at}
    names |= {"token_id": command.token_id, "name": command.name, "member_id": command.member_id}
    with pool.of(organisation_id) as connection:
        connection.execute(SQL["save"], names | {"scopes": list(command.scopes)})
    return token


def _check(log: Log, organisation_id: UUID, command: IssueToken) -> None:
    if not command.name.strip():
        raise Invalid("A token needs a name: that of the tool that will use it.", field="/name")
    if not command.scopes:
        raise Invalid("A token without a scope could do nothing.", field="/scopes")
    if log.find(organisation_id, [command.token_id]):
        raise Conflict("This token was issued before, and shown then. Revoke it and issue another if it was lost.")
    if command.member_id is None:
        return
    member = current_members(log, organisation_id).get(command.member_id)
    if member is None or member.removed:
        raise Invalid(f"There is no member {command.member_id} in this organisation.", field="/member_id")
    if beyond := sorted({*command.scopes} - {*ROLES[member.role]}):
        raise Invalid(f"A {member.role} has not the scope {beyond[0]}.", field="/scopes")


def _stream(token_id: UUID) -> str:
    return f"token:{token_id}"
