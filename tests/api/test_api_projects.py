"""Registering projects, describing them better, reading them."""

from collections.abc import Callable

import pytest
from api_client import Client

from hardwon.ids import new_id


def test_a_project_is_registered_and_read(client: Client) -> None:
    """The answer says where the project is, its version and the log position; once followed, the project reads the same."""
    body = {"name": "Gates", "technologies": ["Linux"], "size": 7, "started_on": "2026-01-05", "tags": ["pier"]}
    answer = client.post("/projects", body)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/projects/{answer.json['id']}"
    assert (answer.headers["ETag"], answer.headers["Hardwon-Position"]) == ('"1"', "2")
    assert answer.json["recommendations"]["state"] == "pending"
    client.follow()
    read = client.get(f"/projects/{answer.json['id']}")
    assert read.headers["ETag"] == '"1"'
    assert read.json == {k: v for k, v in answer.json.items() if k not in {"position", "recommendations"}}
    assert body.items() <= read.json.items()


def test_registering_twice_by_id_or_key_is_harmless(client: Client) -> None:
    """The same id, or the same Idempotency-Key, gets the same answer; with another profile it is refused."""
    by_id = {"id": str(new_id()), "name": "Gates"}
    assert client.post("/projects", by_id).json == client.post("/projects", by_id).json
    first = client.post("/projects", {"name": "Lamps"}, Idempotency_Key="lamps 1")
    again = client.post("/projects", {"name": "Lamps"}, Idempotency_Key="lamps 1")
    assert (first.status_code, again.status_code, first.json) == (201, 201, again.json)
    reused = client.post("/projects", by_id | {"name": "Other gates"})
    assert (reused.status_code, reused.json["type"]) == (409, "/problems/id-reused")
    assert client.post("/projects", {"name": "Doors"}, Idempotency_Key="lamps 1").status_code == 409


def test_a_profile_changes_field_by_field(client: Client) -> None:
    """PATCH changes what it names, counts the version up, and a change to the same leaves everything as it is."""
    project = client.project(summary="Eleven piers.", tags=["a", "b"])
    changed = client.send("PATCH", f"/projects/{project}", json={"phase": "delivery", "tags": []})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert (changed.json["summary"], changed.json["phase"], changed.json["tags"]) == ("Eleven piers.", "delivery", [])
    same = client.send("PATCH", f"/projects/{project}", json={"phase": "delivery"})
    assert (same.status_code, same.headers["ETag"], same.json) == (200, '"2"', changed.json)
    client.follow()
    assert client.get(f"/projects/{project}").json == changed.json


def test_a_change_of_an_old_version_is_refused(client: Client) -> None:
    """If-Match with the version read protects what another has changed meanwhile."""
    project = client.project()
    path = f"/projects/{project}"
    assert client.send("PATCH", path, json={"phase": "a"}, headers={"If-Match": '"1"'}).status_code == 200
    stale = client.send("PATCH", path, json={"phase": "b"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json["type"]) == (412, "/problems/stale-version")
    assert client.send("PATCH", path, json={"phase": "b"}, headers={"If-Match": '"never given"'}).status_code == 412
    assert client.send("PATCH", path, json={"phase": "b"}, headers={"If-Match": "*"}).status_code == 200


def test_projects_come_in_pages_that_stay_put(client: Client) -> None:
    """Walking the pages by next or Link meets every project once, newest first, while new ones arrive."""
    ids = [client.project(name=f"Project {number}") for number in range(7)]
    client.follow()
    seen: list[str] = []
    path = "/projects?limit=3"
    while path:
        page = client.get(path)
        seen += [project["id"] for project in page.json["items"]]
        client.project()
        client.follow()
        path = page.headers.get("Link", "").partition(">")[0].removeprefix("</v1")
        assert bool(path) == bool(page.json["next"])
    assert seen == list(reversed(ids))


def test_other_organisations_see_nothing_of_it(client: Client, new_client: Callable[[], Client]) -> None:
    """Every address with another organisation's ids is not found, for reading and for writing, and lists stay empty."""
    project = client.project()
    (lesson,) = client.record(project, {"type": "lesson_drawn", "data": {"insight": "Ours."}})
    client.follow()
    stranger = new_client()
    stranger.follow()
    event = {"type": "lesson_drawn", "data": {"insight": "Theirs."}}
    for answer in (
        stranger.get(f"/projects/{project}"),
        stranger.get(f"/projects/{project}/recommendations"),
        stranger.get(f"/lessons/{lesson}"),
        stranger.send("PATCH", f"/projects/{project}", json={"phase": "x"}),
        stranger.post(f"/projects/{project}/events", event),
        stranger.post(f"/lessons/{lesson}/retire", {"reason": "x"}),
    ):
        assert (answer.status_code, answer.json["type"]) == (404, "/problems/not-found")
    assert stranger.get("/projects").json["items"] == stranger.get("/lessons").json["items"] == []
    assert stranger.get(f"/lessons?project_id={project}").json["items"] == []
    assert len(stranger.get("/events").json["items"]) == 1


def test_read_your_writes(client: Client) -> None:
    """Prefer: wait waits until the read model holds what was written; without a worker it answers in time all the same."""
    client.project()
    waited = client.get("/projects", Prefer="wait=1")
    assert (waited.headers["Preference-Applied"], waited.headers["Hardwon-Position"]) == ("wait=1", "0")
    client.follow()
    assert client.get("/projects", Prefer="wait=20").headers["Hardwon-Position"] == "2"


@pytest.mark.parametrize("prefer", ["wait=soon", "wait=-1", "wait", "handling=strict", "wait=²", "=;,"])
def test_a_preference_that_cannot_be_understood_is_ignored(client: Client, prefer: str) -> None:
    """As RFC 7240 asks, a malformed preference changes nothing."""
    answer = client.get("/projects", Prefer=prefer)
    assert answer.status_code == 200
    assert "Preference-Applied" not in answer.headers
