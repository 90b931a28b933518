"""PostgreSQL takes no connections, no writes, no more bytes, or its time: a clear 503, and all goes on by itself when it does again."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psycopg
import pytest
from checking import caught_up, losses, unanswered, whole_log
from outside import wait_for
from world import TESTS, World
from writing import Ledger, writing

from hardwon.bootstrap import open_log
from hardwon.ids import new_id
from hardwon.projections.following import halted

pytestmark = pytest.mark.timeout(300)
PATIENCE = 60.0
"""Seconds for recovery: pools ask a database that was away ever less often."""
TAKEN = (
    "ALTER ROLE hardwon_app CONNECTION LIMIT 0",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'hardwon_app'",
)
"""What leaves the services without a connection."""


class Tool:
    """A tool of an organisation that looks how the service is."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.ledger = world, Ledger()
        self.organisation, self.token = world.register(name)

    def ask(self, method: str, path: str, **parts: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.request(method, f"{self.world.url}{path}", headers=headers, timeout=40, **parts)  # type: ignore[arg-type]

    def post(self) -> httpx.Response:
        project = new_id()
        answer = self.ask("POST", "/v1/projects", json={"id": str(project), "name": "A project"})
        if answer.is_success:
            self.ledger.done({project: "project_registered"})
        return answer

    def get(self) -> httpx.Response:
        return self.ask("GET", "/v1/projects")


@pytest.fixture
def tool(world: World, request: pytest.FixtureRequest) -> Tool:
    return Tool(world, request.node.name)


def refuses_clearly(answer: httpx.Response) -> None:
    """It says that it cannot now, and when to come again."""
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json"), answer.text
    assert answer.json()["type"] in ("/problems/unavailable", "/problems/overloaded")
    assert int(answer.headers["retry-after"]) >= 1


def first_refusal(tool: Tool) -> httpx.Response:
    """Return the first answer that is no yes; behind it there may be room again, since a server on a full disk clears up."""
    answers: list[httpx.Response] = []

    def refused() -> bool:
        answers.append(tool.post())
        return not answers[-1].is_success

    wait_for(refused, "the first refusal", PATIENCE)
    return answers[-1]


def recovers(tool: Tool) -> None:
    """By itself, nobody starting anything: writes, reads, and everything made from them; no follower was halted by any of it."""
    wait_for(lambda: tool.post().status_code == 201 and tool.get().status_code == 200, "answers as before", PATIENCE)
    wait_for(tool.world.is_ready, "a service that says it is ready", PATIENCE)
    with tool.world.open() as pool:
        caught_up(pool, open_log(pool), tool.organisation)
        with pool.across() as connection:
            assert halted(connection) == []


@contextmanager
def under_writers(tool: Tool) -> Iterator[None]:
    """Let writers write meanwhile; whatever they were answered for is there."""
    with writing(tool.world.url, {tool.token: tool.ledger}, writers=2, seed=5):
        time.sleep(0.3)
        yield
    assert tool.ledger.unclear == []
    recovers_with_all(tool)


def recovers_with_all(tool: Tool) -> None:
    with tool.world.open() as pool:
        log = open_log(pool)
        caught_up(pool, log, tool.organisation)
        events = whole_log(log, tool.organisation)
    assert losses(events, tool.ledger.answered) == []
    assert unanswered(events, tool.ledger.projects) == []


def test_out_of_connections(world: World, tool: Tool) -> None:
    """All of its connections are taken by others."""
    with under_writers(tool):
        world.as_owner(*TAKEN)
        try:
            refuses_clearly(tool.post())
            refuses_clearly(tool.get())
            assert httpx.get(f"{world.url}/healthz", timeout=30).status_code == 200
        finally:
            world.as_owner("ALTER ROLE hardwon_app CONNECTION LIMIT -1")
        wait_for(lambda: tool.post().status_code == 201, "answers as before", PATIENCE)


def test_the_control_a_careless_service_is_found(world: World, tool: Tool) -> None:
    """One that takes a database which is away for any other mistake is not clear, at the same trouble."""
    world.api.stop()
    world.start_another_api(str(TESTS / "careless_api.py"))
    try:
        wait_for(lambda: answers(tool), "the careless service", PATIENCE)
        world.as_owner(*TAKEN)
        for asked in (tool.post, tool.get):
            with pytest.raises(AssertionError):
                refuses_clearly(asked())
    finally:
        world.as_owner("ALTER ROLE hardwon_app CONNECTION LIMIT -1")
        world.api.stop()
        world.start_api()


def answers(tool: Tool) -> bool:
    with suppress(httpx.HTTPError):
        return tool.get().status_code == 200
    return False


def test_read_only(world: World, tool: Tool) -> None:
    """An operator's hand on the brake, or a replica: what is written is refused, what is read is answered."""
    with under_writers(tool):
        world.as_owner("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
        try:
            refuses_clearly(first_refusal(tool))
            assert tool.get().status_code == 200
            time.sleep(3)  # the workers meet it too
        finally:
            world.as_owner("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()")
        wait_for(lambda: tool.post().status_code == 201, "answers as before", PATIENCE)


def test_slow(world: World, tool: Tool) -> None:
    """It stands still for seconds: everybody waits or is refused, nobody gets an error, and the process says that it is alive."""
    with under_writers(tool), world.stopped(*world.backends()):
        began = time.monotonic()
        time.sleep(1)
        assert httpx.get(f"{world.url}/healthz", timeout=30).status_code == 200
        time.sleep(max(0.0, 4 - (time.monotonic() - began)))


def test_held_up_by_a_lock(world: World, tool: Tool) -> None:
    """One log is locked for longer than anybody waits: its writers are refused, another organisation's are not."""
    other = Tool(world, "another")
    with psycopg.connect(world.postgres.owner_database_url) as owner:
        owner.execute("SELECT FROM log_head WHERE organisation_id = %s FOR UPDATE", [tool.organisation])
        refuses_clearly(tool.post())
        assert other.post().status_code == 201
    recovers(tool)


def test_disk_full(world: World, tool: Tool) -> None:
    """Not a byte fits: what is written is refused, what is read is answered; with room again all goes on."""
    if world.disk is None:
        pytest.skip("no disk of its own can be mounted here: only root may, and not everywhere")
    ballast = world.disk / "ballast"
    with under_writers(tool):
        fill(ballast)
        try:
            refuses_clearly(first_refusal(tool))
        finally:
            ballast.unlink()
        world.start_again("postgres")  # as a supervisor does: without room for its own log it may have ended
        wait_for(lambda: tool.post().status_code == 201, "answers as before", PATIENCE)


def fill(ballast: Path) -> None:
    """Write until nothing fits any more, not even a little."""
    with ballast.open("wb", buffering=0) as file:
        for size in (2**20, 4096):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
