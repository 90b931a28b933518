"""The control of one_connection.py, which the requests of tests/api, tests/web and tests/walls are held to."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from one_connection import watched

from hardwon import organisations
from hardwon.ports import Log
from hardwon.projections.following import Pool
from hardwon_api.app import create_app
from hardwon_api.context import Deps


def test_a_request_that_holds_two_connections_is_noticed(
    deps: Deps, pool: Pool, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that borrows a second while it holds the first; not one that gives back before it borrows, nor what is no request."""
    organisation, app = organisations.register(log, "Ours", "tests"), create_app(deps)

    def borrows_two(at: AbstractContextManager[Any], *, at_once: bool) -> list[str]:
        with watched(monkeypatch) as greedy, at:
            with pool.of(organisation), pool.of(organisation) if at_once else nullcontext():
                pass
            with pool.of(organisation):
                pass
        return greedy

    assert borrows_two(app.test_request_context("/learned"), at_once=True) == ["GET /learned"]
    assert borrows_two(app.test_request_context("/learned"), at_once=False) == []
    assert borrows_two(nullcontext(), at_once=True) == []
