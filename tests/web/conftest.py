"""The web pages on a real log, database and Valkey, opened by browsers that keep cookies and send forms."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from browser import Browser
from one_connection import _one_connection_a_request  # noqa: F401 - a fixture

from hardwon import entry_links, handlers
from hardwon.domain.commands import AddMember
from hardwon.domain.values import Role
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections import members
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, advance
from hardwon_api.app import create_app
from hardwon_api.context import Deps

BY = Metadata("tests")
Added = Callable[..., UUID]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs here, and nobody waits for one."""
    monkeypatch.setattr("hardwon.projections.catching_up._WORKERS_PATIENCE", 0)


@pytest.fixture(scope="session")
def app(deps: Deps) -> Any:
    return create_app(deps)


@pytest.fixture
def follow(pool: Pool, organisation: UUID) -> Callable[[], None]:
    """Return what brings the organisation's read models up to its log, as a worker does."""

    def bring_up() -> None:
        for each in PROJECTIONS:
            advance(pool, each, organisation)

    return bring_up


@pytest.fixture
def browse(app: Any) -> Callable[..., Browser]:
    """Return what opens another browser."""
    return lambda **options: Browser(app.test_client(), **options)


@pytest.fixture
def browser(browse: Callable[..., Browser]) -> Browser:
    return browse()


@pytest.fixture
def added(log: Log, pool: Pool, organisation: UUID) -> Added:
    """Return what adds a member to the organisation."""

    def add(name: str = "Ada", role: Role = "administrator") -> UUID:
        member_id = new_id()
        command = AddMember(member_id, name, f"{name.lower()}@ferries.example", role)
        handlers.change_members(log, organisation, command, Request(new_id(), BY))
        advance(pool, members.PROJECTION, organisation)
        return member_id

    return add


@pytest.fixture
def link(log: Log, pool: Pool, organisation: UUID) -> Callable[[UUID], str]:
    """Return what makes an entry link for a member."""
    return lambda member_id: entry_links.make(pool, log, organisation, member_id)


@pytest.fixture
def signed_in(browse: Callable[..., Browser], added: Added, link: Callable[[UUID], str]) -> Callable[..., Browser]:
    """Return what opens a browser in which a new member has just entered."""

    def sign_in(name: str = "Ada", role: Role = "administrator") -> Browser:
        member_id = added(name, role)
        browser = replace(browse(), member_id=member_id)
        assert browser.submit(link(member_id)).status_code == 302
        return browser

    return sign_in
