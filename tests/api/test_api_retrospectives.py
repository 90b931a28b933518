"""A retrospective's board over HTTP: grouping, voting with a limit, closing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from api_client import Client, drawn, held, raised

from hardwon.domain.board import VOTES
from hardwon.ids import new_id
from hardwon.ports import Log


def member(client: Client, name: str = "Ada") -> Client:
    """Return what asks on behalf of a new member."""
    who = {"name": name, "email": f"{new_id()}@ferries.example"}
    id_ = client.post("/members", who).json["id"]
    issued = client.post("/tokens", {"name": "a browser", "scopes": ["read", "write"], "member_id": id_})
    return replace(client, token=issued.json["token"])


def meeting(client: Client, points: int = 3) -> tuple[str, str, list[str]]:
    """Return a project, a retrospective of it and the points on its board."""
    project = client.project()
    (retro,) = client.record(project, held())
    told = (raised(f"Point {n}.", retrospective_id=retro) for n in range(points))
    return project, retro, client.record(project, *told)


def board(client: Client, retro: str, **query: Any) -> dict[str, Any]:
    client.follow()
    answer = client.send("GET", f"/retrospectives/{retro}", query_string=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def put(client: Client, path: str, body: Any = None, **headers: str) -> Any:
    return client.send("PUT", path, json=body, headers={name.replace("_", "-"): text for name, text in headers.items()})


def test_a_board_tells_what_was_raised_and_by_whom(client: Client) -> None:
    """Points stand in their order with who raised them, anonymous ones without; lessons stand by what they answer."""
    ada = member(client)
    project, retro, (first,) = meeting(ada, 1)
    (hidden,) = ada.record(project, raised("The boss forgot.", retrospective_id=retro, anonymous=True))
    (lesson,) = ada.record(project, drawn(points=[first], retrospective_id=retro))
    told = board(ada, retro)
    assert (told["title"], told["project_id"], told["closed_at"]) == ("Looking back", project, None)
    assert [(each["id"], (each["raised_by"] or {}).get("name")) for each in told["points"]] == [
        (first, "Ada"),
        (hidden, None),
    ]
    assert [each["lessons"] for each in told["points"]] == [[lesson], []]
    assert (told["lessons"][0]["id"], told["unanswered"]) == (lesson, [hidden])


def test_points_are_grouped_under_a_name_or_under_each_other(client: Client) -> None:
    """A group counts the votes for its points; what heads a pile takes it along; put back, a point stands by itself."""
    ada = member(client)
    _, retro, (first, second, third) = meeting(ada)
    group, base = str(new_id()), f"/retrospectives/{retro}"
    assert put(ada, f"{base}/groups/{group}", {"name": "Suppliers"}).status_code == 200
    assert put(ada, f"{base}/points/{first}/place", {"under": second}).status_code == 200
    assert put(ada, f"{base}/points/{second}/place", {"under": group}).status_code == 200
    put(ada, f"{base}/points/{first}/vote")
    told = board(ada, retro)
    assert told["groups"] == [{"id": group, "name": "Suppliers", "votes": 1}]
    assert [each["under"] for each in told["points"]] == [group, group, None]
    assert put(ada, f"{base}/points/{first}/place", {"under": third}).status_code == 200
    assert put(ada, f"{base}/points/{second}/place", {"under": None}).status_code == 200
    assert [each["under"] for each in board(ada, retro)["points"]] == [third, None, None]
    refused = put(ada, f"{base}/points/{third}/place", {"under": first})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/under")


def test_votes_are_limited_secret_and_can_be_taken_back(client: Client, log: Log) -> None:
    """Nobody casts more than five; nothing that is told or kept says who voted, and which are my own only I am told."""
    ada, ben = member(client), member(client, "Ben")
    _, retro, points = meeting(ada, VOTES + 1)
    votes = [f"/retrospectives/{retro}/points/{point}/vote" for point in points]
    for left, path in enumerate(reversed(votes[:VOTES])):
        assert put(ada, path).json["votes_left"] == VOTES - left - 1
    full = put(ada, votes[-1])
    assert (full.status_code, full.json["type"]) == (409, "/problems/conflict")
    assert put(ada, votes[0]).status_code == 200  # again: nothing changes
    assert put(ben, votes[0]).json["votes_left"] == VOTES - 1
    assert ada.send("DELETE", votes[1]).json["votes_left"] == 1
    assert put(ada, votes[-1]).status_code == 200
    mine, others = board(ada, retro), board(ben, retro)
    assert [each["votes"] for each in mine["points"]] == [2, 0, 1, 1, 1, 1]
    assert [each["my_vote"] for each in mine["points"]] == [True, False, True, True, True, True]
    assert (others["votes_left"], sum(each["my_vote"] for each in others["points"])) == (VOTES - 1, 1)
    cast = [stored for stored in log.read(client.organisation, limit=1_000) if stored.type.startswith("vote_")]
    members = [each["id"] for each in client.get("/members").json["items"]]
    assert len(members) == 2
    for stored in cast:
        assert stored.metadata["actor"] == "anonymous"
        assert not any(id_ in str(stored) for id_ in members)
    feed = [each for each in client.get("/events?limit=1000").json["items"] if ".vote_" in each["type"]]
    assert len(feed) == len(cast)
    assert not any("ballot" in str(each) for each in feed)
    ballots = {stored.data["ballot"] for stored in cast}
    assert len(ballots) == 2  # the control: the log does tell one person's votes from another's, or no limit would hold


def test_a_ballot_is_another_one_in_each_retrospective(client: Client, log: Log) -> None:
    """Who votes in two meetings cannot be recognised in the second."""
    ada = member(client)
    for _ in "ab":
        _, retro, (point,) = meeting(ada, 1)
        put(ada, f"/retrospectives/{retro}/points/{point}/vote")
    cast = [stored for stored in log.read(client.organisation, limit=1_000) if stored.type == "vote_cast"]
    assert len({stored.data["ballot"] for stored in cast}) == 2


def test_the_limit_holds_when_all_is_cast_at_once(client: Client) -> None:
    """Twelve browsers of one person vote at the same moment for twelve points: five votes count, and nobody meets an error of ours."""
    ada = member(client)
    _, retro, points = meeting(ada, 12)
    with ThreadPoolExecutor(6) as room:
        answers = list(room.map(lambda point: put(ada, f"/retrospectives/{retro}/points/{point}/vote"), points))
    assert sorted(answer.status_code for answer in answers) == [200] * VOTES + [409] * (12 - VOTES)
    assert sum(each["votes"] for each in board(ada, retro)["points"]) == VOTES


def test_votes_are_persons(client: Client) -> None:
    """A tool's token votes for nobody; it reads the board all the same."""
    _, retro, (point,) = meeting(client, 1)
    assert put(client, f"/retrospectives/{retro}/points/{point}/vote").status_code == 403
    assert board(client, retro)["votes_left"] is None


