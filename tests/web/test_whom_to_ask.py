"""Where a page says that an administrator is needed, it says who that is."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from browser import Browser
from telling import Teller

from hardwon import handlers
from hardwon.domain.commands import HoldRetrospective
from hardwon.handlers import RetroItem
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log

SignIn = Callable[..., Browser]
ADA = "Administrators here: Ada."


@pytest.fixture
def board(log: Log, organisation: UUID, follow: Callable[[], None]) -> str:
    project, id_ = Teller(log, organisation).project("The ferry"), new_id()
    held = RetroItem(HoldRetrospective(id_, project, "After the opening", None), id_)
    handlers.record_retro_events(log, organisation, project, [held], Metadata("tests"))
    follow()
    return f"/retrospectives/{id_}"


def test_whoever_may_not_invite_is_told_who_does(signed_in: SignIn, board: str) -> None:
    """On a board, by name; an administrator is shown the way to invite instead, and names nobody."""
    ada, mia = signed_in("Ada"), signed_in("Mia", "member")
    assert ADA in mia.get(board).text
    assert "Administrators here" not in ada.get(board).text


def test_whoever_is_refused_is_told_who_can_change_it(signed_in: SignIn) -> None:
    """The page that says no names those who can say yes."""
    signed_in("Ada")
    refused = signed_in("Rita", "reader").get("/admin")
    assert (refused.status_code, ADA in refused.text) == (403, True)


def test_a_few_are_named_and_none_who_left(signed_in: SignIn, board: str) -> None:
    """Of many administrators the first three; one who was removed is asked nothing."""
    first = signed_in("Ada")
    for name in ("Ben", "Cleo", "Dan"):
        signed_in(name)
    mia = signed_in("Mia", "member")
    assert "Administrators here: Ada, Ben, Cleo." in mia.get(board).text
    gone = f"/admin/members/{first.member_id}/remove"
    assert signed_in("Eve").submit(gone, of=gone).status_code == 302
    assert "Administrators here: Ben, Cleo, Dan." in mia.get(board).text


def test_whoever_is_not_signed_in_is_told_no_names(
    signed_in: SignIn, browse: Callable[..., Browser], organisation: UUID
) -> None:
    """The control: to strangers an organisation names nobody."""
    signed_in("Ada")
    page = browse().get(f"/sign-in/{organisation}").text
    assert not re.search(r"\bAda\b", page)  # as a word: the letters may stand in a form's token
