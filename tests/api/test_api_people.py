"""Members, teams and tokens: who may do what."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from api_client import Client, raised
from flask.testing import FlaskClient
from psycopg import Connection

from hardwon import tokens
from hardwon.ids import new_id
from hardwon.ports import Log
from hardwon.projections.following import Pool

EVERYBODY = ("read", "write", "curate", "administer")
As = Callable[..., Client]


def add(client: Client, name: str = "Ada", role: str = "member", **fields: Any) -> str:
    answer = client.post("/members", {"name": name, "email": f"{name.lower()}@ferries.example", "role": role} | fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


@pytest.fixture
def with_token(client: Client) -> As:
    """Return what asks with a new token of these scopes, on behalf of a member or of a tool."""

    def ask(*scopes: str, member: str | None = None) -> Client:
        answer = client.post("/tokens", {"name": "another tool", "scopes": scopes, "member_id": member})
        assert answer.status_code == 201, answer.text
        return replace(client, token=answer.json["token"])

    return ask


def test_every_endpoint_says_what_it_needs_and_refuses_who_has_it_not(app_client: FlaskClient, with_token: As) -> None:
    """Asked with every scope but its own, each address under /v1 answers 403 before it looks at anything else; with its own it looks."""
    rules = [rule for rule in app_client.application.url_map.iter_rules() if rule.rule.startswith("/v1/")]
    tools = {scope: with_token(*(each for each in EVERYBODY if each != scope)) for scope in EVERYBODY}
    alone = {scope: with_token(scope) for scope in EVERYBODY}
    assert len(rules) > 30
    for rule in rules:
        view = app_client.application.view_functions[rule.endpoint]
        needed = getattr(view, "needs", None)
        assert needed in EVERYBODY, f"{rule.rule} does not say which scope it needs"
        path = rule.rule.removeprefix("/v1")
        for argument in rule.arguments:
            path = path.replace(f"<uuid:{argument}>", str(new_id()))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = tools[needed].send(method, path)
            assert (answer.status_code, answer.json["type"]) == (403, "/problems/forbidden"), f"{method} {rule.rule}"
            assert f"`{needed}`" in answer.json["detail"]
            if method == "GET" and not hasattr(view, "live"):
                assert alone[needed].send(method, path).status_code != 403, f"{method} {rule.rule}"


def test_the_document_says_which_scope_is_needed(app_client: FlaskClient) -> None:
    """Who reads OpenAPI sees what to ask an administrator for."""
    paths = app_client.get("/openapi.json").json["paths"]
    said = [
        operation["description"]
        for path, item in paths.items()
        if path.startswith("/v1")
        for operation in item.values()
    ]
    assert all("Needs the scope `" in each for each in said)


def test_a_member_is_added_changed_and_removed(client: Client) -> None:
    """The answer shows the member as it now is; one who was removed is found no more."""
    id_ = add(client, teams=["Piers"])
    assert client.get(f"/members/{id_}").json == {
        "id": id_,
        "name": "Ada",
        "email": "ada@ferries.example",
        "role": "member",
        "teams": ["Piers"],
    }
    changed = client.send("PATCH", f"/members/{id_}", json={"role": "reader", "teams": []}).json
    assert (changed["role"], changed["teams"], changed["name"]) == ("reader", [], "Ada")
    assert [each["id"] for each in client.get("/members").json["items"]] == [id_]
    assert client.send("DELETE", f"/members/{id_}").status_code == 204
    assert client.get(f"/members/{id_}").status_code == 404
    assert client.get("/members").json["items"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "email": "a@b.example"}, "/name"),
        ({"name": "Ada", "email": "ada"}, "/email"),
        ({"name": "Ada", "email": "a@b.example", "role": "queen"}, "/role"),
        ({"name": "Ada", "email": "a@b.example", "teams": [""]}, "/teams/0"),
    ],
)
def test_a_member_that_cannot_be_is_refused(client: Client, body: dict[str, Any], field: str) -> None:
    """The problem names the field."""
    answer = client.post("/members", body)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == field


def test_adding_twice_under_one_key_adds_once(client: Client) -> None:
    """A retry is answered as the first time; another one with the same address is refused."""
    body = {"name": "Ada", "email": "ada@ferries.example"}
    first, second = (client.post("/members", body, Idempotency_Key="add-ada") for _ in range(2))
    assert first.json == second.json
    assert client.post("/members", body).status_code == 409


def test_teams_are_what_members_and_projects_call_them(client: Client) -> None:
    """Each with how many of both name it."""
    add(client, teams=["Piers", "Trams"])
    client.project(team="Piers")
    client.follow()
    assert client.get("/teams").json["items"] == [
        {"name": "Piers", "members": 1, "projects": 1},
        {"name": "Trams", "members": 1, "projects": 0},
    ]


def test_a_token_is_shown_once_and_kept_as_a_digest(client: Client, with_token: As, owner: Connection[Any]) -> None:
    """Neither the list nor any table or event holds it."""
    secret = with_token("read").token
    listed = client.get("/tokens")
    assert [each["scopes"] for each in listed.json["items"]] == [["read"], list(EVERYBODY)]
    assert secret not in listed.text + client.get("/audit").text
    ours = (client.organisation,)
    kept = owner.execute("SELECT to_jsonb(token)::text FROM token WHERE organisation_id = %s", ours).fetchall()
    assert len(kept) == 2
    # At the first two only: what follows may hold one too, and a letter or two of it stand in any row.
    said = secret.split("_", maxsplit=2)[2]
    assert len(said) >= 32
    assert not any(said in row for (row,) in kept)


def test_a_token_issued_again_under_its_key_is_refused(client: Client) -> None:
    """Its secret is gone; a second one would be a token that nobody knows of."""
    body = {"name": "a board", "scopes": ["read"]}
    assert client.post("/tokens", body, Idempotency_Key="board").status_code == 201
    assert client.post("/tokens", body, Idempotency_Key="board").status_code == 409
    assert len(client.get("/tokens").json["items"]) == 2


def test_a_revoked_token_is_worth_nothing_at_once(client: Client, with_token: As) -> None:
    """Revoking it again changes nothing, and nobody revokes the branch that he sits on."""
    tool = with_token("read")
    me = tool.get("/me").json
    assert (me["scopes"], me["actor"], me["member"]) == (["read"], "token:another tool", None)
    other = client.get("/tokens").json["items"][0]["id"]
    assert [client.send("DELETE", f"/tokens/{other}").status_code for _ in range(2)] == [204, 204]
    assert tool.get("/me").status_code == 401
    events = client.get("/audit").json["items"]
    assert [each["type"].rpartition(".")[2] for each in events[:2]] == ["token_revoked", "token_issued"]
    own = client.get("/tokens").json["items"][0]["id"]
    assert client.send("DELETE", f"/tokens/{own}").status_code == 409
    assert client.send("DELETE", f"/tokens/{new_id()}").status_code == 404


def test_an_expired_token_is_worth_nothing(client: Client, with_token: As, owner: Connection[Any]) -> None:
    """One whose time has come is answered as one that never was."""
    tool = with_token("read")
    assert tool.get("/me").status_code == 200
    owner.execute(
        "UPDATE token SET expires_at = now() - interval '1 second' WHERE organisation_id = %s AND name = 'another tool'",
        (client.organisation,),
    )
    assert tool.get("/me").status_code == 401


def test_a_members_token_can_do_no_more_than_the_member(client: Client, with_token: As) -> None:
    """Less from the moment the role is less; nothing once the member is removed."""
    id_ = add(client, role="project_office")
    refused = client.post("/tokens", {"name": "x", "scopes": ["administer"], "member_id": id_})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/scopes")
    tool = with_token("read", "curate", member=id_)
    assert tool.get("/me").json["scopes"] == ["read", "curate"]
    assert (tool.get("/me").json["actor"], tool.get("/me").json["member"]["name"]) == (f"member:{id_}", "Ada")
    client.send("PATCH", f"/members/{id_}", json={"role": "reader"})
    assert tool.get("/me").json["scopes"] == ["read"]
    client.send("DELETE", f"/members/{id_}")
    assert tool.get("/me").status_code == 401


def test_addresses_are_for_administrators(client: Client, with_token: As) -> None:
    """Others see who is who, but no address: not in the list, the feed of events, or at a member's own page."""
    id_ = add(client)
    client.send("PATCH", f"/members/{id_}", json={"email": "ada@piers.example"})
    tool = with_token("read", "write", "curate")
    for path in ("/members", f"/members/{id_}", "/events"):
        assert "Ada" in tool.get(path).text
        assert "example" not in tool.get(path).text
        assert "ada@piers.example" in client.get(path).text