def test_a_closed_retrospective_takes_nothing_more_but_lessons(client: Client) -> None:
    """Points, groups and votes are refused until it is reopened; what was sent before may be sent again; a lesson is welcome."""
    ada = member(client)
    project, retro, (point,) = meeting(ada, 1)
    base = f"/retrospectives/{retro}"
    assert ada.post(f"{base}/close", None).status_code == 200
    again = ada.post(f"{base}/close", None)
    assert again.status_code == 200
    late = ada.post(f"/projects/{project}/events", raised(retrospective_id=retro))
    assert (late.status_code, late.json["errors"][0]["pointer"]) == (422, "/data/retrospective_id")
    same = raised("Point 0.", retrospective_id=retro) | {"id": point}
    assert ada.post(f"/projects/{project}/events", same).status_code == 201
    assert put(ada, f"{base}/points/{point}/vote").status_code == 409
    ada.record(project, drawn(points=[point], retrospective_id=retro))
    told = board(ada, retro)
    assert told["closed_at"]
    assert told["unanswered"] == []
    (listed,) = ada.get(f"/retrospectives?project_id={project}").json["items"]
    assert (listed["id"], listed["points"], listed["closed_at"]) == (retro, 1, told["closed_at"])
    assert ada.post(f"{base}/reopen", None).status_code == 200
    assert put(ada, f"{base}/points/{point}/vote").status_code == 200
    assert board(ada, retro)["closed_at"] is None


def test_a_board_as_of_an_earlier_day(client: Client) -> None:
    """As of a position the board stands as it stood: fewer points, no votes, no lessons; before it was opened it is not there."""
    ada = member(client)
    project, retro, (first,) = meeting(ada, 1)
    position = board(ada, retro)["version"] and int(ada.get(f"/retrospectives/{retro}").headers["Hardwon-Position"])
    before = board(ada, retro)
    put(ada, f"/retrospectives/{retro}/points/{first}/vote")
    ada.record(project, raised("Later.", retrospective_id=retro))
    ada.record(project, drawn(points=[first]))
    assert board(ada, retro)["unanswered"] != before["unanswered"]
    assert board(ada, retro, as_of=position) == before
    last = ada.get("/events?limit=1000").json["position"]
    assert board(ada, retro, as_of=last) == board(ada, retro)
    early = ada.get(f"/retrospectives/{retro}?as_of=1")
    assert (early.status_code, "not yet there" in early.json["detail"]) == (404, True)


