"""Anonymous points: the log keeps no way back to whoever raised one."""

from dataclasses import replace
from uuid import UUID

from api_client import Client, raised

from hardwon.ports import Log


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
