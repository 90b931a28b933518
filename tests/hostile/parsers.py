"""Every parser that strangers' bytes reach, as a function of bytes: Hypothesis tries them in `make test`, atheris longer in `make fuzz`.

Each either refuses in its own words or keeps what it promises of what it let through. Anything else that it raises is a find.
"""

import json
import re
import tempfile
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, request
from pydantic import BaseModel, ValidationError

from hardwon import tokens
from hardwon.domain.errors import Invalid
from hardwon.domain.values import Artefact, Profile
from hardwon.log import anchors
from hardwon_api import models, paging, preferring
from hardwon_api.as_of import AsOfQuery
from hardwon_api.models import NewProject, RetroEvents
from hardwon_api.parameters import Page
from hardwon_api.problems import Refusal
from hardwon_api.reading_json import StrictRequest
from hardwon_api.web import sign_in, telling
from hardwon_local import demo
from hardwon_local.stories import StoryError, projects_set_story
from hardwon_worker.aspects import aspects_of
from hardwon_worker.sentences import sentences

REFUSES = (Refusal, ValidationError, StoryError, Invalid)
BODIES = [each for each in vars(models).values() if isinstance(each, type) and issubclass(each, models.Body)]
HARMLESS = {
    *[
        "p",
        "em",
        "strong",
        "a",
        "ul",
        "ol",
        "li",
        "code",
        "pre",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "br",
    ]
}
_app = Flask("parsers")
_app.request_class = StrictRequest


def json_body(data: bytes) -> object:
    """A body of JSON is what any other reader takes it for."""
    with _app.test_request_context(method="POST", data=data, content_type="application/json"):
        value = request.get_json()
    assert value == json.loads(data)
    return value


def ndjson_body(data: bytes) -> object:
    """One line, one value."""
    with _app.test_request_context(method="POST", data=data, content_type="application/x-ndjson"):
        values = request.get_json()
    assert values == [json.loads(line) for line in data.split(b"\n") if line.decode().strip()]
    return values


def events(data: bytes) -> object:
    """A batch of events holds only what PostgreSQL can keep as text."""
    return _storable(RetroEvents.model_validate(json_body(data)))


def events_by_line(data: bytes) -> object:
    return _storable(RetroEvents.model_validate(ndjson_body(data)))


def bodies(data: bytes) -> object:
    """Every other body; the last refusal speaks for all."""
    value, taken, refused = json_body(data), [], None
    for body in BODIES:
        try:
            taken.append(_storable(body.model_validate(value)))
        except ValidationError as error:
            refused = error
    if refused and not taken:
        raise refused
    return taken


def cursor(data: bytes) -> object:
    """A cursor leads to a position, whoever made it."""
    position = paging.before(Page(limit=1, cursor=_text(data)))
    assert 0 < position <= paging.FROM_THE_NEWEST
    return position


def as_of(data: bytes) -> object:
    asked = AsOfQuery.model_validate({"as_of": _text(data)}).as_of
    assert isinstance(asked, int) or (asked is not None and asked.tzinfo is not None)
    return asked


def prefer(data: bytes) -> object:
    """Whatever is preferred, nobody waits longer than half a minute."""
    with _app.test_request_context(headers={"Prefer": _text(data).replace("\n", " ").replace("\r", " ")}):
        seconds = preferring.wait_preferred()
    assert 0 <= seconds <= preferring.LONGEST_WAIT
    return seconds


def token(data: bytes) -> object:
    named = tokens.organisation_of(_text(data))
    assert named is None or isinstance(named, UUID)
    return named


def sentence(data: bytes) -> object:
    """No character of a text is lost between its sentences."""
    text = _text(data)
    found = sentences(text, most=None)
    assert _squeezed("".join(found)) == _squeezed(text)
    return found


def paper(data: bytes) -> object:
    """A project's paper is taken apart into passages of its own words."""
    text = _text(data)
    aspects = aspects_of(Profile("A project", artefacts=(Artefact(kind="notes", title="Notes", text=text),)))
    found = [_squeezed(each.text) for each in aspects if each.quoted]
    assert all(found)
    assert all(each in _squeezed(text) for each in found)
    return found


def projects_set(data: bytes) -> object:
    """What the importer takes, the API takes too: the first half of the bytes are the projects, the rest the problems."""
    projects, _, problems = data.partition(b"\n\n")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "projects.jsonl").write_bytes(projects)
        Path(folder, "problems.jsonl").write_bytes(problems)
        story = projects_set_story(Path(folder))
    for profile in [story.new_project, *(past.profile for past in story.projects)]:
        NewProject.model_validate_json(json.dumps(profile))
    for past in story.projects:
        if recorded := demo._events(past)[: models.MAX_BATCH]:
            RetroEvents.model_validate_json(json.dumps(recorded))
    return story


def published_heads(data: bytes) -> object:
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(data)
        return anchors.read(Path(file.name))


