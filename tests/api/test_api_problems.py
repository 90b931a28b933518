"""Bad input gets a clear problem document that names the field, never a 5xx, and nothing is recorded."""

from pathlib import Path
from typing import Any

import pytest
from api_client import Client, drawn, raised
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings
from hardwon_api.context import Deps
from hardwon_api.problems import TITLES

LONG = {"name": 200, "domain": 200, "team": 200, "phase": 200, "summary": 10_000}


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer nonsense", "Basic dXNlcjpw", "Bearer hw_0_x"])
def test_no_request_without_a_token(app_client: FlaskClient, authorization: str | None) -> None:
    """Whatever else the Authorization header says, the answer is 401 and how to do it."""
    headers = {} if authorization is None else {"Authorization": authorization}
    for method, path in [
        ("GET", "/v1/projects"),
        ("POST", "/v1/projects"),
        ("GET", "/v1/stream"),
        ("GET", "/v1/events"),
    ]:
        answer = app_client.open(path, method=method, headers=headers)
        assert (answer.status_code, answer.json["type"]) == (401, "/problems/unauthorised")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_of_another_organisations_id_is_no_token(client: Client) -> None:
    """A secret counts only for the organisation that it was issued to."""
    _, organisation, secret = client.token.split("_", 2)
    forged = organisation[:-1] + ("0" if organisation[-1] != "0" else "1")
    client.token = f"hw_{forged}_{secret}"
    assert client.get("/projects").status_code == 401


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ('{"name": "P",}', "line 1, column 14"),
        ('{\n"name" "P"}', "line 2, column 8"),
        ("", "not JSON"),
        ("null", "object or array"),
        ('"text"', "object or array"),
        ('{"name": "P", "name": "Q"}', "'name' occurs twice"),
        ('{"name": NaN}', "NaN"),
        ('{"name": "P", "size": ' + "9" * 10_000 + "}", "not acceptable"),
        ("[" * 100_000, "nested too deeply"),
        (b'{"name": "\xff"}', "not UTF-8"),
    ],
    ids=["comma", "colon", "empty", "null", "text", "duplicate", "nan", "digits", "deep", "bytes"],
)
def test_a_body_that_is_no_json_says_why(client: Client, body: str | bytes, detail: str) -> None:
    """What is wrong with the JSON, and where."""
    answer = client.send("POST", "/projects", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["type"], answer.mimetype) == (
        400,
        "/problems/bad-json",
        "application/problem+json",
    )
    assert detail in answer.json["detail"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"size": "3"}, "/size"),
        ({"size": 0}, "/size"),
        ({"size": True}, "/size"),
        ({"size": 3.5}, "/size"),
        ({"size": 10**400}, "/size"),
        ({"name": None}, "/name"),
        ({"name": " "}, "/name"),
        ({"name": ["P"]}, "/name"),
        ({"name": "a NUL \x00"}, "/name"),
        ({"summary": "half a pair \ud800"}, "/summary"),
        ({"tags": "one"}, "/tags"),
        ({"tags": ["ok", ""]}, "/tags/1"),
        ({"tags": ["x"] * 51}, "/tags"),
        ({"colour": "red"}, "/colour"),
        ({"a/b~c": 1}, "/a~1b~0c"),
        ({"started_on": "2026-02-30"}, "/started_on"),
        ({"started_on": "20260201"}, "/started_on"),
        ({"started_on": "2026-02-01", "ended_on": "2026-01-01"}, "/ended_on"),
        ({"id": "17"}, "/id"),
        ({"id": 17}, "/id"),
    ],
    ids=str,
)
def test_a_bad_value_names_its_field(client: Client, change: dict[str, Any], pointer: str) -> None:
    """The pointer leads to the field, and nothing was recorded."""
    answer = client.post("/projects", {"name": "P"} | change)
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid")
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert len(client.get("/events").json["items"]) == 1


@pytest.mark.parametrize(("field", "most"), LONG.items())
def test_texts_may_be_long_but_not_longer(client: Client, field: str, most: int) -> None:
    """The documented limit itself is accepted, one character more is not; a character is a character, whatever its bytes."""
    assert client.post("/projects", {"name": "P"} | {field: "é" * most}).status_code == 201
    over = client.post("/projects", {"name": "P"} | {field: "é" * (most + 1)})
    assert (over.status_code, over.json["errors"][0]["pointer"]) == (422, f"/{field}")


def test_long_stories_and_lessons(client: Client) -> None:
    """Stories and lessons hold 10,000 characters."""
    path = f"/projects/{client.project()}/events"
    assert client.post(path, [raised("x" * 10_000), drawn("x" * 10_000, advice="y" * 10_000)]).status_code == 201
    assert client.post(path, raised("x" * 10_001)).json["errors"][0]["pointer"] == "/data/text"
    assert client.post(path, drawn(advice="x" * 10_001)).json["errors"][0]["pointer"] == "/data/advice"


