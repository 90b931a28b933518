"""A point that was raised is said otherwise or taken back over HTTP, by whoever may."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from api_client import Client, drawn, held, raised

from hardwon.ids import new_id
from hardwon.ports import Log

TEXT = "The pier were late."


def asking_for(client: Client, role: str = "member", scopes: tuple[str, ...] = ("read", "write")) -> Client:
    """Return what asks on behalf of a new member."""
    who = {"name": "Ada", "email": f"{new_id()}@ferries.example", "role": role}
    id_ = client.post("/members", who).json["id"]
    issued = client.post("/tokens", {"name": "a browser", "scopes": list(scopes), "member_id": id_})
    return replace(client, token=issued.json["token"])


def in_a_meeting(client: Client, **more: Any) -> tuple[str, str, str]:
    """Return a project, its retrospective and a point that the client raised in it."""
    project = client.project()
    (retro,) = client.record(project, held())
    (point,) = client.record(project, raised(TEXT, retrospective_id=retro, **more))
    return project, retro, point


def reword(client: Client, point: str, text: str = "The pier was late.", **headers: str) -> Any:
    return client.send("PATCH", f"/points/{point}", json={"text": text}, headers=headers)


def withdraw(client: Client, point: str, **headers: str) -> Any:
    return client.send("DELETE", f"/points/{point}", headers=headers)


Change = Callable[..., Any]
both = pytest.mark.parametrize("change", [reword, withdraw])


def texts(client: Client, retro: str, **query: Any) -> list[str]:
    board = client.send("GET", f"/retrospectives/{retro}", query_string=query).json
    return [each["text"] for each in board["points"]]


def test_everybody_reads_the_new_words(client: Client) -> None:
    """On the board, among what is not learned from yet and in the project's lessons; the board as of before tells the old ones."""
    ada = asking_for(client)
    project, retro, point = in_a_meeting(ada)
    before = ada.send("GET", f"/retrospectives/{retro}").headers["Hardwon-Position"]
    answer = reword(ada, point)
    assert (answer.status_code, answer.json["id"]) == (200, point)
    assert answer.headers["ETag"] == f'"{answer.json["version"]}"'
    client.follow()
    assert texts(client, retro) == ["The pier was late."]
    assert texts(client, retro, as_of=before) == [TEXT]
    (nudge,) = client.get(f"/nudges?project_id={project}").json["items"]
    assert nudge["point"]["text"] == "The pier was late."
    (lesson,) = ada.record(project, drawn(points=[point]))
    client.follow()
    now = client.get(f"/lessons/{lesson}")
    assert [each["text"] for each in now.json["points"]] == ["The pier was late."]


def test_a_story_as_of_then_is_told_in_the_words_of_then(client: Client) -> None:
    """A lesson as of any day since it was drawn tells its story as it read when it was learned from."""
    project, _, point = in_a_meeting(client)
    reword(client, point)
    (lesson,) = client.record(project, drawn(points=[point]))
    client.follow()
    then = client.get(f"/lessons/{lesson}").headers["Hardwon-Position"]
    told = client.send("GET", f"/lessons/{lesson}", query_string={"as_of": then})
    assert [each["text"] for each in told.json["points"]] == ["The pier was late."]


def test_what_is_taken_back_is_told_and_counted_no_more(client: Client) -> None:
    """It is gone from the board, from the counts and from what is not learned from yet; the board as of before still has it."""
    ada = asking_for(client)
    project, retro, point = in_a_meeting(ada)
    before = ada.send("GET", f"/retrospectives/{retro}").headers["Hardwon-Position"]
    answer = withdraw(ada, point)
    assert (answer.status_code, answer.data) == (204, b"")
    assert int(answer.headers["Hardwon-Position"]) > int(before)
    client.follow()
    assert texts(client, retro) == []
    assert texts(client, retro, as_of=before) == [TEXT]
    assert client.get("/nudges").json["items"] == []
    assert client.get(f"/projects/{project}").json["points"] == 0
    assert client.get("/retrospectives").json["items"][0]["points"] == 0
    assert client.get("/insights/learning").json["total"]["points"] == 0


@both
def test_only_who_raised_it_may_and_who_curates(client: Client, change: Change) -> None:
    """Another member hears why not, and nothing is recorded; the project office may, and who raised it may."""
    ada, ben, office = (
        asking_for(client),
        asking_for(client),
        asking_for(client, "project_office", ("read", "write", "curate")),
    )
    for may in (ada, office):
        _, retro, point = in_a_meeting(ada)
        refused = change(ben, point)
        assert (refused.status_code, refused.json["type"]) == (403, "/problems/forbidden")
        assert texts(ben, retro) == [TEXT]
        assert change(may, point).status_code in {200, 204}
        assert texts(ben, retro) != [TEXT]