class _Tags(HTMLParser):
    """Collects what a browser would make of a page's part."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def markdown(data: bytes) -> object:
    """Whatever people write, a browser finds only harmless tags in it, and no link that runs something."""
    page = _Tags()
    page.feed(telling.markdown(_text(data)))
    page.close()
    assert page.seen <= HARMLESS
    assert {name for name, _ in page.attributes} <= {"href", "title", "start", "class"}
    addresses = [value for name, value in page.attributes if name == "href"]
    assert not any(
        re.match(r"[\s\x00-\x20]*(?:javascript|vbscript|data|file)\s*:", each, re.IGNORECASE) for each in addresses
    )
    return page.seen


def address_of_ours(data: bytes) -> object:
    """Whoever signs in is led on to a page of this service, however the address was made to look."""
    leads_to = sign_in.local(_text(data))
    assert leads_to[:1] == "/"
    assert leads_to[1:2] not in {"/", "\\"}
    assert not set(leads_to) & {"\\", *map(chr, range(0x21)), "\x7f"}
    assert urlsplit(leads_to).netloc == ""
    return leads_to


PARSERS: Mapping[str, Callable[[bytes], object]] = {
    each.__name__: each
    for each in (
        *(json_body, ndjson_body, events, events_by_line, bodies, cursor, as_of, prefer, token),
        *(sentence, paper, projects_set, published_heads, markdown, address_of_ours),
    )
}
SEEDS: Mapping[str, list[bytes]] = {
    "json_body": [b'{"name": "P", "tags": ["a"], "size": 3}', b'[1, -2.5e3, true, null, "\\ud83d\\ude00"]'],
    "ndjson_body": [b'{"a": 1}\n\n{"b": [2]}\r\n'],
    "events": [
        b'[{"type": "retrospective_held", "data": {"title": "R", "held_on": "2026-01-31"}}]',
        b'{"type": "discussion_point_raised", "data": {"kind": "went_wrong", "text": "It broke.", "anonymous": true}}',
        b'{"type": "lesson_drawn", "occurred_at": "2026-11-23T16:00:00+02:00", "data": {"insight": "I", "language": "de-CH"}}',
    ],
    "events_by_line": [b'{"type": "retrospective_held", "data": {"title": "R"}}\n'],
    "bodies": [
        b'{"name": "P", "started_on": "2026-02-30", "artefacts": [{"kind": "charter", "text": "- a"}]}',
        b'{"name": "N", "email": "a@b.c", "role": "reader"}',
        b'{"name": "T", "scopes": ["read"], "days": 9, "member_id": "00000000-0000-7000-8000-000000000000"}',
    ],
    "cursor": [b"NDI=", b"LTE=", b"OTk5OTk5OTk5OTk5OTk5OTk5OTk5"],
    "as_of": [b"42", b"2026-11-23T16:00:00Z", b"2026-11-23T16:00:00+02:00", b"9999-12-31T23:59:59-23:59"],
    "prefer": [b"wait=5", b'respond-async; wait="7", wait=1'],
    "token": [b"hw_00000000000070008000000000000000_secret"],
    "sentence": [b'One. "Two?" e.g. three!\n\nFour\xe3\x80\x82Five'],
    "paper": [b"# Risks\n\n- first. Second one.\n1) third\n> a quoted one"],
    "projects_set": [
        b"\n".join(
            [
                b'{"id": "a", "name": "Ada", "year": 2001, "platforms": ["pc"], "genres": ["puzzle"]}',
                b'{"id": "b", "name": "Bea", "year": 2004, "query": false}\n',
                b'{"id": "1", "project": "a", "text": "Late.", "kind": "idea"}',
            ]
        ),
    ],
    "markdown": [
        b"# A\n\n- [a](https://b.example 'c') **d** `e`\n\n<script>f</script> ![g](h.png) [i](javascript:j)",
        b"1. a\n\n   > b\n\n```html\n<b>\n```\n<https://c.example> &lt; [d]\n\n[d]: data:text/html,e",
    ],
    "address_of_ours": [b"/projects?cursor=NDI=", b"//elsewhere.example", b"/\\elsewhere.example", b"/a\tb"],
    "published_heads": [
        b'{"organisation_id": "00000000-0000-7000-8000-000000000000", "position": 3, "hash": "00ff", "at": "2026-11-23T16:00:00Z"}\n'
    ],
}
"""What each takes, for a start."""


def attempt(parse: Callable[[bytes], object], data: bytes) -> bool:
    """Return whether the bytes were taken; whatever else than a refusal is raised goes through."""
    try:
        parse(data)
    except REFUSES:
        return False
    return True


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _storable(body: BaseModel) -> BaseModel:
    for text in _texts(body.model_dump(mode="json")):
        assert "\x00" not in text
        text.encode()
    return body


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for each in pair for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []
