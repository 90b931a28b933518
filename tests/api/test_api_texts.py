"""Texts of every sort: kept as they were given, or refused with a reason; never an error of ours."""

import gzip
import json
import os
from typing import Any

import pytest
from api_client import Client, drawn, raised
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardwon.projections.following import Pool

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
ANYTHING = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

NASTY = {
    "right to left": "\u202egnp.exe\u202c אבג العربية",
    "combining": "Z\u0351\u036b\u0343a\u0363l\u0368g\u0360o " * 20,
    "four bytes": "👩‍🚀🏴‍☠️𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "invisible": "a\u200b\u2060\ufeffb",
    "not a character": "\uffff \ufdd0",
    "sql": "'; DROP TABLE event; -- \\'; SELECT pg_sleep(10); $$",
    "template": "{{ 7*7 }} ${7*7} <%= 7*7 %> {% raw %} #{7*7} %s %(x)s {0.__class__}",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "markdown": "[a](javascript:alert(1)) ![](http://tracker.example/x.png) ```",
    "log": 'line\n{"event": "forged"}\r\n\x1b[31mred',
    "formula": "=cmd|' /C calc'!A0",
    "path": "../../../../etc/passwd",
    "words of a query": "a & b | !c:* <-> (d",
    "long": "x" * 10_000,
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_what_is_written_is_read_as_it_was_given(client: Client, text: str) -> None:
    """In every place where people write, and by a search for it, nothing is changed, run or taken away."""
    project = client.project(name=text[:200], summary=text, tags=[text[:200]])
    _, lesson = client.record(project, raised(text), drawn(text, advice=text, applies_when=text))
    client.follow()
    assert client.get(f"/projects/{project}").json["summary"] == text
    told = client.get(f"/lessons/{lesson}").json
    assert (told["insight"], told["advice"], told["applies_when"]) == (text, text, text)
    assert any(each["data"].get("text") == text for each in client.get("/events").json["items"])
    # No worker runs here.
    assert client.send("GET", "/search", query_string={"q": text[:1000]}).status_code in {
        200,
        503,
    }


@ANYTHING
@given(text=st.text(max_size=300))
def test_any_text_is_kept_or_refused(client: Client, project: str, text: str) -> None:
    """Whatever characters it has: 201 and the same text again, or 422 and the field."""
    answer = client.post(f"/projects/{project}/events", raised(text))
    if answer.status_code == 201:
        position = answer.json["position"]
        assert client.get(f"/events?after={position - 1}").json["items"][0]["data"]["text"] == text
    else:
        assert answer.status_code == 422
        assert answer.json["errors"][0]["pointer"] == "/data/text"


@pytest.fixture
def project(client: Client) -> str:
    return client.project()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@ANYTHING
@given(
    body=JSON, path=st.sampled_from(["/projects", "/projects/{}/events", "/members", "/tokens", "/lessons/{}/merge"])
)
def test_any_json_is_answered_with_a_problem(client: Client, project: str, body: Any, path: str) -> None:
    """What is no command is refused with a problem document, whatever its shape."""
    answer = client.post(path.format(project), body)
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer.json["type"].startswith("/problems/")


@ANYTHING
@given(
    body=st.binary(max_size=300), kind=st.sampled_from(["application/json", "application/x-ndjson", "text/html", ""])
)
def test_any_bytes_are_answered_with_a_problem(client: Client, project: str, body: bytes, kind: str) -> None:
    """Bytes that are no JSON are told so, and where."""
    answer = client.send("POST", f"/projects/{project}/events", data=body, headers={"Content-Type": kind})
    assert 400 <= answer.status_code < 500
    assert answer.json["type"].startswith("/problems/")


HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)


@ANYTHING
@given(
    headers=st.fixed_dictionaries(
        {
            name: HEADER | st.sampled_from(['""', "*", 'W/"1"', "wait=99999999999999999999", "9" * 5000, "a" * 300])
            for name in ("If-Match", "Prefer", "Idempotency-Key", "X-Request-ID", "Content-Encoding", "Accept")
        }
    )
)
def test_any_headers_are_borne(client: Client, project: str, headers: dict[str, str]) -> None:
    """Whatever tools put into the headers that we read."""
    # Or the test would wait, as it was asked to.
    sane = headers | {"Prefer": headers["Prefer"].replace("wait", "weight")}
    assert client.send("PATCH", f"/projects/{project}", json={"phase": "x"}, headers=sane).status_code < 500


@ANYTHING
@given(cursor=st.text(max_size=60), as_of=st.text(max_size=40), after=st.text(max_size=30))
def test_any_parameters_are_borne(client: Client, project: str, cursor: str, as_of: str, after: str) -> None:
    """Cursors, times and positions that nobody gave out."""
    for path, query in (
        ("/projects", {"cursor": cursor}),
        ("/audit", {"cursor": cursor, "actor": as_of}),
        ("/lessons", {"as_of": as_of}),
        (f"/projects/{project}/recommendations", {"as_of": as_of}),
        ("/events", {"after": after}),
    ):
        assert client.send("GET", path, query_string=query).status_code < 500


def test_a_deep_body_is_refused(client: Client) -> None:
    """A hundred thousand brackets end in a 400, not in a crash."""
    for body in (b"[" * 100_000, b'{"a":' * 100_000, b'{"artefacts":' + b"[" * 5_000 + b"]" * 5_000 + b"}"):
        answer = client.send("POST", "/projects", data=body, content_type="application/json")
        assert (answer.status_code, answer.json["type"]) in {(400, "/problems/bad-json"), (422, "/problems/invalid")}


def test_a_compressed_body_is_not_unpacked(client: Client) -> None:
    """A bomb of a gigabyte in a megabyte does not go off: bodies are taken as they come."""
    bomb = gzip.compress(b" " * 10_000_000)
    answer = client.send(
        "POST", "/projects", data=bomb, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json["type"]) == (415, "/problems/unsupported-media-type")


def test_a_huge_body_is_refused(client: Client, pool: Pool) -> None:
    """Nine megabytes are more than eight."""
    body = json.dumps({"name": "P", "summary": "x" * 9_000_000})
    answer = client.send("POST", "/projects", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["type"]) == (413, "/problems/payload-too-large")


def test_every_answer_carries_its_protecting_headers(client: Client) -> None:
    """Good answers and refusals alike."""
    for path in ("/projects", "/projects/none", "/lessons?colour=red"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
