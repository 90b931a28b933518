"""What the project's page asks, one thing at a time: what it is, then what could go wrong."""

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
SUMMARY, RISKS = '<textarea id="more" name="summary"', '<textarea id="more" name="risks"'
ABOUT = "Every pier gets a reader."


@pytest.fixture
def begin(log: Log, organisation: UUID, follow: Callable[[], None]) -> Callable[..., UUID]:
    def begin(**profile: Any) -> UUID:
        project = Teller(log, organisation).project("Readers on piers", **profile)
        follow()
        return project

    return begin


def test_what_it_is_comes_before_what_could_go_wrong(
    signed_in: SignIn, begin: Callable[..., UUID], log: Log, organisation: UUID, follow: Callable[[], None]
) -> None:
    """Begun with a line, it is asked what it is; I say so beside what came, and am asked the next thing."""
    ada, project = signed_in(), begin()
    page = f"/projects/{project}"
    assert SUMMARY in ada.get(page).text
    said = ada.submit(f"{page}/more", of=page, summary=f" {ABOUT} ")
    assert said.location == f"{page}#suggested"
    known, _history = handlers.current_project(log, organisation, project)
    assert known.profile.summary == ABOUT
    follow()
    asked = ada.get(page).text
    assert SUMMARY not in asked
    assert RISKS in asked


def test_risks_are_added_where_the_suggestions_stand(
    signed_in: SignIn, begin: Callable[..., UUID], log: Log, organisation: UUID, follow: Callable[[], None]
) -> None:
    """I write what could go wrong beside what came: it is kept as a paper, the charter stays, and I may think of something else."""
    ada, project = signed_in(), begin(summary=ABOUT, artefacts=(CHARTER,))
    page = f"/projects/{project}"
    said = ada.submit(f"{page}/more", of=page, risks=" - Salt eats them\n- The crew has no keys ")
    assert said.location == f"{page}#suggested"
    known, _history = handlers.current_project(log, organisation, project)
    assert known.profile.artefacts == (CHARTER, Artefact("risks", "- Salt eats them\n- The crew has no keys"))
    follow()
    assert "What else could go wrong?" in ada.get(page).text


def test_what_another_said_meanwhile_stays(
    signed_in: SignIn, begin: Callable[..., UUID], log: Log, organisation: UUID
) -> None:
    """Two of us were asked the same; both answers stand, one under the other."""
    ada, project = signed_in(), begin()
    for said in (ABOUT, "And the crew gets keys."):
        ada.submit(f"/projects/{project}/more", of=f"/projects/{project}", summary=said)
    known, _history = handlers.current_project(log, organisation, project)
    assert known.profile.summary == f"{ABOUT}\n\nAnd the crew gets keys."


@pytest.mark.parametrize(
    ("name", "text"),
    [("summary", " "), ("risks", " "), ("risks", "x" * 20_001), ("summary", "x" * 10_001)],
    ids=["nothing of it", "nothing", "too much", "too long"],
)
def test_what_does_not_fit_is_said_and_kept(
    signed_in: SignIn, begin: Callable[..., UUID], name: str, text: str
) -> None:
    """The form comes back with the field marked, and with what I wrote in it."""
    page = f"/projects/{begin()}"
    said = signed_in().submit(f"{page}/more", of=page, **{name: text})
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
        ("member", {"artefacts": (Artefact("risks", "Salt"),)}, True),
    ],
)
def test_it_is_asked_where_it_helps(
    signed_in: SignIn, begin: Callable[..., UUID], role: str, profile: dict[str, Any], *, asked: bool
) -> None:
    """Of a project that goes on, and of whoever may say it."""
    page = f"/projects/{begin(summary=ABOUT, **profile)}"
    assert (RISKS in signed_in("Mia", role).get(page).text) is asked
