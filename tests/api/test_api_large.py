"""Bodies made to cost more than they weigh: each is answered with a refusal that costs little."""

import json

import pytest
from api_client import Client, held


@pytest.fixture
def project(client: Client) -> str:
    return client.project()


@pytest.mark.parametrize(("events", "faults"), [(1, 200_000), (1_000, 200)])
def test_a_million_faults_are_not_told_one_by_one(client: Client, project: str, events: int, faults: int) -> None:
    """A body in which everything is wrong is answered with less than itself: how many faults there are, and some of each event."""
    wrong = {"type": "retrospective_held", "data": {f"k{number}": 0 for number in range(faults)}}
    body = json.dumps([wrong] * events)
    answer = client.send("POST", f"/projects/{project}/events", data=body, content_type="application/json")
    assert answer.status_code == 422
    assert f"({events * (faults + 1) - 1} more)" in answer.json["detail"]
    assert len(answer.json["errors"]) == 1_000
    assert [item["index"] for item in answer.json["items"] if item["errors"]] == list(range(events))
    assert len(answer.data) < len(body)


def test_the_last_of_a_million_keys_may_be_the_one_that_is_repeated(client: Client) -> None:
    """Looking for it takes a moment, where counting every key would take an hour."""
    keys = ",".join(f'"k{number}":0' for number in range(500_000))
    answer = client.send("POST", "/projects", data=f'{{{keys},"k499999":0}}', content_type="application/json")
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/bad-json")
    assert "'k499999' occurs twice" in answer.json["detail"]


@pytest.mark.parametrize(
    "body",
    [b"[" + b"0," * 3_000_000 + b"0]", b"[" + b"{}," * 2_000_000 + b"{}]", b'{"name": ' + b"9" * 7_000_000 + b"}"],
    ids=["numbers", "objects", "one number"],
)
def test_a_body_of_very_many_small_things_is_refused(client: Client, project: str, body: bytes) -> None:
    """Millions of items, or a number of millions of digits."""
    answer = client.send("POST", f"/projects/{project}/events", data=body, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert len(answer.data) < 100_000


def test_a_million_lines_are_more_than_a_batch(client: Client, project: str) -> None:
    """Empty lines cost nothing; one event too many is told so."""
    line = json.dumps(held()).encode()
    told = {"Content-Type": "application/x-ndjson"}
    empty = client.send("POST", f"/projects/{project}/events", data=b"\n" * 4_000_000 + line, headers=told)
    assert empty.status_code == 201
    many = client.send("POST", f"/projects/{project}/events", data=(line + b"\n") * 1_001, headers=told)
    assert (many.status_code, many.json["type"]) == (422, "/problems/invalid")


def test_a_key_as_long_as_the_body_is_not_told_twice(client: Client) -> None:
    """A megabyte of a name that nobody knows."""
    body = json.dumps({"name": "P", "x" * 1_000_000: 1})
    answer = client.send("POST", "/projects", data=body, content_type="application/json")
    assert answer.status_code == 422
    assert len(answer.data) < 10_000
