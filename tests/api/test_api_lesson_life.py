"""What becomes of a lesson after it was drawn, and how old links lead on."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from api_client import Client, drawn, raised

from hardwon import handlers
from hardwon.domain.commands import ProposeMerge
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log


@pytest.fixture
def lessons(client: Client) -> list[str]:
    """Three lessons of one project."""
    return client.record(client.project(name="One"), drawn("First."), drawn("Second."), drawn("Third."))


def test_a_lesson_is_said_better(client: Client, lessons: list[str]) -> None:
    """Only what is sent changes; the lineage keeps what it said before, and why it changed."""
    changed = client.send(
        "PATCH", f"/lessons/{lessons[0]}", json={"advice": "Ask twice.", "reason": "It was met again."}
    )
    assert changed.status_code == 200
    client.follow()
    told = client.get(f"/lessons/{lessons[0]}").json
    assert (told["insight"], told["advice"], told["version"]) == ("First.", "Ask twice.", 2)
    assert [(step["type"], step["advice"], step["reason"]) for step in told["lineage"]] == [
        ("lesson_drawn", "", ""),
        ("lesson_revised", "Ask twice.", "It was met again."),
    ]


def test_saying_the_same_again_is_no_revision(client: Client, lessons: list[str]) -> None:
    """A revision that changes nothing records nothing."""
    body = {"insight": "First.", "reason": "A try."}
    assert client.send("PATCH", f"/lessons/{lessons[0]}", json=body).json["version"] == 1


def test_a_stale_revision_is_refused(client: Client, lessons: list[str]) -> None:
    """Who read an older version does not overwrite the newer one unseen."""
    path, body = f"/lessons/{lessons[0]}", {"insight": "Better.", "reason": "Clearer."}
    assert client.send("PATCH", path, json=body).status_code == 200
    again = client.send("PATCH", path, json=body | {"insight": "Other."}, headers={"If-Match": '"1"'})
    assert again.status_code == 412


def test_another_project_stands_behind_a_lesson(client: Client, lessons: list[str]) -> None:
    """Once, however often it says so; a project does not endorse its own."""
    other = client.project(name="Other")
    for _ in range(2):
        answer = client.post(f"/lessons/{lessons[0]}/endorse", {"project_id": other, "note": "We met it too."})
        assert (answer.status_code, answer.json["version"]) == (200, 2)
    client.follow()
    own = client.get("/projects").json["items"][-1]["id"]
    refused = client.post(f"/lessons/{lessons[0]}/endorse", {"project_id": own})
    assert refused.json["errors"][0]["pointer"] == "/project_id"
    assert client.post(f"/lessons/{lessons[0]}/endorse", {"project_id": str(uuid4())}).status_code == 404


def test_old_links_lead_on(client: Client, lessons: list[str]) -> None:
    """Through a merge and a succession, the first lesson leads to the last, which tells who lives on in it."""
    first, second, third = lessons
    assert client.post(f"/lessons/{first}/merge", {"into": second}).json["state"] == "merged"
    assert client.post(f"/lessons/{second}/supersede", {"by": third, "reason": "Newer."}).json["leads_to"] == third
    client.follow()
    told = client.get(f"/lessons/{first}")
    assert (told.json["state"], told.json["leads_to"]) == ("merged", third)
    assert told.headers["Link"] == f'</v1/lessons/{third}>; rel="successor-version"'
    assert [each["id"] for each in client.get(f"/lessons/{third}").json["lives_on_here"]] == [second]


def test_everything_can_be_undone(client: Client, lessons: list[str]) -> None:
    """A lesson that was retired, merged or superseded stands again once it is restored; one that stands is not restored."""
    first, second, _ = lessons
    for way, body in (
        ("retire", {"reason": "Over."}),
        ("merge", {"into": second}),
        ("supersede", {"by": second, "reason": "x"}),
    ):
        assert client.post(f"/lessons/{first}/{way}", body).status_code == 200
        restored = client.post(f"/lessons/{first}/restore", {"reason": "Still true."})
        assert (restored.json["state"], restored.json["leads_to"]) == ("current", None)
    assert client.post(f"/lessons/{first}/restore", {"reason": "Again."}).status_code == 409


@pytest.mark.parametrize(("way", "field"), [("merge", "into"), ("supersede", "by")])
def test_a_lesson_lives_on_in_one_that_stands(client: Client, lessons: list[str], way: str, field: str) -> None:
    """Not in itself, not in one that does not exist, not in one that was retired, and so never in a circle."""
    first, second, _ = lessons

    def answer(other: str) -> Any:
        return client.post(f"/lessons/{first}/{way}", {field: other, "reason": "x"})

    assert answer(first).json["errors"][0]["pointer"] == f"/{field}"
    assert answer(str(uuid4())).json["errors"][0]["pointer"] == f"/{field}"
    assert client.post(f"/lessons/{second}/{way}", {field: first, "reason": "x"}).status_code == 200
    assert answer(second).status_code == 409


def test_a_proposed_merge_waits_for_a_person(client: Client, lessons: list[str], log: Log) -> None:
    """It is listed with both lessons until it is declined, and is not proposed a second time."""
    first, second, _ = (UUID(id_) for id_ in lessons)

    def propose() -> object:
        command = ProposeMerge(second, first, 0.95)
        return handlers.change_lesson(log, client.organisation, command, Request(new_id(), Metadata("tests")))

    assert propose()
    client.follow()
    (proposal,) = client.get("/merge-proposals").json["items"]
    assert proposal["lesson"]["id"] == str(second)
    assert [(each["lesson"]["id"], each["similarity"]) for each in proposal["into"]] == [(str(first), 0.95)]
    assert client.post(f"/lessons/{second}/decline-merge", {"into": str(first)}).status_code == 200
    client.follow()
    assert client.get("/merge-proposals").json["items"] == []
    assert propose() is None


def test_a_lesson_is_told_with_where_it_came_from(client: Client) -> None:
    """The story stands at the beginning of the lineage, with the points that it answers."""
    project = client.project()
    (point,) = client.record(project, raised("The pump froze."))
    (lesson,) = client.record(project, drawn("Pumps freeze.", points=[point]))
    client.follow()
    told = client.get(f"/lessons/{lesson}").json
    assert [each["text"] for each in told["points"]] == ["The pump froze."]
    assert told["lineage"][0]["project_id"] == project


@pytest.mark.parametrize("way", ["merge", "decline-merge", "supersede", "endorse", "restore", "retire"])
def test_an_unknown_lesson_is_not_found(client: Client, lessons: list[str], way: str) -> None:
    """Whatever is asked of it; and what is asked without its fields is refused by name."""
    body = {
        "merge": {"into": lessons[0]},
        "decline-merge": {"into": lessons[0]},
        "supersede": {"by": lessons[0], "reason": "x"},
        "endorse": {"project_id": client.project()},
    }.get(way, {"reason": "x"})
    assert client.post(f"/lessons/{uuid4()}/{way}", body).status_code == 404
    assert client.post(f"/lessons/{lessons[0]}/{way}", {"nonsense": 1}).status_code == 422
