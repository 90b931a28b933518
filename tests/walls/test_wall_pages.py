"""A signed-in browser, and a token under another one's id: neither reaches over to another organisation."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from parties import MARK, Party, held, ids_of
from psycopg import Connection
from working import Counting

from hardwon import entry_links
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections.following import Pool
from hardwon.tokens import Principal
from hardwon_api.app import create_app
from hardwon_api.context import Deps

TRIES = 3
"""Of each page, with another id each time."""
SAID = {
    "name": "A name",
    "title": "A title",
    "text": "A text",
    "kind": "idea",
    "insight": "Ours.",
    "email": "a@b.example",
    "verdict": "adopted",
    "outcome": "helped",
    "vote": "yes",
    "same": "yes",
    "why": "So.",
    "reason": "So.",
    "role": "reader",
    "scopes": "read",
    "days": "9",
    "version": "1",
}
"""What every form is filled in with, beside an id wherever one may stand."""
IDS = ("id", "project_id", "under", "member_id", "token_id")
_FORM, _ID = (
    re.compile(r'(?:"X-CSRFToken":|name="csrf_token" value=) ?"([^"]+)"'),
    re.compile("[0-9a-f]{8}-[0-9a-f-]{27}"),
)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker follows here, and forms and suggestions wait for one."""
    monkeypatch.setattr("hardwon.projections.catching_up._WORKERS_PATIENCE", 0.01)


@pytest.fixture
def browser(party: Callable[..., Party], pool: Pool, log: Log) -> FlaskClient:
    """An administrator of our organisation."""
    mine = party()
    client = mine.http.application.test_client()
    link = entry_links.for_first_administrator(pool, log, mine.organisation, Metadata("tests"))
    assert client.post(link, data={"csrf_token": form_token(client, link)}).status_code == 302
    return client


def form_token(client: FlaskClient, page: str = "/account") -> str:
    found = _FORM.search(client.get(page).text)
    assert found
    return found[1]


def addresses(app: Any) -> Iterator[tuple[str, str]]:
    """Yield (method, address) of every page that asks who comes, but for streams."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if hasattr(view, "needs") and not hasattr(view, "live") and not rule.rule.startswith("/v1/"):
            for method in sorted({"GET", "POST"} & (rule.methods or set())):
                yield method, rule.rule


def asked(client: FlaskClient, method: str, rule: str, id_: str, token: str) -> tuple[int, str]:
    """Return the answer without ids, which it may repeat, and without the tokens of its forms."""
    path = re.sub(r"<name>", "lessons", re.sub(r"<int:\w+>", "1", re.sub(r"<uuid:\w+>", id_, rule)))
    form = SAID | dict.fromkeys(IDS, id_) | {"csrf_token": token}
    answer = (
        client.post(path, data=form) if method == "POST" else client.get(path, query_string=dict.fromkeys(IDS, id_))
    )
    return answer.status_code, _ID.sub("<id>", _FORM.sub("", answer.text))


def test_no_page_tells_or_takes_what_is_another_organisations(
    browser: FlaskClient, theirs: Party, owner: Connection[Any]
) -> None:
    """Every page and form, with ids of the other one's in the address and the fields: as for ids that are nowhere, and no trace."""
    known, before, token = ids_of(owner, theirs.organisation), held(owner, theirs.organisation), form_token(browser)
    tried = [(each, str(uuid4())) for each in known[:: max(1, len(known) // TRIES)]]
    # Those without an id in the address come last: some make a thing of ours that bears the given id, and is not unknown from then on.
    pages = sorted(addresses(browser.application), key=lambda each: "<uuid:" not in each[1])
    assert len(pages) > 40
    for method, rule in pages:
        for foreign, nowhere in tried:
            (status, text), unknown = (asked(browser, method, rule, each, token) for each in (foreign, nowhere))
            assert MARK not in text, (method, rule)
            assert status < 500 or status == 503, (method, rule, text)
            if "<uuid:" in rule:
                assert (status, text) == unknown, (method, rule)
    assert held(owner, theirs.organisation) == before


def test_no_page_does_more_for_what_is_another_organisations(
    browser: FlaskClient, theirs: Party, owner: Connection[Any], counting: Counting
) -> None:
    """With a foreign id a page or form costs the database what it costs with nobody's; test_no_telling_by_time has controls."""
    known, token = ids_of(owner, theirs.organisation), form_token(browser)
    pages = [(method, rule) for method, rule in addresses(browser.application) if "<uuid:" in rule]
    assert len(pages) > 20
    for method, rule in pages:
        asked(browser, method, rule, str(uuid4()), token)  # what is kept from one request for the next is kept for both
        for id_ in known[:: max(1, len(known) // TRIES)]:
            # Else one of the two may be the one that writes this, once a minute.
            owner.execute("UPDATE session SET seen_at = now()")
            (_, foreign), (_, nowhere) = (
                counting.of(partial(asked, browser, method, rule, each, token)) for each in (id_, str(uuid4()))
            )
            assert foreign == nowhere, (method, rule)


def test_the_control_its_own_browser_is_shown_it(theirs: Party, pool: Pool, log: Log, owner: Connection[Any]) -> None:
    """The same addresses with the same ids lead somewhere for whose they are."""
    client = theirs.http.application.test_client()
    link = entry_links.for_first_administrator(pool, log, theirs.organisation, Metadata("tests"))
    client.post(link, data={"csrf_token": form_token(client, link)})
    shown = [
        asked(client, method, rule, id_, "")
        for method, rule in addresses(client.application)
        for id_ in ids_of(owner, theirs.organisation)
        if method == "GET" and rule.count("<uuid:") == 1
    ]
    assert sum(status == 200 and MARK in text for status, text in shown) > 5


@pytest.fixture
def twins(http: FlaskClient, party: Callable[..., Party], theirs: Party) -> list[Party]:
    """Our organisation and another one, each with a token of the same id, at a service that lets a token ask three times a minute."""
    parts: Deps = http.application.extensions["hardwon"]
    few = create_app(replace(parts, settings=parts.settings.model_copy(update={"requests_per_minute": 3})))
    id_, made = str(uuid4()), []
    for each in (party(), theirs):
        headers = {"Authorization": f"Bearer {each.token}", "Idempotency-Key": id_}
        answer = http.post("/v1/tokens", json={"name": "Twin", "scopes": ["read"]}, headers=headers)
        assert (answer.status_code, answer.json["id"]) == (201, id_)
        made.append(Party(few.test_client(), each.organisation, answer.json["token"]))
    return made


def used_up(ours: Party, other: Party) -> int:
    """Ask until our token may ask no more, and return what the other one is answered."""
    assert 429 in [ours.send("GET", "/v1/projects").status_code for _ in range(5)]
    status: int = other.send("GET", "/v1/projects").status_code
    return status


def test_a_token_that_was_given_another_ones_id_uses_up_nothing_of_it(twins: list[Party]) -> None:
    """Ids of tokens are chosen by whoever makes them: one that is another organisation's is counted by itself."""
    assert used_up(*twins) == 200


def test_the_control_counted_by_its_id_alone_it_does(twins: list[Party], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Principal, "counted_as", property(lambda self: str(self.token_id)))
    assert used_up(*twins) == 429
