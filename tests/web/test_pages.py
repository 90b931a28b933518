"""What holds of the pages without a browser: whose role shows what, languages, themes, problems, headers."""

import re
from collections.abc import Callable
from io import BytesIO
from uuid import UUID

import pytest
from browser import Browser
from markupsafe import escape

from hardwon import handlers
from hardwon.domain.commands import RegisterProject
from hardwon.domain.values import Profile
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections import projects, recommendations
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, advance
from hardwon.sample import sample_story
from hardwon.sample.bringing import bring

SignedIn = Callable[..., Browser]
NAME = "Gates <b>at</b> the pier & beyond"


@pytest.fixture
def project(log: Log, pool: Pool, organisation: UUID) -> UUID:
    """A project that waits for its suggestions: no worker runs here."""
    id_ = new_id()
    command = RegisterProject(id_, Profile(NAME, team="Piers", phase="planning"))
    handlers.register_project(log, organisation, command, Request(id_, Metadata("tests")))
    for each in (projects.PROJECTION, recommendations.PROJECTION):
        advance(pool, each, organisation)
    return id_


def test_a_reader_reads_and_is_offered_nothing_else(signed_in: SignedIn, project: UUID) -> None:
    """Somebody who may only read sees the project, no button that would be refused, and is refused in a page where he tries."""
    reader, member = signed_in("Rhea", "reader"), signed_in("Mo", "member")
    address = f"/projects/{project}"
    assert "/edit" in member.get(address).text
    assert "/edit" not in reader.get(address).text
    assert "Start a project" not in reader.get("/").text
    for refused in (reader.get("/projects/new"), reader.submit(f"{address}/edit", of="/", name="Mine")):
        assert refused.status_code == 403
        assert "This is not yours to do" in refused.text


def test_what_people_write_is_text(signed_in: SignedIn, project: UUID) -> None:
    """A tag in a project's name is shown as it was written, on every page that names it."""
    browser = signed_in()
    for address in ("/", f"/projects/{project}", f"/projects/{project}/edit"):
        page = browser.get(address).text
        assert "<b>at</b>" not in page
        assert "&lt;b&gt;at&lt;/b&gt;" in page


def test_a_project_that_waits_says_so(signed_in: SignedIn, project: UUID) -> None:
    """Until the suggestions are there, the page says that they are looked for."""
    assert "Looking through what other teams learned" in signed_in().get(f"/projects/{project}").text


def test_a_project_is_there_while_no_worker_is(signed_in: SignedIn) -> None:
    """Whoever starts one while the workers are busy or away is led to its page, and finds it."""
    browser = signed_in()
    started = browser.submit("/projects/new", id=str(new_id()), name="Ticket machines for the ferry piers")
    assert "Ticket machines for the ferry piers" in browser.get(started.location).text


@pytest.mark.parametrize("content", [b"PK\x03\x04\xff", b"R\x00i\x00s\x00k\x00"])
def test_a_file_that_is_no_text_is_refused_by_its_name(signed_in: SignedIn, content: bytes) -> None:
    """Without script the file that I chose goes to the service: if it is no text, it is named, and what to do instead."""
    file = BytesIO(content), "risks.docx"
    told = signed_in().submit("/projects/new", id=str(new_id()), name="Gates", risks_file=file)
    assert told.status_code == 422
    assert "risks.docx: this is not a text file." in told.text


def test_home_asks_what_nobody_learned_from_yet(signed_in: SignedIn, log: Log, pool: Pool, organisation: UUID) -> None:
    """The newest points without a lesson stand on the home page; those that a lesson answers do not."""
    bring(log, organisation, Metadata("tests"))
    for each in PROJECTIONS:
        advance(pool, each, organisation)
    newest = sample_story().projects[-1].retrospectives[-1]
    answered = {key for lesson in newest.lessons for key in lesson.points}
    home = signed_in().get("/").text
    waiting = home.partition('id="unanswered"')[2].partition("</section>")[0]
    shown = [each for each in newest.points if str(escape(each.text)) in waiting]
    assert shown
    assert not answered & {each.key for each in shown}


