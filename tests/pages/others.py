"""What pages show beside the sample: other people, organisations that hold little, and services that are not well."""

import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import psycopg
from outside import answers, wait_for
from playwright.sync_api import Browser, expect

from hardwon import entry_links
from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings
from hardwon.projections.following import Pool, checkpoints
from hardwon.sample import Point
from hardwon.tokens import organisation_of
from hardwon_local.running import Running
from hardwon_worker import theming, vectors, words
from hardwon_worker.vectors import LESSONS

ENTER = re.compile("^Enter ")
"""What the button on the page of an entry link is called, whether a project may be begun there or not."""
_PATIENCE = 60.0  # seconds that a service may take to answer
_HOLD = """
SELECT FROM checkpoint
WHERE organisation_id = %(organisation_id)s AND starts_with(follower, %(prefix)s || ':')
FOR UPDATE
"""
_NOBODY_LISTENS = "postgresql://hardwon@127.0.0.1:9/hardwon?connect_timeout=1"


def _opened(hardwon: Running) -> Pool:
    key = hardwon.servers.person_key_path.read_text("ascii")
    return open_pool(DatabaseSettings(database_url=hardwon.servers.app_database_url, person_key=key), "hardwon-tests")


def link(hardwon: Running, token: str, member_id: str) -> str:
    """Make an address that signs the member in, as `hardwon member link` does."""
    organisation = organisation_of(token)
    assert organisation
    with _opened(hardwon) as pool:
        return entry_links.make(pool, open_log(pool), organisation, UUID(member_id))


def remembered(chromium: Browser, url: str, address: str) -> Any:
    """Enter by a link, and return what the browser remembers."""
    context = chromium.new_context(base_url=url)
    context.set_default_timeout(_PATIENCE * 1_000)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name=ENTER).click()
    expect(page).to_have_url(f"{url}/")
    state = context.storage_state()
    context.close()
    return state


def reached(hardwon: Running, token: str) -> httpx.Client:
    """Return what reaches the API as a tool, with this token."""
    return httpx.Client(base_url=f"{hardwon.url}/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60)


def little(http: httpx.Client, name: str) -> str:
    """Register a project that nothing fits, and return its id."""
    id_: str = http.post("/projects", json={"name": name, "summary": "Nobody did this before."}).json()["id"]
    answered(http, id_)
    return id_


def answered(http: httpx.Client, project: str) -> None:
    """Wait for the first answer to a project."""
    asked, wait = f"/projects/{project}/recommendations", {"Prefer": "wait=20"}
    wait_for(lambda: http.get(asked, headers=wait).json().get("state") == "ready", "the first answer", 2 * _PATIENCE)


def meeting(http: httpx.Client, project: str, title: str, *points: Point) -> str:
    """Hold a retrospective, and return its id."""
    events = f"/projects/{project}/events"
    held = {"type": "retrospective_held", "data": {"title": title, "held_on": "2025-03-14"}}
    id_: str = http.post(events, json=held).json()["items"][0]["id"]
    told = [{"retrospective_id": id_, "kind": each.kind, "text": each.text} for each in points]
    raised = [{"type": "discussion_point_raised", "data": each} for each in told]
    if raised:
        http.post(events, json=raised).raise_for_status()
    return id_


@dataclass(frozen=True)
class Untouched:
    """An organisation that holds the sample and nothing else, when a worker is done with it: all that was found in it stays so."""

    signed_in: Any
    """What a browser of its administrator remembers."""
    http: httpx.Client
    themes: list[dict[str, Any]]


def let_alone(hardwon: Running, chromium: Browser) -> Untouched:
    """Bring the sample into an organisation, and wait until a worker is done with it."""
    token = hardwon.register("Nothing but the sample")
    organisation = organisation_of(token)
    assert organisation
    with chromium.new_context(base_url=hardwon.url, locale="en-GB") as context:
        context.set_default_timeout(_PATIENCE * 1_000)
        page = context.new_page()
        page.goto(hardwon.entry_address(token))
        page.get_by_role("button", name=ENTER).click()
        page.get_by_role("button", name="Bring the sample").click()
        expect(page.get_by_role("link", name="Near-miss reporting for everyone")).to_be_visible()
        state = context.storage_state()
    http = reached(hardwon, token)
    with _opened(hardwon) as pool:
        wait_for(lambda: _is_read(pool, organisation), "a worker that is done with the sample", 3 * _PATIENCE)
    return Untouched(state, http, http.get("/insights/themes").json()["items"])


def _is_read(pool: Pool, organisation: UUID) -> bool:
    """Tell whether all that was told can be found, and too little of it is new to find other themes."""
    with pool.of(organisation) as connection:
        at, live = checkpoints(connection, organisation), vectors._live(connection, organisation)
        if live is None or theming.FOLLOWER not in at or theming._is_due(connection, organisation, live):
            return False
    head, searched = open_log(pool).head(organisation).position, {words.FOLLOWER, LESSONS.follower(live.model)}
    return all(name in at and at[name].position == head for name in searched)


@contextmanager
def held_up(hardwon: Running, token: str) -> Iterator[None]:
    """Be the worker that is at the organisation's lessons, and does not come to an end: all others leave them to it."""
    with psycopg.connect(hardwon.servers.owner_database_url) as connection:
        held = connection.execute(_HOLD, {"organisation_id": organisation_of(token), "prefix": LESSONS.prefix})
        assert held.rowcount == 1
        yield


def service(hardwon: Running, name: str, **settings: str) -> str:
    """Start another API beside the one that all is well with, and return its address; it ends with the others."""
    started = hardwon.servers
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {"HARDWON_DATABASE_URL": started.app_database_url, "HARDWON_REDIS_URL": started.redis_url}
    env |= {"HARDWON_PERSON_KEY_FILE": str(started.person_key_path)} | settings
    started.start(name, [sys.executable, "-m", "hardwon_api", "--port", str(port)], env)
    url = f"http://127.0.0.1:{port}"
    wait_for(lambda: answers(f"{url}/healthz"), "an answer of the service", _PATIENCE)
    return url


def cut_off(hardwon: Running) -> str:
    """Return the address of an API whose database does not answer."""
    return service(hardwon, "cut-off", HARDWON_DATABASE_URL=_NOBODY_LISTENS)


def busy(hardwon: Running) -> str:
    """Return the address of an API for which no worker is ever quick enough, as where many ask."""
    return service(hardwon, "busy", HARDWON_SEARCH_TIMEOUT="0.001")


def strict(hardwon: Running) -> str:
    """Return the address of an API that one may ask once a minute."""
    return service(hardwon, "strict", HARDWON_REQUESTS_PER_MINUTE="1")
