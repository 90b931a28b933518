"""What could go wrong, said on the project's page."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from browser import Browser
from telling import Teller

from hardwon import handlers
from hardwon.domain.values import Artefact
from hardwon.ports import Log

SignIn = Callable[..., Browser]
CHARTER = Artefact("charter", "Readers on every pier by May.")
ASKED = 'name="risks"'


@pytest.fixture
def begin(log: Log, organisation: UUID, follow: Callable[[], None]) -> Callable[..., UUID]:
    def begin(**profile: Any) -> UUID:
        project = Teller(log, organisation).project("Readers on piers", **profile)
        follow()
        return project

    return begin


def test_risks_are_added_where_the_suggestions_stand(
    signed_in: SignIn, begin: Callable[..., UUID], log: Log, organisation: UUID
) -> None:
    """I write what could go wrong beside what came: it is kept as a paper, the charter stays, and I am asked no more."""
    ada, project = signed_in(), begin(artefacts=(CHARTER,))
    page = f"/projects/{project}"
    said = ada.submit(f"{page}/risks", of=page, risks=" - Salt eats them\n- The crew has no keys ")
    assert said.location == page
    known, _history = handlers.current_project(log, organisation, project)
    assert known.profile.artefacts == (CHARTER, Artefact("risks", "- Salt eats them\n- The crew has no keys"))
    assert ASKED not in ada.get(page).text


@pytest.mark.parametrize("text", [" ", "x" * 20_001], ids=["nothing", "too much"])
def test_what_does_not_fit_is_said_and_kept(signed_in: SignIn, begin: Callable[..., UUID], text: str) -> None:
    """The form comes back with the field marked, and with what I wrote in it."""
    page = f"/projects/{begin()}"
    said = signed_in().submit(f"{page}/risks", of=page, risks=text)
    assert said.status_code == 422
    assert "field-wrong" in said.text
    assert text in said.text


@pytest.mark.parametrize(
    ("role", "profile", "asked"),
    [
        ("member", {}, True),
        ("reader", {}, False),
        ("member", {"ended_on": "2020-05-01"}, False),
        ("member", {"ended_on": "2199-05-01"}, True),
        ("member", {"artefacts": (Artefact("risks", "Salt"),)}, False),
    ],
)
def test_it_is_asked_where_it_helps(
    signed_in: SignIn, begin: Callable[..., UUID], role: str, profile: dict[str, Any], *, asked: bool
) -> None:
    """Of a project that goes on and has said nothing of it yet, and of whoever may say it."""
    assert (ASKED in signed_in("Mia", role).get(f"/projects/{begin(**profile)}").text) is asked
