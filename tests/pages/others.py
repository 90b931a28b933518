"""What pages show beside the sample: other people, organisations that hold little, and services that are not well."""

import os
import socket
import sys
from contextlib import suppress
from typing import Any
from uuid import UUID

import httpx
from outside import wait_for
from playwright.sync_api import Browser, expect

from hardwon import entry_links
from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings
from hardwon.tokens import organisation_of
from hardwon_local.running import Running

_PATIENCE = 60.0  # seconds that a service may take to answer
_NOBODY_LISTENS = "postgresql://hardwon@127.0.0.1:9/hardwon?connect_timeout=1"


def link(hardwon: Running, token: str, member_id: str) -> str:
    """Make an address that signs the member in, as `hardwon member link` does."""
    key = hardwon.servers.person_key_path.read_text("ascii")
    settings = DatabaseSettings(database_url=hardwon.servers.app_database_url, person_key=key)
    organisation = organisation_of(token)
    assert organisation
    with open_pool(settings, "hardwon-tests") as pool:
        return entry_links.make(pool, open_log(pool), organisation, UUID(member_id))


def remembered(chromium: Browser, url: str, address: str) -> Any:
    """Enter by a link, and return what the browser remembers."""
    context = chromium.new_context(base_url=url)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="Enter Hardwon").click()
    expect(page).to_have_url(f"{url}/")
    state = context.storage_state()
    context.close()
    return state


def little(http: httpx.Client, name: str) -> str:
    """Register a project that nothing fits, and return its id."""
    id_: str = http.post("/projects", json={"name": name, "summary": "Nobody did this before."}).json()["id"]
    http.get(f"/projects/{id_}/recommendations", headers={"Prefer": "wait=20"})
    return id_


def meeting(http: httpx.Client, project: str, title: str, *points: str) -> str:
    """Hold a retrospective, and return its id."""
    events = f"/projects/{project}/events"
    held = {"type": "retrospective_held", "data": {"title": title, "held_on": "2025-03-14"}}
    id_: str = http.post(events, json=held).json()["items"][0]["id"]
    for text in points:
        told = {"retrospective_id": id_, "kind": "went_wrong", "text": text}
        http.post(events, json={"type": "discussion_point_raised", "data": told}).raise_for_status()
    return id_


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
    wait_for(lambda: _answers(url), "an answer of the service", _PATIENCE)
    return url


def _answers(url: str) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(f"{url}/healthz", timeout=5.0).is_success
    return False


def cut_off(hardwon: Running) -> str:
    """Return the address of an API whose database does not answer."""
    return service(hardwon, "cut-off", HARDWON_DATABASE_URL=_NOBODY_LISTENS)


def strict(hardwon: Running) -> str:
    """Return the address of an API that one may ask once a minute."""
    return service(hardwon, "strict", HARDWON_REQUESTS_PER_MINUTE="1")
