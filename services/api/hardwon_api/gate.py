"""The gate: how many requests are worked on at a time. Past it the service says so at once, instead of letting everybody wait for ever."""

import threading

from flask import Flask, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from hardwon_api.addresses import READING, for_people, for_tools
from hardwon_api.places import NoPlace, Places
from hardwon_api.problems import Refusal

REFUSING_THREADS = 8
"""Threads that are left to refuse with while all others work, wait or stream."""
_PATIENCE = 1.0  # seconds that a request waits for its turn: a burst passes, an overload does not
_RETRY = {"Retry-After": "1"}


class Gate:
    """Lets so many in at a time, and as many wait; whoever comes then is refused."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._free = threading.Semaphore(most)
        self._lock = threading.Lock()
        self._inside = self._waiting = 0
        self.bodies = Places(2 * most, most)
        """Bodies that are on their way, by the address from which they come: each holds a thread until it is here."""

    @staticmethod
    def threads(most: int) -> int:
        """Return how many threads it keeps busy that lets so many in: as many work as wait, and bodies are on their way."""
        return 4 * most

    @property
    def inside(self) -> int:
        return self._inside

    @property
    def waiting(self) -> int:
        return self._waiting

    @property
    def crowded(self) -> bool:
        """Tell whether nobody should stay for longer than needed."""
        return self._inside * 2 > self._most

    def enter(self) -> None:
        """Take a place, or refuse."""
        if not self._free.acquire(blocking=False):
            self._wait()
        with self._lock:
            self._inside += 1

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1
        self._free.release()

    def _wait(self) -> None:
        with self._lock:
            if self._waiting >= self._most:
                raise _overloaded()
            self._waiting += 1
        try:
            if not self._free.acquire(timeout=_PATIENCE):
                raise _overloaded()
        finally:
            with self._lock:
                self._waiting -= 1


def _overloaded() -> Refusal:
    return Refusal(
        503, "overloaded", "More is asked than this service can answer; nothing was recorded.", headers=_RETRY
    )


def register(app: Flask, gate: Gate) -> None:
    """Let requests of tools and people through the gate, once their bodies are here: who sends slowly holds up nobody else."""

    @app.before_request
    def _enter() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if (for_tools() or for_people()) and not getattr(view, "live", False):
            if request.method not in READING:
                _read_body(gate.bodies)
            gate.enter()
            g.inside = True

    @app.teardown_request
    def _leave(_error: BaseException | None) -> None:
        if g.pop("inside", False):
            gate.leave()


def _read_body(bodies: Places) -> None:
    if request.content_encoding:
        raise Refusal(
            415,
            "unsupported-media-type",
            f"Send the body as it is, without Content-Encoding: {request.content_encoding}.",
        )
    sender = request.remote_addr or ""
    try:
        bodies.take(sender)
    except NoPlace:
        raise _overloaded() from None
    try:
        request.get_data()
    except RequestEntityTooLarge:
        raise Refusal(
            413, "payload-too-large", f"The body is larger than {request.max_content_length} bytes."
        ) from None
    finally:
        bodies.give_back(sender)