def test_a_version_is_asked_for_by_its_tag(client: Client) -> None:
    """With If-Match a change is refused if somebody was faster; without it both are recorded."""
    _, retro, (first, second) = meeting(client, 2)
    tag = client.get(f"/retrospectives/{retro}").headers["ETag"]
    base = f"/retrospectives/{retro}"
    assert put(client, f"{base}/points/{first}/place", {"under": second}, If_Match=tag).status_code == 200
    stale = put(client, f"{base}/points/{first}/place", {"under": None}, If_Match=tag)
    assert (stale.status_code, stale.json["type"]) == (412, "/problems/stale-version")


def test_other_organisations_boards_are_not_found(new_client: Callable[[], Client]) -> None:
    """Neither board nor points of another organisation can be read or touched."""
    mine, theirs = new_client(), new_client()
    project, retro, (point,) = meeting(theirs, 1)
    me = member(mine)
    base = f"/retrospectives/{retro}"
    assert me.get(base).status_code == 404
    theirs.follow()
    assert me.get(f"/retrospectives?project_id={project}").json["items"] == []
    assert put(me, f"{base}/groups/{new_id()}", {"name": "Mine"}).status_code == 404
    assert put(me, f"{base}/points/{point}/place", {"under": None}).status_code == 404
    assert put(me, f"{base}/points/{point}/vote").status_code == 404
    assert me.send("DELETE", f"{base}/points/{point}/vote").status_code == 404
    for each in ("close", "reopen"):
        assert me.post(f"{base}/{each}", None).status_code == 404
    _, own, _ = meeting(me, 1)
    assert put(me, f"/retrospectives/{own}/points/{point}/vote").status_code == 404
    assert put(me, f"/retrospectives/{own}/groups/{new_id()}", {"name": ""}).status_code == 422


@pytest.mark.parametrize("field", ["name", "other"])
def test_a_bad_body_names_the_field(client: Client, field: str) -> None:
    """A blank name and an unknown field are refused by their names."""
    _, retro, _ = meeting(client, 1)
    answer = put(client, f"/retrospectives/{retro}/groups/{new_id()}", {"name": " ", field: " "})
    assert answer.status_code == 422
    assert f"/{field}" in [each["pointer"] for each in answer.json["errors"]]


def test_who_was_erased_votes_no_more(client: Client, log: Log) -> None:
    """Once the key is gone nobody can tell which votes were theirs, and none is cast in their name."""
    ada = member(client)
    _, retro, (point,) = meeting(client, 1)
    put(ada, f"/retrospectives/{retro}/points/{point}/vote")
    (id_,) = (each["id"] for each in client.get("/members").json["items"])
    log.destroy_key(client.organisation, UUID(id_))
    assert put(ada, f"/retrospectives/{retro}/points/{point}/vote").status_code == 409
    assert board(client, retro)["points"][0]["votes"] == 1


def test_retrospectives_are_listed_newest_first(client: Client) -> None:
    """Of all projects or of one, page by page."""
    one, other = client.project(), client.project()
    ids = [client.record(project, held())[0] for project in (one, other, one)]
    client.follow()
    first = client.get("/retrospectives?limit=2").json
    assert [each["id"] for each in first["items"]] == [ids[2], ids[1]]
    rest = client.get(f"/retrospectives?limit=2&cursor={first['next']}").json
    assert ([each["id"] for each in rest["items"]], rest["next"]) == ([ids[0]], None)
    assert [each["id"] for each in client.get(f"/retrospectives?project_id={one}").json["items"]] == [ids[2], ids[0]]


def test_they_are_listed_by_the_day_they_were_held(client: Client) -> None:
    """One of years ago that is recorded late stands last, also where a page ends between two of one day; without a day it is of today."""
    project = client.project()
    days = ["2024-05-01", "2026-01-31", None, "2019-12-01", "2024-05-01"]
    told = [held() if day is None else held(held_on=day) for day in days]
    ids = [client.record(project, each)[0] for each in told]
    client.follow()
    wanted = [ids[place] for place in (2, 1, 4, 0, 3)]
    for path in ("/retrospectives?", f"/retrospectives?project_id={project}&"):
        seen, cursor = [], ""
        while cursor is not None:
            page = client.get(f"{path}limit=1{cursor and f'&cursor={cursor}'}").json
            seen += [each["id"] for each in page["items"]]
            cursor = page["next"]
        assert seen == wanted
