"""The live stream, from a real Granian process: at once, resumable, capped, and no hindrance to a stop."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_client import Client, raised
from outside import answers, wait_for


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(stack: Any, folder: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Serve the API with room for two streams a token."""
    port = free_port()
    env = dict(os.environ) | {
        "HARDWON_DATABASE_URL": stack.database_url,
        "HARDWON_REDIS_URL": stack.redis_url,
        "HARDWON_MAX_STREAMS_PER_TOKEN": "2",
    }
    with (folder / "api.log").open("wb") as log:
        argv = [sys.executable, "-m", "hardwon_api", "--port", str(port)]
        process = subprocess.Popen(argv, env=env, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    wait_for(lambda: answers(f"{url}/healthz"), "the service")
    try:
        yield url, process
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="module")
def service(stack: Any, pool: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(stack, tmp_path_factory.mktemp("service")) as (url, _process):
        yield url


def read(lines: Iterator[str], count: int) -> list[tuple[int, dict[str, Any]]]:
    """Read ``count`` events off a stream: (id, CloudEvent)."""
    events: list[tuple[int, dict[str, Any]]] = []
    position = 0
    for line in lines:
        if line.startswith("id: "):
            position = int(line[4:])
        elif line.startswith("data: "):
            events.append((position, json.loads(line[6:])))
            if len(events) == count:
                break
    return events


def test_events_arrive_live_and_a_broken_stream_is_taken_up_again(service: str, client: Client) -> None:
    """What is recorded is heard by who listens; after a break, Last-Event-ID brings what was missed, once."""
    headers = {"Authorization": f"Bearer {client.token}"}
    project = client.project()
    with httpx.stream("GET", f"{service}/v1/stream", headers=headers, timeout=30) as answer:
        lines = answer.iter_lines()
        assert next(lines) == ": following"
        client.record(project, raised("heard live"))
        ((position, event),) = read(lines, 1)
    assert (position, event["data"]["text"]) == (3, "heard live")
    client.record(project, raised("missed one"), raised("missed two"))
    resumed = headers | {"Last-Event-ID": str(position)}
    with httpx.stream("GET", f"{service}/v1/stream", headers=resumed, timeout=30) as answer:
        lines = answer.iter_lines()
        missed = read(lines, 2)
        client.record(project, raised("live again"))
        missed += read(lines, 1)
    assert [position for position, _ in missed] == [4, 5, 6]
    with httpx.stream("GET", f"{service}/v1/stream?after=0", headers=headers, timeout=30) as answer:
        assert [position for position, _ in read(answer.iter_lines(), 6)] == [1, 2, 3, 4, 5, 6]


def test_streams_are_capped_and_slots_come_back(service: str, client: Client) -> None:
    """A third stream of a token is refused with Retry-After; when one is closed there is room again."""
    headers = {"Authorization": f"Bearer {client.token}"}
    with httpx.Client(headers=headers, timeout=30) as http:
        with http.stream("GET", f"{service}/v1/stream") as one, http.stream("GET", f"{service}/v1/stream") as two:
            next(one.iter_lines()), next(two.iter_lines())
            refused = http.get(f"{service}/v1/stream")
            assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-streams")
            assert "Retry-After" in refused.headers
            assert http.get(f"{service}/v1/projects").status_code == 200
        project = client.project()
        for _ in range(150):  # a closed stream is noticed at the next event that is written to it
            client.record(project, raised())
            with http.stream("GET", f"{service}/v1/stream") as again:
                if again.status_code == 200:
                    break
            time.sleep(0.2)
        assert again.status_code == 200


def test_a_place_that_was_left_is_free_though_nothing_happens(service: str, client: Client) -> None:
    """I go from page to page, each of which listens: those that I left are noticed where nobody records anything, too."""
    with httpx.Client(headers={"Authorization": f"Bearer {client.token}"}, timeout=30) as http:

        def is_taken() -> bool:
            with http.stream("GET", f"{service}/v1/stream") as answer:
                return answer.status_code == 200

        for _page in range(5):
            wait_for(is_taken, "a free place", 9)  # at ten seconds between two signs of life it would take longer


def test_an_open_stream_does_not_keep_the_service_from_stopping(
    stack: Any, pool: Any, client: Client, tmp_path: Path
) -> None:
    """SIGTERM ends the process, listeners or not: a stop that waited for the stream would never come to an end."""
    headers = {"Authorization": f"Bearer {client.token}"}
    with (
        serving(stack, tmp_path) as (url, process),
        httpx.stream("GET", f"{url}/v1/stream", headers=headers, timeout=60) as answer,
    ):
        next(answer.iter_lines())
        process.send_signal(signal.SIGTERM)
        process.wait(60)