def test_the_audit_tells_who_did_what(client: Client, with_token: As, log: Log, pool: Pool) -> None:
    """Newest first, of everybody or of one; a member stands there by id, never by name."""
    id_ = add(client)
    tool = with_token("read", "write", member=id_)
    project = tool.project()
    tool.record(project, raised())
    mine = client.get(f"/audit?actor=member:{id_}").json
    assert [each["type"].rpartition(".")[2] for each in mine["items"]] == [
        "discussion_point_raised",
        "project_registered",
    ]
    first = client.get("/audit?limit=2").json
    second = client.get(f"/audit?limit=100&cursor={first['next']}").json
    assert second["next"] is None
    told = [int(each["sequence"]) for each in first["items"] + second["items"]]
    assert told == list(range(log.head(client.organisation).position, 0, -1))


def test_what_a_member_writes_can_be_erased(client: Client, with_token: As, log: Log) -> None:
    """Words that come with a member's token are kept under the member's key; those of a tool under nobody's."""
    id_ = add(client)
    tool = with_token("write", member=id_)
    project = tool.project()
    (mine,) = tool.record(project, raised("I forgot."))
    (other,) = client.record(project, raised("Somebody forgot."))
    found = log.find(client.organisation, [UUID(mine), UUID(other)])
    assert [found[UUID(each)].words_of for each in (mine, other)] == [{UUID(id_)}, set()]


def test_what_is_no_token_is_nobody(pool: Pool) -> None:
    """Whatever is shown: other prefixes, halves, ids that are none."""
    for shown in ("", "hw", "hw_1_2", f"hw_{new_id().hex}_", f"xx_{new_id().hex}_abc", "hw__"):
        assert tokens.authenticate(pool, shown) is None
