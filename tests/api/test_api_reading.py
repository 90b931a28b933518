"""Recommendations, lessons, search, and the feed of the log."""

from typing import Any
from uuid import UUID

import pytest
from api_client import Client, drawn, raised
from cloudevents.core.bindings.http import HTTPMessage

from hardwon import handlers
from hardwon.domain.commands import SuggestLessons
from hardwon.domain.values import Reason, Suggestion
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log


def suggest(log: Log, client: Client, project: str, *lessons: str) -> None:
    """Answer a project as the worker would."""
    reason = Reason("similar_text", "summary", "a passage", 0.5)
    said = tuple(Suggestion(UUID(id_), rank, 0.5, (reason,)) for rank, id_ in enumerate(lessons, start=1))
    command = SuggestLessons(UUID(project), 9, "vectors", "a-model", 7, 2, said)
    handlers.suggest_lessons(log, client.organisation, command, Request(new_id(), Metadata("tests")))
    client.follow()


def test_recommendations_become_ready(client: Client, log: Log) -> None:
    """First the project waits; then each suggestion comes with its lesson, its source and its reasons."""
    past = client.project(name="The past", team="Piers", ended_on="2025-01-01")
    good, bad = client.record(past, drawn("Good.", advice="Do."), drawn("Bad."))
    new = client.project(name="The new one")
    client.follow()
    waiting = client.get(f"/projects/{new}/recommendations").json
    assert (waiting["state"], waiting["items"]) == ("pending", [])
    suggest(log, client, new, good, bad)
    ready = client.get(f"/projects/{new}/recommendations", Prefer="wait=5").json
    assert (ready["state"], ready["considered"], ready["hidden"], ready["ranker"]) == ("ready", 7, 2, "vectors")
    first = ready["items"][0]
    assert (first["rank"], first["lesson"]["id"], first["source_project"]["name"]) == (1, good, "The past")
    (reason,) = first["reasons"]
    assert (reason["kind"], reason["aspect"], reason["passage"]) == ("similar_text", "summary", "a passage")
    client.post(f"/lessons/{good}/retire", {"reason": "No longer true."})
    client.follow()
    assert [item["lesson"]["id"] for item in client.get(f"/projects/{new}/recommendations").json["items"]] == [bad]


def test_history_is_owed_nothing(client: Client) -> None:
    """A project that had ended before it was registered is ready at once, with no suggestions."""
    past = client.project(ended_on="2020-01-01")
    client.follow()
    told = client.get(f"/projects/{past}/recommendations").json
    assert (told["state"], told["items"]) == ("ready", [])


def test_lessons_are_listed_and_told_with_their_story(client: Client) -> None:
    """All lessons, or one project's, newest first; one lesson with the points that it answers, and its state."""
    one, other = client.project(name="One", team="Piers"), client.project()
    (point,) = client.record(one, raised("The story."))
    first, second = client.record(one, drawn("First.", points=[point]), drawn("Second."))
    (third,) = client.record(other, drawn("Third."))
    client.follow()
    assert [lesson["id"] for lesson in client.get("/lessons").json["items"]] == [third, second, first]
    assert [lesson["id"] for lesson in client.get(f"/lessons?project_id={one}").json["items"]] == [second, first]
    told = client.get(f"/lessons/{first}")
    assert [point["text"] for point in told.json["points"]] == ["The story."]
    assert told.json["source_project"] == {"id": one, "name": "One", "team": "Piers"}
    assert (
        client.post(f"/lessons/{first}/retire", {"reason": "Over."}, If_Match=told.headers["ETag"]).status_code == 200
    )
    assert client.post(f"/lessons/{first}/retire", {"reason": "Over."}).status_code == 409
    client.follow()
    assert client.get(f"/lessons/{first}").json["state"] == "retired"


def test_retiring_again_with_the_same_key_is_answered_as_before(client: Client) -> None:
    """A retry is no second retirement."""
    (lesson,) = client.record(client.project(), drawn())
    first = client.post(f"/lessons/{lesson}/retire", {"reason": "Over."}, Idempotency_Key="over")
    assert client.post(f"/lessons/{lesson}/retire", {"reason": "Over."}, Idempotency_Key="over").json == first.json


def test_without_a_worker_search_says_so_in_time(client: Client) -> None:
    """Where no worker answers, a search is 503 with Retry-After instead of a wait without end."""
    answer = client.get("/search?q=anything")
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/unavailable")
    assert "Retry-After" in answer.headers
    assert "worker" in answer.json["detail"]


def test_the_feed_is_the_log_in_order(client: Client) -> None:
    """Following next, or Link, from 0 on meets every event once, in order, and ends at the head."""
    client.record(client.project(), *[raised(str(number)) for number in range(10)])
    seen: list[dict[str, Any]] = []
    path = "/events?limit=5"
    while path:
        page = client.get(path)
        seen += page.json["items"]
        path = page.headers.get("Link", "").partition(">")[0].removeprefix("</v1")
    assert [int(event["sequence"]) for event in seen] == list(range(1, 13))
    assert client.get(f"/events?after={page.json['position']}").json == {"items": [], "position": 12, "next": None}
    assert page.headers["Hardwon-Position"] == "12"


def test_events_are_cloudevents(client: Client) -> None:
    """The official SDK reads every event of the feed as CloudEvents 1.0."""
    import json  # noqa: PLC0415

    from cloudevents.core.bindings.http import from_structured_event  # noqa: PLC0415

    client.record(client.project(), raised())
    for told in client.get("/events").json["items"]:
        message = HTTPMessage({"content-type": "application/cloudevents+json"}, json.dumps(told).encode())
        event = from_structured_event(message)
        assert event.get_type().startswith("org.hardwon.")
        assert event.get_source() == f"/organisations/{client.organisation}"


@pytest.mark.parametrize("given", ["", "x" * 101, "new\tline", "é"])
def test_a_strange_request_id_is_replaced(client: Client, given: str) -> None:
    """Only a sane X-Request-ID is taken over into answers, log lines and events."""
    answer = client.get("/projects", X_Request_ID=given)
    assert answer.headers["X-Request-ID"] != given
    assert len(answer.headers["X-Request-ID"]) == 36


def test_who_and_why_stand_in_the_event(client: Client) -> None:
    """An event carries the token's name and the request's id."""
    client.post("/projects", {"name": "P"}, X_Request_ID="request-7")
    event = client.get("/events?after=1").json["items"][0]
    assert (event["actor"], event["correlationid"]) == ("token:first", "request-7")
