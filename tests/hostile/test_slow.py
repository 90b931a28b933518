"""Clients that take their time, or never end: others are served meanwhile."""

import contextlib
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from busy import Service
from outside import wait_for

from hardwon import entry_links
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections.following import Pool
from hardwon.tokens import organisation_of

SMALL = {"HARDWON_REQUEST_THREADS": "2", "HARDWON_REQUESTS_PER_MINUTE": "100000"}


@contextmanager
def _connected(service: Service, count: int, said: bytes) -> Iterator[list[socket.socket]]:
    """Open so many connections on which this much was said."""
    with contextlib.ExitStack() as open_:
        found = [open_.enter_context(socket.create_connection(("127.0.0.1", service.port))) for _ in range(count)]
        for each in found:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)  # or the kernel reads megabytes ahead
            each.sendall(said)
        yield found


def test_requests_that_never_end_hold_up_nobody(serve: Callable[..., Service]) -> None:
    """Two hundred clients send a header a moment, and never the empty line that ends them."""
    service = serve(**SMALL)
    with _connected(service, 200, b"GET /v1/projects HTTP/1.1\r\nHost: x\r\n") as slow:
        for number in range(5):
            for each in slow:
                each.sendall(f"X-{number}: y\r\n".encode())
            assert service.ask("GET", "/v1/projects")[0] == 200


def test_answers_that_nobody_fetches_hold_up_nobody(serve: Callable[..., Service]) -> None:
    """Forty clients ask for megabytes and read none of it: their threads are free again as soon as the answers are made."""
    service = serve(**SMALL)
    event = {"type": "discussion_point_raised", "data": {"kind": "idea", "text": "x" * 10_000}}
    project = json.loads(service.ask("POST", "/v1/projects", b'{"name": "P"}')[2])["id"]
    assert service.ask("POST", f"/v1/projects/{project}/events", json.dumps([event] * 400).encode())[0] == 201
    wish = f"GET /v1/events?limit=1000 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.token}\r\n\r\n"
    with _connected(service, 40, wish.encode()):
        deadline = time.monotonic() + 30
        while (answered := service.ask("GET", "/v1/projects")[0]) == 503 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert answered == 200


@pytest.fixture
def exporting(serve: Callable[..., Service], pool: Pool, log: Log) -> Callable[..., httpx.Client]:
    """Return what starts a service, with room for two exports a session and a log of megabytes, and signs somebody in."""

    def start(**settings: str) -> httpx.Client:
        service = serve(**SMALL, HARDWON_MAX_STREAMS_PER_TOKEN="2", **settings)
        event = {"type": "discussion_point_raised", "data": {"kind": "idea", "text": "x" * 10_000}}
        project = json.loads(service.ask("POST", "/v1/projects", b'{"name": "P"}')[2])["id"]
        for _ in range(2):
            service.ask("POST", f"/v1/projects/{project}/events", json.dumps([event] * 400).encode())
        organisation = organisation_of(service.token)
        assert organisation
        link = entry_links.for_first_administrator(pool, log, organisation, Metadata("tests"))
        client = httpx.Client(base_url=f"http://127.0.0.1:{service.port}", timeout=20)
        found = re.search('name="csrf_token" value="([^"]+)"', client.get(link).text)
        assert found
        assert client.post(link, data={"csrf_token": found[1]}).status_code == 302
        return client

    return start


@contextmanager
def _stalled(client: httpx.Client, count: int) -> Iterator[None]:
    """Ask for so many exports on connections of which nothing is read."""
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    wish = f"GET /log/export HTTP/1.1\r\nHost: x\r\nCookie: {cookies}\r\n\r\n"
    assert client.base_url.port
    with _connected(Service(client.base_url.port, ""), count, wish.encode()):
        deadline = time.monotonic() + 30
        while f"hardwon_streams_open {count}" not in client.get("/metrics").text and time.monotonic() < deadline:
            time.sleep(0.1)
        yield


def _exported(client: httpx.Client) -> int:
    with client.stream("GET", "/log/export") as answer:
        return answer.status_code


def _until_exported(client: httpx.Client, patience: float) -> int:
    deadline = time.monotonic() + patience
    while (status := _exported(client)) != 200 and time.monotonic() < deadline:
        time.sleep(0.2)
    return status


def test_exports_that_nobody_fetches_have_a_cap_and_an_end(exporting: Callable[..., httpx.Client]) -> None:
    """Two stalled readers take all places of their session: a third is told when to come again and others are served; then the service
    hangs up on the two, and the log can be exported to its end."""
    client = exporting(HARDWON_READER_PATIENCE="8")
    with _stalled(client, 2):
        refused = client.get("/log/export")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        assert client.get("/log").status_code == 200
        assert _until_exported(client, 60) == 200
    wait_for(lambda: len(client.get("/log/export").text.splitlines()) > 800, "the whole log")


def test_the_control_a_service_that_waits_for_ever_has_no_place_again(exporting: Callable[..., httpx.Client]) -> None:
    client = exporting(HARDWON_READER_PATIENCE="3600")
    with _stalled(client, 2):
        assert _until_exported(client, 6) == 429


def test_a_body_without_a_length_has_an_end(serve: Callable[..., Service]) -> None:
    """A body in chunks that goes on for ever is refused once it is larger than any may be, and none of it is kept."""
    service = serve(**SMALL, HARDWON_MAX_BODY_BYTES="100000")
    head = f"POST /v1/projects HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.token}\r\n"
    head += "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"2710\r\n" + b" " * 10_000 + b"\r\n"
    with _connected(service, 1, head.encode()) as (endless,):
        with contextlib.suppress(OSError):  # it may hang up while we still send
            for _ in range(100):
                endless.sendall(chunk)
            endless.sendall(b"0\r\n\r\n")
        endless.settimeout(30)
        answer = endless.recv(4_096)
    assert answer.split(b" ")[1] in {b"400", b"413"}
    assert service.ask("GET", "/healthz")[0] == 200


def test_an_address_or_a_header_of_a_megabyte_is_refused(serve: Callable[..., Service]) -> None:
    """Before anything of it reaches the service's own code, and without an end of the process."""
    service = serve(**SMALL)
    for wish in (
        f"GET /v1/projects?cursor={'x' * 1_000_000} HTTP/1.1\r\n",
        f"GET / HTTP/1.1\r\nX-A: {'x' * 1_000_000}\r\n",
    ):
        with _connected(service, 1, b"") as (long,):
            long.settimeout(30)
            with contextlib.suppress(OSError):
                long.sendall(f"{wish}Host: x\r\n\r\n".encode())
            answer = b""
            with contextlib.suppress(OSError):
                answer = long.recv(4_096)
        assert not answer or answer.split(b" ")[1][:1] == b"4", answer
        assert service.ask("GET", "/healthz")[0] == 200