@both
def test_a_tool_may_change_its_own(client: Client, change: Change) -> None:
    """What a tool recorded under its name it may mend; another tool may not, and a point of a member is no tool's."""
    tools = []
    for name in ("importer", "other"):
        token = client.post("/tokens", {"name": name, "scopes": ["read", "write"]}).json["token"]
        tools.append(replace(client, token=token))
    ours, theirs = tools
    _, _, point = in_a_meeting(ours)
    assert change(theirs, point).status_code == 403
    assert change(ours, point).status_code in {200, 204}
    _, _, members = in_a_meeting(asking_for(client))
    assert change(ours, members).status_code == 403


@both
def test_what_was_raised_without_a_name_is_nobodys_to_a_token(client: Client, change: Change) -> None:
    """Not even to the one who raised it, since nothing says who that was; who curates may, and then under a name."""
    ada = asking_for(client)
    _, _, point = in_a_meeting(ada, anonymous=True)
    assert change(ada, point).status_code == 403
    assert change(asking_for(client, "project_office", ("read", "write", "curate")), point).status_code in {200, 204}


@both
def test_when_it_is_too_late_it_says_why(client: Client, change: Change) -> None:
    """The meeting is closed, or a lesson answers it already: a conflict that names which."""
    project, retro, point = in_a_meeting(client)
    client.send("POST", f"/retrospectives/{retro}/close")
    closed = change(client, point)
    assert (closed.status_code, "closed" in closed.json["detail"]) == (409, True)
    client.send("POST", f"/retrospectives/{retro}/reopen")
    client.record(project, drawn(points=[point]))
    learned = change(client, point)
    assert (learned.status_code, "revise the lesson" in learned.json["detail"]) == (409, True)


def test_what_was_taken_back_stays_so(client: Client) -> None:
    """Taken back again changes nothing; said otherwise it is refused; no lesson is drawn from it, and it takes no vote."""
    project, retro, point = in_a_meeting(client)
    assert [withdraw(client, point).status_code for _ in "ab"] == [204, 204]
    refused = reword(client, point)
    assert (refused.status_code, "taken back" in refused.json["detail"]) == (409, True)
    learned = client.post(f"/projects/{project}/events", [drawn(points=[point])])
    assert (learned.status_code, learned.json["errors"][0]["pointer"]) == (422, "/0/data/points/0")
    voted = asking_for(client).send("PUT", f"/retrospectives/{retro}/points/{point}/vote")
    assert voted.status_code == 404


def test_the_same_again_is_one_event(client: Client, log: Log) -> None:
    """The same words change nothing; the same key is answered as the first time; an old version is refused."""
    _, _, point = in_a_meeting(client)
    first = reword(client, point, **{"Idempotency-Key": "once"})
    again = reword(client, point, **{"Idempotency-Key": "once"})
    assert again.json == first.json
    assert reword(client, point).json["position"] == first.json["position"]
    assert [stored.type for stored in log.read(client.organisation, limit=99)].count("point_reworded") == 1
    stale = reword(client, point, "Other words.", **{"If-Match": '"1"'})
    assert stale.status_code == 412
    assert reword(client, point, "Other words.", **{"If-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    "body", [{"text": " "}, {"text": ""}, {}, {"text": "x", "kind": "idea"}, {"text": "x" * 10_001}, {"text": "a\0"}]
)
def test_a_bad_body_is_refused_by_field(client: Client, body: dict[str, str]) -> None:
    """An empty text, none, too long a one and what cannot be changed: 422, and the field is named."""
    _, _, point = in_a_meeting(client)
    answer = client.send("PATCH", f"/points/{point}", json=body)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] in {"/text", "/kind"}


@both
def test_what_is_no_point_is_not_there(client: Client, change: Change) -> None:
    """An id of nothing, or of a retrospective: 404."""
    _, retro, _ = in_a_meeting(client)
    for id_ in (str(new_id()), retro):
        assert change(client, id_).status_code == 404


@both
def test_between_meetings_it_is_the_same(client: Client, log: Log, change: Change) -> None:
    """A point of no retrospective is changed as well, under whoever's name asked."""
    ada = asking_for(client)
    (point,) = ada.record(ada.project(), raised(TEXT))
    assert change(ada, point).status_code in {200, 204}
    last = log.read(client.organisation, limit=99)[-1]
    assert last.metadata["person_id"] == log.find(client.organisation, [UUID(point)])[UUID(point)].metadata["person_id"]
    assert last.words_of == ({UUID(last.metadata["person_id"])} if change is reword else set())
