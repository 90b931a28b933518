"""Refusals on pages are told in the reader's language, in the words that stand where they are raised."""

import ast
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
from hardwon.handlers import RetroItem
from hardwon.ids import new_id
from hardwon.ports import Log
from hardwon_api.web.translating import LANGUAGES, _catalogue

ROOT = Path(__file__).parents[2]
WHERE = ("shared/hardwon/domain", "services/api/hardwon_api/web")
REFUSING = {"Conflict", "Invalid", "Refusal"}


def refusals(source: str) -> Iterator[str]:
    """Yield the sentences with which this code refuses something, of those that name nothing."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
            said = [each.value for each in node.exc.args if isinstance(each, ast.Constant)]
            yield from (each for each in said if node.exc.func.id in REFUSING and " " in str(each))


def sentences() -> set[str]:
    files = [file for folder in WHERE for file in (ROOT / folder).rglob("*.py")]
    return {said for file in files for said in refusals(file.read_text("utf-8"))}


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_every_refusal_that_names_nothing_is_translated(language: str) -> None:
    """What is missing is printed, for translations/<language>/refusals.po."""
    said = sentences()
    assert len(said) > 10
    assert [each for each in sorted(said) if _catalogue(language).gettext(each) == each] == []


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_nothing_is_translated_that_is_said_no_more(language: str) -> None:
    """A sentence of the catalogue stands somewhere in the code, or is what a class of errors says by itself."""
    files = [
        file
        for folder in ("shared/hardwon/domain", "services/api/hardwon_api")
        for file in (ROOT / folder).rglob("*.py")
    ]
    trees = [ast.parse(file.read_text("utf-8")) for file in files]
    said = {each.value for tree in trees for each in ast.walk(tree) if isinstance(each, ast.Constant)}
    catalogue = ROOT / "services/api/hardwon_api/web/translations" / language / "refusals.po"
    known = [each.id for each in read_po(BytesIO(catalogue.read_bytes()), locale=language) if each.id]
    assert [each for each in known if each not in said] == []


def test_the_control_refusals_are_found() -> None:
    """One that names something, and a word that is a type and no sentence, are left out."""
    source = "raise Conflict('It is closed.')\nraise Conflict(f'{id} is closed.')\nraise Refusal(409, 'conflict', 'Too late.')"
    assert list(refusals(source)) == ["It is closed.", "Too late."]


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
    nowhere = ada.get(f"/retrospectives/{new_id()}").text  # which names an id, and stays in English, marked so
    assert '<p class="quiet" lang="en">There is no retrospective' in nowhere
