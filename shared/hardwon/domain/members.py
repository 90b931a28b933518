"""An organisation's members: who they are, and what their roles let them do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from hardwon.domain.commands import AddMember, ChangeMember, MemberCommand, RemoveMember
from hardwon.domain.errors import Conflict, Invalid, LastAdministrator, NotFound
from hardwon.domain.events import DomainEvent, MemberAdded, MemberChanged, MemberRemoved
from hardwon.domain.values import Role, Scope

STREAM = "members"
"""One an organisation: an address is one member's, and somebody must remain who can administer."""
_READER: tuple[Scope, ...] = ("read",)
_MEMBER: tuple[Scope, ...] = (*_READER, "write")
_PROJECT_OFFICE: tuple[Scope, ...] = (*_MEMBER, "curate")
SCOPES: tuple[Scope, ...] = (*_PROJECT_OFFICE, "administer")
"""All there are; each role can do what the one before can, and more."""
ROLES: Mapping[Role, tuple[Scope, ...]] = {
    "reader": _READER,
    "member": _MEMBER,
    "project_office": _PROJECT_OFFICE,
    "administrator": SCOPES,
}
_LONGEST_ADDRESS = 254  # RFC 5321


@dataclass(frozen=True, slots=True)
class Member:
    """What must be known of a member to decide about one."""

    name: str
    email: str
    role: Role
    teams: tuple[str, ...]
    removed: bool = False


Members = Mapping[UUID, Member]


def decide(command: MemberCommand, members: Members | None) -> list[DomainEvent]:
    known = members or {}
    match command:
        case AddMember():
            return _add(command, known)
        case ChangeMember():
            return _change(command, known)
        case RemoveMember():
            if _known(command.member_id, known).removed:
                return []
            _keep_an_administrator(command.member_id, known)
            return [MemberRemoved(command.member_id)]


def evolve(members: Members | None, event: DomainEvent) -> Members | None:
    known = members or {}
    match event:
        case MemberAdded():
            return {**known, event.member_id: Member(event.name, event.email, event.role, event.teams)}
        case MemberChanged():
            return {**known, event.member_id: replace(known[event.member_id], **changed(event.changes))}
        case MemberRemoved():
            return {**known, event.member_id: replace(known[event.member_id], removed=True)}
        case _:
            return members


def changed(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes with lists as tuples: JSON knows no others."""
    return {name: tuple(value) if name == "teams" else value for name, value in changes.items()}


def _add(command: AddMember, known: Members) -> list[DomainEvent]:
    _check({"name": command.name, "email": command.email}, command.member_id, known)
    if command.member_id in known:
        raise Conflict("There is a member %(id)s already.", id=command.member_id)
    return [MemberAdded(command.member_id, command.name, command.email, command.role, command.teams)]


def _change(command: ChangeMember, known: Members) -> list[DomainEvent]:
    before = _known(command.member_id, known)
    if before.removed:
        raise Conflict("Member %(id)s was removed; add this person anew.", id=command.member_id)
    wanted = changed(command.changes)
    changes = {name: value for name, value in wanted.items() if getattr(before, name) != value}
    _check(changes, command.member_id, known)
    if "role" in changes:
        _keep_an_administrator(command.member_id, known)
    return [MemberChanged(command.member_id, changes)] if changes else []


def _known(member_id: UUID, known: Members) -> Member:
    if member_id not in known:
        raise NotFound("member", member_id)
    return known[member_id]


def _check(values: Mapping[str, Any], member_id: UUID, known: Members) -> None:
    if not values.get("name", "-").strip():
        raise Invalid("A member needs a name.", field="/name")
    email: str | None = values.get("email")
    if email is None:
        return
    before, _, behind = email.partition("@")
    if not before or "." not in behind or len(email) > _LONGEST_ADDRESS or any(map(str.isspace, email)):
        raise Invalid("%(email)r is no e-mail address.", field="/email", email=email)
    for id_, each in known.items():
        if id_ != member_id and not each.removed and each.email.casefold() == email.casefold():
            raise Conflict("Member %(id)s has the address %(email)s already.", id=id_, email=email)


def _keep_an_administrator(leaving: UUID, known: Members) -> None:
    left = [id_ for id_, each in known.items() if each.role == "administrator" and not each.removed]
    if left == [leaving]:
        raise LastAdministrator
