"""A request holds one connection at a time: requests that held two each could all wait for one another, and none would be answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pytest
from flask import has_request_context, request

from hardwon.log.pool import Pool

_held: ContextVar[int] = ContextVar("connections_held", default=0)


@contextmanager
def watched(patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Yield the requests that borrow a connection while they hold one; more of them come while it is watched."""
    lent, greedy = Pool._lent, []

    @contextmanager
    def lending(pool: Pool, *given: Any) -> Iterator[Any]:
        held = _held.get()
        if held and has_request_context():
            greedy.append(f"{request.method} {request.path}")
        before = _held.set(held + 1)
        try:
            with lent(pool, *given) as connection:
                yield connection
        finally:
            _held.reset(before)

    with patch.context() as patched:
        patched.setattr(Pool, "_lent", lending)
        yield greedy


@pytest.fixture(autouse=True)
def _one_connection_a_request(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test asks for, no request of it holds two. A folder whose conftest takes this in asks it of all its tests."""
    with watched(monkeypatch) as greedy:
        yield
    assert greedy == []
