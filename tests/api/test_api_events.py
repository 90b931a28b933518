"""Recording what happened: one event, many, as NDJSON; all or none, and what became of each."""

import json

import pytest
from api_client import Client, drawn, held, raised

from hardwon.ids import new_id


def test_a_retrospective_its_points_and_lessons_in_one_batch(client: Client) -> None:
    """Events may lean on those above them by the ids the client chose; each is told its position."""
    project = client.project()
    meeting, point = str(new_id()), str(new_id())
    answer = client.post(
        f"/projects/{project}/events",
        [
            held() | {"id": meeting},
            raised(retrospective_id=meeting) | {"id": point, "occurred_at": "2026-03-01T12:00:00+02:00"},
            drawn(points=[point], retrospective_id=meeting, advice="Load it first."),
        ],
    )
    assert answer.status_code == 201
    assert [(item["index"], item["status"], item["position"]) for item in answer.json["items"]] == [
        (0, "recorded", 3),
        (1, "recorded", 4),
        (2, "recorded", 5),
    ]
    assert answer.json["position"] == 5
    client.follow()
    lesson = client.get(f"/lessons/{answer.json['items'][2]['id']}").json
    assert lesson["points"][0]["id"] == point
    assert lesson["points"][0]["raised_at"] == "2026-03-01T10:00:00Z"
    counted = client.get(f"/projects/{project}").json
    assert (counted["retrospectives"], counted["points"], counted["lessons"]) == (1, 1, 1)


def test_one_event_may_come_alone(client: Client) -> None:
    """A single object needs no array around it."""
    answer = client.post(f"/projects/{client.project()}/events", raised())
    assert (answer.status_code, len(answer.json["items"])) == (201, 1)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_ndjson_is_one_event_a_line(client: Client, ending: str) -> None:
    """Lines may end as they like, blank ones count for nothing."""
    text = ending.join([json.dumps(raised("one")), "", json.dumps(raised("two")), ""])
    answer = client.send("POST", f"/projects/{client.project()}/events", data=text, content_type="application/x-ndjson")
    assert (answer.status_code, len(answer.json["items"])) == (201, 2)


def test_a_bad_line_is_named_by_its_number(client: Client) -> None:
    """An error in NDJSON says the line in the file, blank lines counted, and nothing is recorded."""
    path = f"/projects/{client.project()}/events"
    text = "\n".join([json.dumps(raised("one")), "", json.dumps(raised("two") | {"extra": 1})])
    refused = client.send("POST", path, data=text, content_type="application/x-ndjson")
    assert refused.status_code == 422
    assert [(e["pointer"], e["line"]) for e in refused.json["errors"]] == [("/1/extra", 3)]
    broken = client.send("POST", path, data='{"a": 1}\n{"a" 2}', content_type="application/x-ndjson")
    assert (broken.status_code, "line 2, column 6" in broken.json["detail"]) == (400, True)


def test_a_thousand_at_once_and_no_more(client: Client) -> None:
    """1,000 events are recorded in one go; 1,001 are refused whole."""
    path = f"/projects/{client.project()}/events"
    assert client.post(path, [raised(str(number)) for number in range(1_000)]).json["position"] == 1_002
    assert client.post(path, [raised()] * 1_001).status_code == 422
    assert client.post(path, []).status_code == 422
    assert client.get("/events?after=1002").json["items"] == []


def test_all_or_none_and_what_became_of_each(client: Client) -> None:
    """One bad event keeps its batch out; the answer says for each whether it was refused, where and why."""
    path = f"/projects/{client.project()}/events"
    form = client.post(path, [raised(), drawn(insight=" "), raised(kind="gossip"), {"type": "gossip"}])
    assert [item["status"] for item in form.json["items"]] == ["accepted", "refused", "refused", "refused"]
    assert [error["pointer"] for error in form.json["errors"]] == ["/1/data/insight", "/2/data/kind", "/3"]
    sense = client.post(path, [raised(), raised(retrospective_id=str(new_id())), drawn(points=[str(new_id())])])
    assert [item["status"] for item in sense.json["items"]] == ["accepted", "refused", "refused"]
    assert [error["pointer"] for error in sense.json["errors"]] == ["/1/data/retrospective_id", "/2/data/points/0"]
    single = client.post(path, raised(retrospective_id=str(new_id())))
    assert [error["pointer"] for error in single.json["errors"]] == ["/data/retrospective_id"]
    assert client.get("/events?after=2").json["items"] == []


def test_a_retry_by_ids_or_by_key_is_answered_as_the_first_time(client: Client) -> None:
    """Whoever did not hear the answer sends the same again and gets it; nothing is recorded twice."""
    path = f"/projects/{client.project()}/events"
    batch = [raised("one") | {"id": str(new_id())}, raised("two") | {"id": str(new_id())}]
    assert client.post(path, batch).json == client.post(path, batch).json
    unnamed = [raised("three"), raised("four")]
    assert client.post(path, unnamed, Idempotency_Key="k").json == client.post(path, unnamed, Idempotency_Key="k").json
    assert len(client.get("/events?after=2").json["items"]) == 4
    assert client.post(path, [raised("other")], Idempotency_Key="k").status_code == 409
    assert client.post(path, [raised("other") | {"id": batch[0]["id"]}]).json["type"] == "/problems/id-reused"
    twice = client.post(path, [raised("a") | {"id": batch[1]["id"]}] * 2)
    assert (twice.status_code, twice.json["errors"][0]["pointer"]) == (422, "/1/id")


@pytest.mark.parametrize("when", ["2026-03-01", "2026-03-01T12:00:00", 1772366400, "soon", None])
def test_a_time_needs_its_offset(client: Client, when: object) -> None:
    """occurred_at is RFC 3339 with an offset, or left out."""
    answer = client.post(f"/projects/{client.project()}/events", raised() | {"occurred_at": when})
    assert answer.status_code == (201 if when is None else 422)
    if when is not None:
        assert answer.json["errors"][0]["pointer"] == "/occurred_at"
