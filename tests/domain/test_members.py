"""Who belongs to an organisation, and what their roles let them do."""

from functools import reduce
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from hardwon.domain.commands import AddMember, ChangeMember, MemberCommand, RemoveMember
from hardwon.domain.errors import Conflict, Invalid, NotFound
from hardwon.domain.members import ROLES, SCOPES, Members, decide, evolve

ADA, BEN, CLEO = (UUID(int=number) for number in (1, 2, 3))


def after(*commands: MemberCommand) -> Members:
    known: Members | None = None
    for command in commands:
        known = reduce(evolve, decide(command, known), known)
    return known or {}


def added(id_: UUID = ADA, name: str = "Ada", role: Any = "administrator") -> AddMember:
    return AddMember(id_, name, f"{name.lower()}@ferries.example", role)


def test_each_role_can_do_what_the_one_before_can_and_more() -> None:
    """From a reader to an administrator nothing is lost."""
    for less, more in pairwise(ROLES.values()):
        assert set(less) < set(more)
    assert ROLES["administrator"] == SCOPES


def test_a_member_is_added_changed_and_removed() -> None:
    """What is not named stays as it is; saying what holds already records nothing."""
    known = after(added(), added(BEN, "Ben", "reader"), ChangeMember(BEN, {"role": "member", "teams": ["Piers"]}))
    assert (known[BEN].name, known[BEN].role, known[BEN].teams) == ("Ben", "member", ("Piers",))
    assert decide(ChangeMember(BEN, {"role": "member", "teams": ["Piers"]}), known) == []
    gone = after(added(), added(BEN, "Ben"), RemoveMember(BEN))
    assert gone[BEN].removed
    assert decide(RemoveMember(BEN), gone) == []
    with pytest.raises(Conflict, match="removed"):
        decide(ChangeMember(BEN, {"name": "Benno"}), gone)


def test_somebody_remains_who_can_administer() -> None:
    """The last administrator can neither leave nor step down; one of two can."""
    known = after(added(), added(BEN, "Ben", "project_office"))
    for command in (RemoveMember(ADA), ChangeMember(ADA, {"role": "reader"})):
        with pytest.raises(Conflict, match="last administrator"):
            decide(command, known)
    two = after(added(), added(BEN, "Ben"))
    assert decide(RemoveMember(ADA), two)


def test_an_address_is_one_members() -> None:
    """Whatever the case of its letters; that of somebody who was removed is free again."""
    known = after(added(), added(BEN, "Ben"))
    with pytest.raises(Conflict, match="address"):
        decide(AddMember(CLEO, "Cleo", "BEN@ferries.example", "reader"), known)
    with pytest.raises(Conflict, match="address"):
        decide(ChangeMember(ADA, {"email": "ben@ferries.example"}), known)
    free = after(added(), added(BEN, "Ben"), RemoveMember(BEN))
    assert decide(AddMember(CLEO, "Cleo", "ben@ferries.example", "reader"), free)


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@ferries", "a b@ferries.example", "@ferries.example", "a@b." + "c" * 260]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    """The refusal names the field."""
    with pytest.raises(Invalid) as refused:
        decide(AddMember(ADA, "Ada", email, "reader"), None)
    assert refused.value.field == "/email"


def test_nobody_is_nobody() -> None:
    """An unknown member is not found, a known id is not added twice, and a name is needed."""
    with pytest.raises(NotFound):
        decide(RemoveMember(ADA), None)
    with pytest.raises(Conflict):
        decide(AddMember(ADA, "Another", "another@ferries.example", "reader"), after(added()))
    with pytest.raises(Invalid, match="name"):
        decide(AddMember(ADA, "  ", "ada@ferries.example", "reader"), None)
