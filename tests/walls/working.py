"""What a request costs the database, counted: every statement, its rows and every round trip, as psycopg sends them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
import pytest

Told = TypeVar("Told")
Work = list[tuple[str, int]]
"""Statements with how many rows each was about, and how often was waited for PostgreSQL."""
_THE_POOLS = ("", "SELECT set_config('hardwon.organisation_id', %s, false)")
"""What is asked when a connection is lent depends on who had it before, and when."""


class Counting:
    """Counts what this thread asks of the database."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._done: Work = []
        self._trips = 0

    def of(self, request: Callable[[], Told]) -> tuple[Told, Work]:
        """Return what came of the request, and what it cost."""
        self._done, self._trips = [], 0
        told = request()
        return told, [*self._done, ("round trips", self._trips)]

    @contextmanager
    def installed(self, patch: pytest.MonkeyPatch) -> Iterator[None]:
        wait, execute = psycopg.Connection.wait, psycopg.Cursor.execute

        def waiting(connection: Any, *given: Any, **named: Any) -> Any:
            self._trips += threading.get_ident() == self._thread
            return wait(connection, *given, **named)

        def executing(cursor: Any, query: Any, *given: Any, **named: Any) -> Any:
            before = self._trips
            answer = execute(cursor, query, *given, **named)
            if threading.get_ident() == self._thread:
                if query in _THE_POOLS:
                    self._trips = before
                else:
                    self._done.append((str(query), cursor.rowcount))
            return answer

        with patch.context() as patched:
            patched.setattr(psycopg.Connection, "wait", waiting)
            patched.setattr(psycopg.Cursor, "execute", executing)
            yield
