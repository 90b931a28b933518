"""What is told of members and tokens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from hardwon.domain.values import Role, Scope
from hardwon.log.wire import StoredEvent, to_cloudevent
from hardwon.tokens import Principal
from hardwon_api.answers import Answer
from hardwon_api.context import principal


class Member(Answer):
    """Somebody who belongs to the organisation."""

    id: UUID
    name: str
    email: str | None = Field(None, description="for administrators only")
    role: Role
    teams: list[str]


class Members(BaseModel):
    """A page of members, the newest first."""

    items: list[Member]
    next: str | None


class Team(Answer):
    """A team, as members and projects name it."""

    name: str
    members: int
    projects: int


class Teams(BaseModel):
    """Every team."""

    items: list[Team]


class Token(Answer):
    """A token, but not its secret."""

    id: UUID
    name: str
    scopes: list[Scope]
    member_id: UUID | None
    created_at: datetime
    expires_at: datetime | None


class Tokens(BaseModel):
    """The tokens that are good for something, the newest first."""

    items: list[Token]


class IssuedToken(BaseModel):
    """A token that was made just now."""

    id: UUID
    token: str = Field(description="shown this once; only its digest is kept")


class Me(BaseModel):
    """Who asks, as the service sees it."""

    organisation_id: UUID
    actor: str = Field(description="as it stands in the log")
    token: str
    scopes: list[Scope]
    member: Member | None


class Audit(BaseModel):
    """Events as CloudEvents, the newest first."""

    items: list[dict[str, Any]]
    next: str | None


def member(row: dict[str, Any], member_id: UUID | str) -> Member:
    """Return a member as whoever asks may see one."""
    shown = row if "administer" in principal().scopes else row | {"email": None}
    return Member.of(shown | {"id": member_id})


def cloudevent(stored: StoredEvent, asking: Principal) -> dict[str, Any]:
    """Return the event as whoever asks may see it: members' addresses are for administrators, and whose vote it is for nobody."""
    told = to_cloudevent(stored)
    told["data"].pop("ballot", None)
    if "administer" not in asking.scopes and stored.type.startswith("member_"):
        for each in (told["data"], told["data"].get("changes", {})):
            each.pop("email", None)
    return told
