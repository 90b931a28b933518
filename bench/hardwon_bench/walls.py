"""Whether an answer's time tells another organisation's things from what is nowhere: both are asked for in turns, over loopback."""

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from uuid import UUID

import numpy as np
from scipy.stats import mannwhitneyu

from hardwon import organisations, tokens
from hardwon.bootstrap import open_log
from hardwon.ids import new_id
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, advance
from hardwon_local.servers import Servers

_PROJECTS = 60
"""Of each organisation, or twice as many as are measured if that is less; each has a meeting, a point, a lesson, a member and a token."""
_FIRST = 50
"""So many requests of each kind are made unmeasured, or as many as are measured where that is less."""
ENDPOINTS: Mapping[str, tuple[str, str, str, str]] = {
    "a project": ("project", "GET", "/v1/projects/{}", ""),
    "its recommendations": ("project", "GET", "/v1/projects/{}/recommendations", ""),
    "its lessons, in a list": ("project", "GET", "/v1/lessons?project_id={}", ""),
    "recording in it": (
        "project",
        "POST",
        "/v1/projects/{}/events",
        '[{"type":"lesson_drawn","data":{"insight":"x"}}]',
    ),
    "a lesson": ("lesson", "GET", "/v1/lessons/{}", ""),
    "retiring it": ("lesson", "POST", "/v1/lessons/{}/retire", '{"reason":"x"}'),
    "a retrospective": ("retrospective", "GET", "/v1/retrospectives/{}", ""),
    "closing it": ("retrospective", "POST", "/v1/retrospectives/{}/close", ""),
    "a point come back": ("point", "POST", "/v1/recurrences/{}/confirm", "{}"),
    "a member": ("member", "GET", "/v1/members/{}", ""),
    "a token": ("token", "DELETE", "/v1/tokens/{}", ""),
}
"""What is measured: what kind of id, and what is asked with it."""


@dataclass(slots=True)
class Ids:
    """What the other organisation has, and beside each an id made at the same moment that is nobody's."""

    foreign: dict[str, list[UUID]] = field(default_factory=dict)
    nowhere: dict[str, list[UUID]] = field(default_factory=dict)

    def new(self, kind: str) -> str:
        for each in (self.foreign, self.nowhere):
            each.setdefault(kind, []).append(new_id())
        return str(self.foreign[kind][-1])


@dataclass(frozen=True, slots=True)
class Told:
    """Medians in milliseconds, how often the foreign one took longer (0.5: as often as not), and how likely chance alone does as much."""

    foreign: float
    nowhere: float
    longer: float
    by_chance: float


@dataclass(frozen=True, slots=True)
class Client:
    """A tool with a connection that stays open."""

    connection: HTTPConnection
    token: str

    def ask(self, method: str, path: str, body: str = "", key: str = "") -> int:
        said = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Idempotency-Key": key}
        self.connection.request(method, path, body or None, said)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status


def measure(started: Servers, pool: Pool, times: int) -> dict[str, Told]:
    """Ask for both, so often each, in an order that is drawn anew each time."""
    ids, log = Ids(), open_log(pool)
    ours, other = (organisations.register(log, name, "hardwon-bench") for name in ("Ours", "Another"))
    with _service(started) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        for organisation, made in ((other, ids), (ours, Ids())):
            _fill(Client(connection, tokens.first(pool, organisation)), made, min(_PROJECTS, 2 * times))
            for projection in PROJECTIONS:
                advance(pool, projection, organisation)
        client = Client(connection, tokens.first(pool, ours))
        return {name: _compared(client, ids, *asked, times) for name, asked in ENDPOINTS.items()}


def _compared(client: Client, ids: Ids, kind: str, method: str, path: str, body: str, times: int) -> Told:
    chance = random.Random(1)  # noqa: S311 - an order, no secret
    taken: tuple[list[float], list[float]] = ([], [])
    known, first = (ids.foreign[kind], ids.nowhere[kind]), min(_FIRST, times)
    for turn in range(first + times):
        statuses = set()
        for which in chance.sample((0, 1), 2):
            address = path.format(known[which][turn % len(known[which])])
            began = time.perf_counter()
            statuses.add(client.ask(method, address, body))
            if turn >= first:
                taken[which].append((time.perf_counter() - began) * 1_000)
        if len(statuses) != 1:
            raise AssertionError(f"{method} {path}: answered by {statuses}")
    found = mannwhitneyu(*taken)
    foreign, nowhere = (round(float(np.median(each)), 3) for each in taken)
    return Told(foreign, nowhere, round(float(found.statistic) / times**2, 3), round(float(found.pvalue), 3))


def _fill(client: Client, ids: Ids, projects: int) -> None:
    for number in range(projects):
        project = ids.new("project")
        _made(client.ask("POST", "/v1/projects", f'{{"id":"{project}","name":"Project {number}"}}'))
        said = [
            ("retrospective_held", ids.new("retrospective"), '{"title":"x"}'),
            ("discussion_point_raised", ids.new("point"), '{"kind":"went_wrong","text":"x"}'),
            ("lesson_drawn", ids.new("lesson"), '{"insight":"x"}'),
        ]
        events = ",".join(f'{{"id":"{id_}","type":"{type_}","data":{data}}}' for type_, id_, data in said)
        _made(client.ask("POST", f"/v1/projects/{project}/events", f"[{events}]"))
        person, tool = f'{{"name":"x","email":"{number}@x.example"}}', '{"name":"x","scopes":["read"]}'
        _made(client.ask("POST", "/v1/members", person, ids.new("member")))
        _made(client.ask("POST", "/v1/tokens", tool, ids.new("token")))


def _made(status: int) -> None:
    if status not in {200, 201}:
        raise AssertionError(f"answered by {status}")


@contextmanager
def _service(started: Servers) -> Iterator[int]:
    """Run the API as it is run, in a process of its own, and yield its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    env = dict(os.environ) | {
        "HARDWON_DATABASE_URL": started.app_database_url,
        "HARDWON_REDIS_URL": started.redis_url,
        "HARDWON_PERSON_KEY": started.person_key_path.read_text("ascii"),
        "HARDWON_REQUESTS_PER_MINUTE": "1000000",
        "HARDWON_LOG_LEVEL": "error",
    }
    command = [sys.executable, "-m", "hardwon_api", "--port", str(port)]
    with Path(os.devnull).open("wb") as nowhere, subprocess.Popen(command, env=env, stderr=nowhere) as process:  # noqa: S603 - our own
        try:
            _until(lambda: Client(HTTPConnection("127.0.0.1", port, timeout=5), "").ask("GET", "/healthz") == 200)  # noqa: PLR2004
            yield port
        finally:
            process.terminate()


def _until(answers: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError, HTTPException):
            if answers():
                return
        time.sleep(0.1)
    raise TimeoutError("The service does not start.")
