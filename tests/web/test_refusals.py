"""Refusals on pages are told in the reader's language, in the words that stand where they are raised."""

import ast
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from babel.messages.pofile import read_po
from browser import Browser
from telling import BY_A_TEST, Teller

from hardwon import handlers
from hardwon.domain.commands import HoldRetrospective
from hardwon.domain.errors import NotFound
from hardwon.handlers import RetroItem
from hardwon.ids import new_id
from hardwon.ports import Log
from hardwon_api.web.translating import LANGUAGES, _catalogue

ROOT = Path(__file__).parents[2]
WHERE = (
    "shared/hardwon/domain",
    "shared/hardwon/handlers",
    "services/api/hardwon_api/web",
    "services/api/hardwon_api/queries",
)
REFUSING = {"Conflict", "Invalid", "Refusal"}
WRITTEN_OUT = "f-string"
"""Stands for a sentence that has what it names written into it, so that nobody could translate it."""
_NAMED = re.compile(r"%\((\w+)\)[sdr]")


def refusals(source: str) -> Iterator[str]:
    """Yield the sentences with which this code refuses something."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
            given = node.exc.args
            if node.exc.func.id in REFUSING:
                yield from (each.value for each in given if isinstance(each, ast.Constant) and " " in str(each.value))
                yield from (WRITTEN_OUT for each in given if isinstance(each, ast.JoinedStr))
            elif node.exc.func.id == "NotFound":
                of = {each.arg: 1 for each in node.exc.keywords if each.arg}
                yield from (
                    NotFound(given[0].value, "", **now).sentence
                    for now in ({}, of)
                    if isinstance(given[0], ast.Constant)
                )


def sentences() -> list[tuple[str, str]]:
    """Return the sentences, each with its file."""
    files = [file for folder in WHERE for file in (ROOT / folder).rglob("*.py")]
    return sorted({(said, file.name) for file in files for said in refusals(file.read_text("utf-8"))})


def test_what_a_refusal_names_is_told_beside_it() -> None:
    """And not written into its sentence."""
    assert [file for said, file in sentences() if said == WRITTEN_OUT] == []


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_every_refusal_is_translated(language: str) -> None:
    """What is missing is printed, for translations/<language>/refusals.po; a translation names nothing that its sentence does not."""
    said = {each: _catalogue(language).gettext(each) for each, _ in sentences()}
    assert len(said) > 30
    assert [each for each, told in said.items() if told == each] == []
    assert [each for each, told in said.items() if not {*_NAMED.findall(told)} <= {*_NAMED.findall(each)}] == []


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_nothing_is_translated_that_is_said_no_more(language: str) -> None:
    """A sentence of the catalogue stands somewhere in the code, or is what a class of errors says by itself or of what it names."""
    files = [
        file
        for folder in ("shared/hardwon/domain", "services/api/hardwon_api")
        for file in (ROOT / folder).rglob("*.py")
    ]
    trees = [ast.parse(file.read_text("utf-8")) for file in files]
    said = {each.value for tree in trees for each in ast.walk(tree) if isinstance(each, ast.Constant)} | {
        each for each, _ in sentences()
    }
    catalogue = ROOT / "services/api/hardwon_api/web/translations" / language / "refusals.po"
    known = [each.id for each in read_po(BytesIO(catalogue.read_bytes()), locale=language) if each.id]
    assert [each for each in known if each not in said] == []


def test_the_control_refusals_are_found() -> None:
    """One with what it names written into it too, and what is not there; a word that is a type and no sentence is left out."""
    source = """
raise Conflict('It is closed.')
raise Conflict(f'{id} is closed.')
raise Refusal(409, 'conflict', 'Too late.')
raise NotFound('boat', id_)
"""
    nowhere = "There is no boat %(id)s in this organisation."
    assert list(refusals(source)) == ["It is closed.", WRITTEN_OUT, "Too late.", nowhere, nowhere]


def test_a_german_page_refuses_in_german(
    signed_in: Callable[..., Browser], log: Log, organisation: UUID, follow: Callable[[], None]
) -> None:
    """A closed retrospective takes no point: so a German browser is told, as a page and as a note; an English one as before."""
    project, id_ = Teller(log, organisation).project("The ferry"), new_id()
    held = RetroItem(HoldRetrospective(id_, project, "After the opening", None), id_)
    handlers.record_retro_events(log, organisation, project, [held], BY_A_TEST)
    follow()
    ada, address = signed_in(), f"/retrospectives/{id_}"
    ada.submit(f"{address}/close", of=address)
    english = ada.submit(f"{address}/points", of="/account", kind="idea", text="Too late.").text
    assert '<p class="quiet">This retrospective is closed: reopen it' in english
    ada.http.set_cookie("hardwon_language", "de")
    german = ada.submit(f"{address}/points", of="/account", kind="idea", text="Too late.").text
    assert '<p class="quiet">Diese Retrospektive ist geschlossen' in german
    nowhere = new_id()
    assert f'<p class="quiet">Hier gibt es keine Retrospektive {nowhere}.' in ada.get(f"/retrospectives/{nowhere}").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_says_what_is_meant_for_programs(language: str, signed_in: Callable[..., Browser]) -> None:
    """An address that is none, a button that is none there, a form without its token: in my language, and nothing of servers and URLs."""
    ada = signed_in()
    ada.http.set_cookie("hardwon_language", language)
    answers = [
        ada.get("/nothing", Accept="text/html"),
        ada.get(f"/lessons/{new_id()}/retire", Accept="text/html"),
        ada.post("/account/name", name="Ada"),
    ]
    assert [each.status_code for each in answers] == [404, 405, 400]
    for each in answers:
        assert each.mimetype == "text/html"
        assert not re.search(r"URL|server|method|CSRF|token", re.sub(r"<[^>]*>", "", each.text))
    assert "requested URL" in ada.get("/nothing", Accept="application/json").json["detail"]  # the control