@pytest.mark.parametrize(
    "wrong", ["?step=999999", "?step=x", "?step=-1", "?day=yesterday", "?day=9999-12-31", "?day=0001-01-01"]
)
def test_any_moment_may_be_asked_for(wrong: str, signed_in: SignedIn, project: UUID) -> None:
    """A moment that is none, or is still to come, or lies before everything, is answered with a page."""
    assert signed_in().get(f"/projects/{project}{wrong}").status_code == 200


def test_each_reader_has_his_language(signed_in: SignedIn) -> None:
    """The browser's language counts, until I choose one on the page; what I choose stays."""
    browser = signed_in()
    assert '<html lang="de-AT"' in browser.get("/", Accept_Language="de-AT,de;q=0.9,en;q=0.5").text
    assert browser.submit("/look", of="/", language="de", back="/account").headers["Location"] == "/account"
    assert "Ihr Konto" in browser.get("/account", Accept_Language="en").text


@pytest.mark.parametrize(
    ("asked", "language", "told"),
    [
        ("en-GB", "en-GB", "5 Jan 2024"),
        ("en-US,en;q=0.9", "en-US", "Jan 5, 2024"),
        ("en", "en-001", "5 Jan 2024"),
        ("fr,en-AU;q=0.5", "en-AU", "5 Jan 2024"),
        ("de-AT,en-GB;q=0.5", "de-AT", "05.01.2024"),
        ("tlh, en-XX, en-$;q=0.1", "en-001", "5 Jan 2024"),
        ("", "en-001", "5 Jan 2024"),
    ],
)
def test_days_are_written_as_in_the_readers_country(
    asked: str, language: str, told: str, signed_in: SignedIn, organisation: UUID, log: Log, pool: Pool
) -> None:
    """A Briton does not read American dates, and a name that means no country harms nothing."""
    command = RegisterProject(new_id(), Profile("Gates", ended_on="2024-01-05"))
    handlers.register_project(log, organisation, command, Request(new_id(), Metadata("tests")))
    advance(pool, projects.PROJECTION, organisation)
    page = signed_in().get("/", Accept_Language=asked).text
    assert f'<html lang="{language}"' in page
    assert told in page


def test_light_and_dark_work_without_script(signed_in: SignedIn) -> None:
    """I press Dark, and the page is dark from then on."""
    browser = signed_in()
    assert 'data-theme="auto"' in browser.get("/").text
    browser.submit("/look", of="/", theme="dark")
    assert 'data-theme="dark"' in browser.get("/").text
    browser.submit("/look", of="/", theme="purple")
    assert 'data-theme="dark"' in browser.get("/").text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_form_leads_elsewhere(elsewhere: str, signed_in: SignedIn) -> None:
    """A form that names another site as the page to go back to leads home."""
    assert signed_in().submit("/look", of="/", theme="dark", back=elsewhere).headers["Location"] == "/"


def test_problems_are_pages_for_people_and_documents_for_tools(signed_in: SignedIn) -> None:
    """Whoever asks for a page is told in a page what went wrong; a part of a page gets a note; a tool a problem document."""
    browser = signed_in()
    page = browser.get("/nothing", Accept="text/html")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "There is nothing here" in page.text
    part = browser.get(f"/projects/{new_id()}", Accept="text/html", HX_Request="true")
    assert (part.status_code, part.headers["HX-Retarget"]) == (404, "#notice")
    assert "<html" not in part.text
    assert browser.get("/nothing", Accept="application/json").mimetype == "application/problem+json"
    assert browser.get("/v1/nothing", Accept="text/html").mimetype == "application/problem+json"


def test_pages_run_nothing_of_others(signed_in: SignedIn) -> None:
    """Every page holds nothing inline, forbids that and what is elsewhere, and is kept by nobody between; the one about the API too."""
    browser = signed_in()
    for address in ("/", "/sign-in", "/nothing", "/docs/swagger", "/docs/"):
        page = browser.get(address, Accept="text/html")
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert not re.search(r"<script(?![^>]* src=)|<style| style=", page.text)


def test_files_are_kept_for_good_and_only_as_they_are(signed_in: SignedIn) -> None:
    """A style sheet lies under its hash: browsers keep it, and another hash leads to nothing."""
    browser = signed_in()
    address = browser.get("/").text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = browser.get(address, Accept_Encoding="gzip")
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    assert browser.get("/static/0000000000000000/hardwon.css").status_code == 404
