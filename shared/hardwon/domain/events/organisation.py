"""What happens to the organisation itself: who belongs to it, which tokens speak, who was erased."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hardwon.domain.values import Role, Scope


@dataclass(frozen=True, slots=True)
class OrganisationRegistered:
    name: str


@dataclass(frozen=True, slots=True)
class MemberAdded:
    """Somebody belongs to the organisation from now on. Name and address are the member's own words: they can be erased."""

    member_id: UUID
    name: str
    email: str
    role: Role
    teams: tuple[str, ...] = ()
    """By the names that projects call their teams."""


@dataclass(frozen=True, slots=True)
class MemberChanged:
    member_id: UUID
    changes: Mapping[str, Any]
    """name, email, role or teams -> its new value; fields left out stay as they were."""


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    """The member may do nothing any more; what was recorded stays."""

    member_id: UUID


@dataclass(frozen=True, slots=True)
class TokenIssued:
    """Whoever shows the token may do this from now on. The token itself is nowhere."""

    token_id: UUID
    name: str
    scopes: tuple[Scope, ...]
    member_id: UUID | None = None
    """On whose behalf it speaks, and then never for more than this member's role; None: a tool's own."""
    expires_at: str | None = None
    """RFC 3339 time; None: never."""


@dataclass(frozen=True, slots=True)
class TokenRevoked:
    token_id: UUID


@dataclass(frozen=True, slots=True)
class PersonErased:
    """What this person had written can be read no more, here and wherever the log was copied to."""

    person_id: UUID


OrganisationEvent = (
    OrganisationRegistered | MemberAdded | MemberChanged | MemberRemoved | TokenIssued | TokenRevoked | PersonErased
)
