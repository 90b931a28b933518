"""Two of a team may begin the same project, each: who comes second is told, and decides."""

from collections.abc import Callable
from uuid import UUID

import pytest
from browser import Browser
from telling import Teller

from hardwon.ids import new_id
from hardwon.ports import Log

NAME, TOLD = "Readers on piers", "A project of this name goes on already"
SignIn = Callable[..., Browser]


@pytest.mark.parametrize(
    ("ended_on", "told"), [(None, True), ("2020-01-01", False)], ids=["goes on", "the control: over"]
)
def test_who_comes_second_is_told_and_decides(
    signed_in: SignIn, log: Log, organisation: UUID, follow: Callable[[], None], ended_on: str | None, *, told: bool
) -> None:
    """In whatever letters: I am led to the one that goes on, what I wrote stands in the form, and sent once more it is begun."""
    theirs = Teller(log, organisation).project(NAME, ended_on=ended_on)
    follow()
    ada, mine = signed_in(), str(new_id())
    said = ada.submit("/projects/new", id=mine, name=NAME.upper(), summary="Every pier gets one.")
    assert (TOLD in said.text) is told
    if told:
        assert said.status_code == 409
        assert f'href="/projects/{theirs}"' in said.text
        assert "Every pier gets one." in said.text
        assert 'name="again"' in said.text
        said = ada.submit("/projects/new", id=mine, name=NAME.upper(), summary="Every pier gets one.", again="yes")
    assert said.location == f"/projects/{mine}"


def test_the_same_form_sent_twice_begins_one_project(signed_in: SignIn, follow: Callable[[], None]) -> None:
    """An impatient second press is no second project."""
    ada, mine = signed_in(), str(new_id())
    for _ in range(2):
        assert ada.submit("/projects/new", id=mine, name=NAME).location == f"/projects/{mine}"
        follow()
