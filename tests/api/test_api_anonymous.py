"""Anonymous points: the log keeps no way back to whoever raised one."""

import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import structlog
from api_client import Client, raised
from flask.testing import FlaskClient
from redis import Redis
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from hardwon.ports import Log
from hardwon_api.context import Deps
from hardwon_api.hints import CeleryHints, producer


def as_member(client: Client) -> tuple[Client, str]:
    id_ = client.post("/members", {"name": "Ada", "email": "ada@ferries.example"}).json["id"]
    issued = client.post("/tokens", {"name": "her laptop", "scopes": ["read", "write"], "member_id": id_})
    return replace(client, token=issued.json["token"]), id_


def test_nothing_in_the_event_leads_back(client: Client, log: Log) -> None:
    """No actor, no key, no request id, no token's name: the stored event holds nothing that the member's other events hold."""
    member, id_ = as_member(client)
    project = member.project()
    (named,) = member.record(project, raised("I forgot to ask."))
    answer = member.send(
        "POST",
        f"/projects/{project}/events",
        json=[raised("The boss forgot.", anonymous=True), raised("Twice.", anonymous=True)],
        headers={"X-Request-ID": "request-7"},
    )
    hidden = [UUID(item["id"]) for item in answer.json["items"]]
    found = log.find(client.organisation, [UUID(named), *hidden])
    told = found[UUID(named)].metadata
    for each in (found[id_] for id_ in hidden):
        assert each.metadata["actor"] == "anonymous"
        assert each.words_of == set()
        ours = {str(value) for value in each.metadata.values() if value} - {"anonymous"}
        assert not ours & {str(value) for value in told.values()}
        for trace in (id_, "request-7", "laptop", "Ada"):
            assert trace not in str(each)
    assert id_ in str(found[UUID(named)])  # the control: a point under one's name does lead back


def test_an_anonymous_point_stands_by_itself(client: Client, log: Log) -> None:
    """Beside one's other events it would be known: the request is refused as a whole, and names the point."""
    member, _ = as_member(client)
    project = member.project()
    before = log.head(client.organisation).position
    answer = member.post(f"/projects/{project}/events", [raised(), raised(anonymous=True)])
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/1/data/anonymous")
    assert log.head(client.organisation).position == before


def test_a_retry_of_an_anonymous_point_is_recorded_once(client: Client) -> None:
    """The same key leads to the same event, though nobody's name stands beside it."""
    project = client.project()
    first, second = (
        client.post(f"/projects/{project}/events", [raised(anonymous=True)], Idempotency_Key="once").json for _ in "ab"
    )
    assert first == second


@pytest.fixture
def without_redis(app_with: Callable[..., FlaskClient], deps: Deps, client: Client) -> Client:
    """A service whose Redis is away: it has something to say of every write."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"redis://127.0.0.1:{nobody.getsockname()[1]}/0"
        settings = type(deps.settings)(
            **deps.settings.model_dump() | {"redis_url": address, "person_key": deps.settings.person_key}
        )
        hints = CeleryHints(settings, producer(settings))
        return replace(client, http=app_with(settings=settings, hints=hints))


@pytest.mark.parametrize("anonymous", [True, False])
def test_no_line_leads_back(without_redis: Client, *, anonymous: bool) -> None:
    """What the service writes to its own log beside an anonymous point names neither token nor member nor the request, which its sender
    names; the control: beside another point the request is named."""
    member, id_ = as_member(without_redis)
    project = member.project()
    structlog.contextvars.clear_contextvars()
    member = replace(member, http=without_redis.http)
    headers = {"X-Request-ID": "request-of-ada"}
    member.http.application.extensions["hardwon"].hints._not_before = 0.0
    with capture_logs(processors=[merge_contextvars]) as lines:
        answer = member.send("POST", f"/projects/{project}/events", json=[raised(anonymous=anonymous)], headers=headers)
    assert answer.status_code == 201
    (line,) = (each for each in lines if each["event"] == "hint_lost")
    assert ("request-of-ada" in str(line)) is not anonymous
    for trace in ("laptop", "Ada", id_, member.token):
        assert trace not in str(lines)


def test_redis_holds_nothing_of_it(client: Client, redis: Redis) -> None:
    """No key and no value leads from the point to the member: its id stands nowhere, nor does a key of idempotency."""
    member, id_ = as_member(client)
    answer = member.post(f"/projects/{member.project()}/events", [raised(anonymous=True)], Idempotency_Key="ada-once")
    point = answer.json["items"][0]["id"]

    def told(key: bytes) -> Any:
        return redis.dump(key) or b""

    everything = b"".join(key + told(key) for key in redis.scan_iter())
    for trace in (point, id_, "ada-once", "laptop"):
        assert trace.encode() not in everything