def test_text_is_kept_as_given(client: Client) -> None:
    """Right-to-left, combining, four-byte and control characters, spaces at the ends, markup: all come back as they went in."""
    text = "  \u202eשלום\u202c e\u0301 👩‍🚀 <b>&amp;</b> '; DROP TABLE event; -- {{7*7}}\t\r\n "
    project = client.project(name=text, summary=text)
    client.follow()
    read = client.get(f"/projects/{project}").json
    assert (read["name"], read["summary"]) == (text, text)


def test_the_media_type_must_be_json(client: Client) -> None:
    """Another media type, or none, is 415; parameters of the right one do not matter."""
    for media_type in ("text/plain", "application/xml", "multipart/form-data", ""):
        answer = client.send("POST", "/projects", data='{"name": "P"}', content_type=media_type)
        assert (answer.status_code, answer.json["type"]) == (415, "/problems/unsupported-media-type")
    answer = client.send("POST", "/projects", data='{"name": "P"}', content_type="application/json; charset=utf-8")
    assert answer.status_code == 201


def test_a_body_too_large(client: Client, deps: Deps) -> None:
    """A body over the limit is 413, and says the limit."""
    answer = client.send(
        "POST", "/projects", data=b" " * (deps.settings.max_body_bytes + 1), content_type="application/json"
    )
    assert (answer.status_code, answer.json["type"]) == (413, "/problems/payload-too-large")
    assert str(deps.settings.max_body_bytes) in answer.json["detail"]


def test_wrong_methods_and_addresses(client: Client) -> None:
    """A wrong method says which are right; an unknown address, and an id that is none, are not found."""
    answer = client.send("DELETE", "/projects")
    assert (answer.status_code, answer.json["type"]) == (405, "/problems/method-not-allowed")
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}
    for path in ("/nothing", "/projects/17", "/projects/17/events", "/lessons/x"):
        assert (client.get(path).status_code, client.get(path).json["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/projects?limit=0", "/limit"),
        ("/projects?limit=101", "/limit"),
        ("/projects?limit=x", "/limit"),
        ("/projects?page=2", "/page"),
        ("/lessons?project_id=x", "/project_id"),
        ("/events?after=-1", "/after"),
        ("/events?after=99999999999999999999", "/after"),
        ("/search", "/q"),
        ("/search?q=%00", "/q"),
        ("/search?q=" + "x" * 1_001, "/q"),
    ],
)
def test_a_bad_query_parameter_is_named(client: Client, path: str, pointer: str) -> None:
    """Also one that is unknown, so that a misspelt one is noticed."""
    answer = client.get(path)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize("cursor", ["x", "bm9wZQ==", "LTE=", "%00", "é", "MA=="])
def test_a_cursor_of_ones_own_making_is_refused(client: Client, cursor: str) -> None:
    """Only what a page gave as next leads on."""
    assert client.get(f"/projects?cursor={cursor}").status_code == 422


def test_a_database_that_is_away_is_503(client: Client, app_with: Any) -> None:
    """While PostgreSQL does not answer, clients are told to come back, without a word about its insides."""
    away = open_pool(DatabaseSettings(database_url="postgresql://nobody@127.0.0.1:1/none"), "tests")
    away.timeout = 0.1
    client.http = app_with(pool=away, log=open_log(away))
    answer = client.get("/projects")
    away.close()
    assert (answer.status_code, answer.json["type"], answer.headers["Retry-After"]) == (
        503,
        "/problems/unavailable",
        "2",
    )


def test_our_own_mistakes_show_no_insides(client: Client, app_with: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """An unexpected error is logged with the request's id, and the client learns that id and nothing else."""

    class Broken:
        def find(self, *_: object) -> None:
            raise RuntimeError("a secret detail")

    client.http = app_with(search=Broken())
    answer = client.get("/search?q=x", X_Request_ID="my-request-7")
    assert (answer.status_code, answer.json["type"]) == (500, "/problems/internal")
    assert "secret" not in answer.text
    assert "my-request-7" in answer.json["detail"]
    assert answer.headers["X-Request-ID"] == "my-request-7"
    assert client.token not in capsys.readouterr().out


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "data", "id", "name", "tags", "text"]), inner)
    ),
    max_leaves=15,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=json_values, raw=st.binary(max_size=60), key=st.text(max_size=30))
def test_no_input_is_our_mistake(client: Client, body: Any, raw: bytes, key: str) -> None:
    """Whatever JSON or bytes come to whatever address, the answer is never a 5xx."""
    project = client.project()
    headers = {
        "Idempotency-Key": key.encode("latin-1", "replace").decode("latin-1").replace("\n", "").replace("\r", "")
    }
    for method, path in [
        ("POST", "/projects"),
        ("PATCH", f"/projects/{project}"),
        ("POST", f"/projects/{project}/events"),
        ("POST", f"/lessons/{project}/retire"),
    ]:
        assert client.send(method, path, json=body, headers=headers).status_code < 500
        for media_type in ("application/json", "application/x-ndjson"):
            assert client.send(method, path, data=raw, content_type=media_type).status_code < 500


def test_every_problem_type_is_documented() -> None:
    """The how-to lists each type that the service can answer with."""
    page = (Path(__file__).parents[2] / "docs/how-to/use-the-api.md").read_text("utf-8")
    assert [type_ for type_ in TITLES if f"`/problems/{type_}`" not in page] == []
