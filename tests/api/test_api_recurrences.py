"""Problems that were met before: listed with what they repeat, confirmed or rejected by a person."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from api_client import Client, drawn, raised
from werkzeug.test import TestResponse

from hardwon import handlers
from hardwon.domain.commands import DetectRecurrence
from hardwon.ids import new_id
from hardwon.ports import Log


@dataclass
class Repeated:
    """A lesson with its story, and two points of another project: the first was found to repeat them, the second the story only."""

    client: Client
    project: str
    story: str
    lesson: str
    warned: str
    unwarned: str

    def says(self, what: str, note: str = "", **headers: str) -> TestResponse:
        return self.client.post(f"/recurrences/{self.warned}/{what}", {"note": note}, **headers)

    def reads(self, query: str = "") -> list[dict[str, Any]]:
        self.client.follow()
        answer = self.client.get(f"/recurrences{query}")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json["items"]
        return items

    def head(self) -> int:
        return int(self.client.get("/events?limit=1000").json["position"])


@pytest.fixture
def repeated(client: Client, log: Log) -> Repeated:
    past, now = client.project(name="Past"), client.project(name="Now")
    story, lesson = client.record(past, raised("Late gates."), drawn("Ask for dates."))
    warned, unwarned = client.record(now, raised("The gates are late."), raised("Late again."))
    told = [(warned, UUID(lesson), 0.75, True, True), (unwarned, None, 0.5, False, False)]
    found = [
        DetectRecurrence(
            UUID(point), UUID(now), lesson_id, UUID(story), close, warned_of, adopted, "nearest-1", "a-model"
        )
        for point, lesson_id, close, warned_of, adopted in told
    ]
    handlers.detect_recurrences(log, client.organisation, found, "hardwon-worker")
    return Repeated(client, now, story, lesson, warned, unwarned)


def test_a_recurrence_shows_what_it_repeats(repeated: Repeated) -> None:
    """Each names the point, the lesson and the earlier story in full, and whether the project had been warned."""
    last, first = repeated.reads()
    assert (first["point"]["id"], first["point"]["text"]) == (repeated.warned, "The gates are late.")
    assert (first["lesson"]["id"], first["lesson"]["source_project"]["name"]) == (repeated.lesson, "Past")
    assert first["earlier_point"]["text"] == "Late gates."
    assert (first["suggested"], first["adopted"], first["state"], first["note"]) == (True, True, "detected", "")
    assert first["raised_at"] == first["point"]["raised_at"]
    assert (last["point"]["id"], last["lesson"], last["earlier_point"]["id"]) == (
        repeated.unwarned,
        None,
        repeated.story,
    )
    assert (last["similarity"], last["suggested"], last["adopted"]) == (0.5, False, False)


def test_a_person_confirms_or_rejects(repeated: Repeated) -> None:
    """The answer and the list say what was decided; the latest word counts, and the same word again changes nothing."""
    confirmed = repeated.says("confirm", "The same supplier.")
    assert confirmed.status_code == 200
    assert confirmed.json == {
        "point_id": repeated.warned,
        "project_id": repeated.project,
        "state": "confirmed",
        "note": "The same supplier.",
        "position": repeated.head(),
        "version": 2,
    }
    assert (confirmed.headers["ETag"], confirmed.headers["Hardwon-Position"]) == ('"2"', str(repeated.head()))
    assert repeated.says("confirm", "The same supplier.").json == confirmed.json
    assert repeated.reads()[1]["state"] == "confirmed"
    assert repeated.says("reject").json["state"] == "rejected"
    told = repeated.reads()[1]
    assert (told["state"], told["note"], told["version"]) == ("rejected", "", 3)


def test_the_list_is_filtered_and_paged(repeated: Repeated) -> None:
    """By project and by state, and page by page."""
    repeated.says("reject")
    assert [each["point"]["id"] for each in repeated.reads("?state=rejected")] == [repeated.warned]
    assert [each["point"]["id"] for each in repeated.reads("?state=detected")] == [repeated.unwarned]
    assert repeated.reads("?state=confirmed") == []
    assert len(repeated.reads(f"?project_id={repeated.project}")) == 2
    assert len(repeated.reads(f"?project_id={repeated.project}&state=rejected")) == 1
    assert repeated.reads(f"?project_id={new_id()}") == []
    page = repeated.client.get("/recurrences?limit=1")
    rest = repeated.client.get(f"/recurrences?limit=1&cursor={page.json['next']}")
    assert 'rel="next"' in page.headers["Link"]
    assert [each.json["items"][0]["point"]["id"] for each in (page, rest)] == [repeated.unwarned, repeated.warned]
    assert rest.json["next"] is None


def test_a_request_sent_again_under_its_key_is_answered_as_before(repeated: Repeated) -> None:
    """Under the same Idempotency-Key nothing is recorded twice, also after somebody decided otherwise; If-Match notices that."""
    first = repeated.says("confirm", Idempotency_Key="one")
    repeated.says("reject")
    head = repeated.head()
    assert repeated.says("confirm", Idempotency_Key="one").json == first.json
    assert repeated.head() == head
    stale = repeated.says("confirm", If_Match=first.headers["ETag"])
    assert (stale.status_code, stale.json["type"]) == (412, "/problems/stale-version")


def test_only_what_was_found_can_be_judged(repeated: Repeated, new_client: Any) -> None:
    """A point that repeats nothing, an unknown one and another organisation's are not found, nor listed there."""
    theirs = new_client()
    for client, point in ((repeated.client, repeated.story), (repeated.client, new_id()), (theirs, repeated.warned)):
        for what in ("confirm", "reject"):
            answer = client.post(f"/recurrences/{point}/{what}", {})
            assert (answer.status_code, answer.json["type"]) == (404, "/problems/not-found")
    theirs.follow()
    assert theirs.get("/recurrences").json["items"] == []


@pytest.mark.parametrize(
    ("body", "field"), [({"note": "x" * 10_001}, "/note"), ({"note": "\x00"}, "/note"), ({"why": "No."}, "/why")]
)
def test_a_bad_word_is_named(repeated: Repeated, body: dict[str, Any], field: str) -> None:
    """What cannot be said is refused by its field, and nothing is recorded."""
    before = repeated.head()
    refused = repeated.client.post(f"/recurrences/{repeated.warned}/confirm", body)
    assert (refused.status_code, [error["pointer"] for error in refused.json["errors"]]) == (422, [field])
    assert repeated.client.get("/recurrences?state=unknown").status_code == 422
    assert repeated.head() == before
