"""The log's page: what happened, in sentences, the newest first."""

import json
import re
from collections.abc import Callable
from typing import Any, get_args
from uuid import UUID

import pytest
from browser import Browser
from telling import Teller

from hardwon import long_work
from hardwon.domain.events import DomainEvent
from hardwon.log import wire
from hardwon.ports import Log
from hardwon.projections.following import Pool
from hardwon_api.web.happenings import GROUPS, SENTENCES

SignIn = Callable[..., Browser]


@pytest.fixture
def teller(log: Log, organisation: UUID) -> Teller:
    return Teller(log, organisation)


def _said(page: str) -> list[str]:
    return re.findall(r'<p class="log-said">(.*?)</p>', page)


def test_every_event_there_is_has_its_sentence() -> None:
    """A new sort of event is told on the page from its first day, and found by a filter."""
    types = {wire.type_of(each) for each in get_args(DomainEvent)}
    assert set(SENTENCES) == types
    assert sorted(each for _, group in GROUPS.values() for each in group) == sorted(types)


def test_what_happened_reads_as_sentences(signed_in: SignIn, teller: Teller, follow: Callable[[], None]) -> None:
    """Names stand for ids, members are called by their names, and what people wrote is shown escaped."""
    project = teller.project("Ferry <b>piers</b>")
    teller.lessons(project, "Salt eats the readers.")
    follow()
    page = signed_in("Ada").get("/log")
    assert page.status_code == 200
    said = _said(page.text)
    assert said[0] == "Ada was added as a member, with the role administrator."
    assert said[1] == "“Ferry &lt;b&gt;piers&lt;/b&gt;” drew a lesson: “Salt eats the readers.”"
    assert said[-1] == "The organisation “An organisation” was registered."


def test_it_is_read_in_german_too(signed_in: SignIn) -> None:
    page = signed_in("Ada").get("/log", Accept_Language="de")
    assert "Ada wurde als Mitglied aufgenommen, mit der Rolle Administrator." in page.text


@pytest.mark.parametrize(
    ("asked", "positions"),
    [
        ("type=lessons", [4]),
        ("type=project_registered", [3, 2]),
        ("actor=tests&type=people", [5, 1]),
        ("actor=nobody", []),
        ("project={first}", [4, 2]),
        ("project={first}&type=projects", [2]),
        ("since=2020-01-01&until=2020-01-02", []),
        ("since=2020-01-01", [5, 4, 3, 2, 1]),
        ("type=nonsense&project=x&since=yesterday&until=0001-01-01&cursor=", [5, 4, 3, 2, 1]),
    ],
)
def test_it_is_filtered(
    signed_in: SignIn, teller: Teller, follow: Callable[[], None], asked: str, positions: list[int]
) -> None:
    """By what happened, who did it, in which project, and when; what cannot be understood is left out."""
    first, _ = teller.project("One"), teller.project("Two")
    teller.lessons(first, "A lesson.")
    follow()
    page = signed_in("Ada").get("/log?" + asked.format(first=first)).text
    assert [int(each) for each in re.findall(r'href="/log/(\d+)">Position', page)] == positions


def test_it_is_paged(signed_in: SignIn, teller: Teller) -> None:
    """Page by page to the first event, each once, with the filters kept."""
    for number in range(30):
        teller.project(f"P{number}")
    browser, seen, address = signed_in("Ada"), [], "/log?type=projects"
    while address:
        page = browser.get(address).text
        seen += [int(each) for each in re.findall(r'href="/log/(\d+)">Position', page)]
        more = re.search(r'href="([^"]*)" rel="next"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert seen == list(range(31, 1, -1))


def test_an_event_is_unfolded_with_its_hashes(signed_in: SignIn, log: Log, organisation: UUID) -> None:
    """Its JSON, its hash and that of the one before; as a page by itself, and as a part of the list."""
    browser = signed_in("Ada")
    first, second = log.read(organisation, 0, 2)
    for page in (browser.get("/log/2").text, browser.get("/log/2", HX_Request="true").text):
        assert first.hash.hex() in page
        assert second.hash.hex() in page
        assert "member_added" in page
    assert "<html" not in browser.get("/log/2", HX_Request="true").text
    for nowhere in ("/log/0", "/log/3", "/log/99999999999999999999"):
        assert browser.get(nowhere).status_code == 404


def test_addresses_are_for_administrators(signed_in: SignIn, log: Log, organisation: UUID) -> None:
    """In the list, the event and the export: a reader sees who was added, and not the address."""
    ada, rhea = signed_in("Ada"), signed_in("Rhea", "reader")
    for path in ("/log/2", "/log/export"):
        assert "ada@ferries.example" in ada.get(path).text
        assert "ada@ferries.example" not in rhea.get(path).text
    assert "@ferries" not in ada.get("/log").text


def test_new_events_are_counted_by_what_is_looked_for(signed_in: SignIn, teller: Teller) -> None:
    """What came after the page was made, and none of it that a filter leaves out."""
    browser = signed_in("Ada")
    teller.project("One")
    teller.project("Two")
    assert "2 new events" in browser.get("/log/new?after=2").text
    assert "1 new event<" in browser.get("/log/new?after=3").text
    assert "new event" not in browser.get("/log/new?after=2&type=lessons").text


def test_the_log_is_given_out(signed_in: SignIn, teller: Teller) -> None:
    """All of it or what is looked for, as CloudEvents, one a line, the oldest first."""
    browser = signed_in("Ada")
    teller.project("One")
    answer = browser.get("/log/export")
    assert answer.mimetype == "application/x-ndjson"
    events = [json.loads(line) for line in answer.text.splitlines()]
    assert len(events) == 3
    assert events[-1]["data"]["profile"]["name"] == "One"
    assert len(browser.get("/log/export?type=projects").text.splitlines()) == 1


def test_who_may_curate_asks_for_a_proof(signed_in: SignIn, pool: Pool, organisation: UUID) -> None:
    """The page tells that a worker is at it, then what came of it; a reader sees the state and has no button."""
    ada, rhea = signed_in("Ada"), signed_in("Rhea", "reader")
    assert "Nobody has verified yet" in rhea.get("/log").text
    assert "Verify now" not in rhea.get("/log").text
    assert rhea.submit("/log/verify", of="/account").status_code == 403
    assert ada.submit("/log/verify", of="/log").status_code == 302
    assert "A worker walks it" in rhea.get("/log").text
    outcomes: list[tuple[dict[str, Any], str]] = [
        ({"problem": ""}, "Verified up to position 3 of 3."),
        ({"problem": "it was altered", "told": {"broken_at": 2}}, "does not hold at position 2"),
        ({"problem": "ValueError: no"}, "could not be brought to its end"),
    ]
    for came, words in outcomes:
        with pool.of(organisation) as connection:
            long_work.ask(connection, organisation, long_work.VERIFY)
            long_work.save(connection, organisation, long_work.VERIFY, long_work.Slice(3, 3, **came))
        assert words in rhea.get("/log/proof").text


def test_nobody_reads_it_who_is_not_signed_in(browser: Browser) -> None:
    for path in ("/log", "/log/1", "/log/export", "/log/live"):
        assert browser.get(path).headers["Location"].startswith("/sign-in")
