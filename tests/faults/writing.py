"""Writers that send until they are answered, and what they were answered for."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from hardwon.ids import new_id

_MATTERS = (
    "schedule",
    "supplier",
    "deploy",
    "hardware",
    "contract",
    "licence",
    "review",
    "budget",
    "training",
    "handover",
)
_WORDS = [
    f"{how}{what}" for how in ("", "over", "under", "re", "pre", "sub", "inter", "out", "mis") for what in _MATTERS
]
PATIENCE = 90.0
"""Seconds for which a writer sends the same thing: longer than any trouble here lasts."""


@dataclass
class Ledger:
    """What was sent, what was answered for, and what else was heard."""

    sent: dict[UUID, str] = field(default_factory=dict)
    """Event id -> its type."""
    answered: dict[UUID, str] = field(default_factory=dict)
    projects: list[UUID] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    requests: int = 0
    unanswered: int = 0
    unclear: list[str] = field(default_factory=list)
    """Answers that no client should get, whatever has happened to the servers."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def asked(self, events: dict[UUID, str]) -> None:
        with self._lock:
            self.requests += 1
            self.sent |= events

    def heard(self, answer: httpx.Response | None) -> None:
        with self._lock:
            if answer is None:
                self.unanswered += 1
                return
            self.answers[answer.status_code] += 1
            if answer.status_code >= 500 and not _is_clear(answer):
                self.unclear.append(f"{answer.status_code} {answer.text}")

    def done(self, events: dict[UUID, str]) -> None:
        with self._lock:
            self.answered |= events
            self.projects += [id_ for id_, type_ in events.items() if type_ == "project_registered"]


def _is_clear(answer: httpx.Response) -> bool:
    """Tell whether an answer says what is the matter, and when to come again."""
    media_type = answer.headers.get("content-type", "").split(";")[0]
    return answer.status_code == 503 and media_type == "application/problem+json" and "retry-after" in answer.headers


class Writer:
    """A tool of an organisation: registers projects, and records what happened in them."""

    def __init__(self, url: str, token: str, ledger: Ledger, seed: int, *, resends: bool = True) -> None:
        self._ledger, self._chance, self._resends = ledger, random.Random(seed), resends
        self._client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=15)
        self._project: UUID | None = None

    def write_until(self, stop: threading.Event) -> None:
        with self._client:
            while not stop.is_set():
                if self._project is None or self._chance.random() < 0.15:
                    self.register()
                else:
                    self.record(self._project)
                stop.wait(self._chance.uniform(0.0, 0.1))

    def register(self) -> None:
        project = new_id()
        body = {"id": str(project), "name": self._text(3), "summary": self._text(12)}
        if self._send("/v1/projects", body, {project: "project_registered"}):
            self._project = project

    def record(self, project: UUID) -> None:
        events: list[dict[str, Any]] = []
        for _ in range(self._chance.randint(1, 6)):
            point, lesson = new_id(), new_id()
            went_wrong = {"kind": "went_wrong", "text": self._text(10)}
            drawn = {"points": [str(point)], "insight": self._text(12), "advice": self._text(6)}
            events += [
                {"type": "discussion_point_raised", "id": str(point), "data": went_wrong},
                {"type": "lesson_drawn", "id": str(lesson), "data": drawn},
            ]
        self._send(f"/v1/projects/{project}/events", events, {UUID(each["id"]): each["type"] for each in events})

    def _send(self, path: str, body: Any, events: dict[UUID, str]) -> bool:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self._ledger.asked(events)
            try:
                answer = self._client.post(path, json=body)
            except httpx.HTTPError:
                answer = None
            self._ledger.heard(answer)
            if answer is not None and answer.is_success:
                self._ledger.done(events)
                return True
            if answer is not None and answer.is_client_error:
                raise AssertionError(f"refused: {answer.text}")
            if not self._resends:
                return False
            time.sleep(0.2)
        raise AssertionError(f"{path} was not answered for {PATIENCE:g} seconds")

    def _text(self, words: int) -> str:
        return " ".join(self._chance.choices(_WORDS, k=words)).capitalize() + "."


@contextmanager
def writing(url: str, by_token: dict[str, Ledger], *, writers: int, seed: int, resends: bool = True) -> Iterator[None]:
    """Let so many writers of each organisation write as long as the block lasts; raises what one of them raised."""
    stop = threading.Event()
    with ThreadPoolExecutor(len(by_token) * writers) as threads:
        started = [
            threads.submit(Writer(url, token, ledger, seed * 100 + number, resends=resends).write_until, stop)
            for number, (token, ledger) in enumerate(list(by_token.items()) * writers)
        ]
        try:
            yield
        finally:
            stop.set()
    for each in started:
        each.result()
