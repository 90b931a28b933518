"""A lesson that somebody found is brought to a project: from then on it stands there, takes feedback, and is never suggested."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from api_client import Client, drawn
from telling import Teller
from werkzeug.test import TestResponse

from hardwon.domain import feedback, suggesting
from hardwon.domain.events import FeedbackGiven, LessonPutBack
from hardwon.ids import new_id
from hardwon.log.wire import Metadata, NewEvent
from hardwon.ports import Log


@dataclass
class Found:
    """A project, and a lesson of another one that nobody suggested to it."""

    client: Client
    log: Log
    source: str
    project: str
    lesson: str
    other: str

    def path(self, what: str = "") -> str:
        return f"/projects/{self.project}/recommendations/{self.lesson}{what}"

    def brings(self, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.send("PUT", self.path(), headers=named)

    def puts_back(self, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.send("DELETE", self.path(), headers=named)

    def is_suggested(self, *lessons: str) -> None:
        Teller(self.log, self.client.organisation).offer(UUID(self.project), *map(UUID, lessons))

    def reads(self, query: str = "") -> dict[str, Any]:
        self.client.follow()
        answer = self.client.get(f"/projects/{self.project}/recommendations{query}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def head(self) -> int:
        return int(self.client.get("/events?limit=1000").json["position"])


@pytest.fixture
def found(client: Client, log: Log) -> Found:
    source = client.project(ended_on="2025-01-01")
    lesson, other = client.record(source, drawn("Found."), drawn("Suggested."))
    return Found(client, log, source, client.project(name="The new one"), lesson, other)


def test_it_stands_among_the_recommendations(found: Found) -> None:
    """Brought, it stands there with whoever brought it, without rank, score or reasons, and the figures of the last answer stay."""
    found.is_suggested(found.other)
    brought = found.brings()
    assert brought.status_code == 200, brought.text
    ids = {"project_id": found.project, "lesson_id": found.lesson}
    assert brought.json == ids | {"occasion": "brought", "at": brought.json["at"], "position": found.head()}
    told = found.reads()
    first, second = told["items"]
    assert (first["lesson"]["id"], second["lesson"]["id"]) == (found.lesson, found.other)
    nothing: dict[str, Any] = {"rank": None, "score": None, "reasons": [], "feedback": None}
    assert {name: first[name] for name in nothing} == nothing
    assert (first["occasion"], second["occasion"]) == ("brought", "registered")
    assert (first["brought_by"].partition(":")[0], second["brought_by"]) == ("token", None)
    assert (told["considered"], told["hidden"], told["ranker"], told["state"]) == (1, 0, "r", "ready")
    assert told["position"] == brought.json["position"]


def test_it_is_answered_like_any_other(found: Found) -> None:
    """It takes a verdict and an outcome, which count for the lesson wherever it is shown; the control: not before it was brought."""
    assert found.client.post(found.path("/feedback"), {"verdict": "adopted"}).status_code == 404
    found.brings()
    assert found.client.post(found.path("/feedback"), {"verdict": "adopted"}).status_code == 200
    assert found.client.post(found.path("/outcome"), {"outcome": "helped"}).status_code == 200
    (item,) = found.reads()["items"]
    assert (item["feedback"]["verdict"], item["feedback"]["outcome"]) == ("adopted", "helped")
    lesson = found.client.get(f"/lessons/{found.lesson}").json
    assert (lesson["evidence"]["adopted"], lesson["evidence"]["helped"]) == (1, 1)
    assert [each["project_id"] for each in lesson["carried_to"]] == [found.project]


def test_it_is_brought_once(found: Found) -> None:
    """Again, under the same key, once retired, or where it was suggested: nothing is recorded, and the answer is the first one's."""
    found.is_suggested(found.other)
    first, head = found.brings(Idempotency_Key="once").json, found.head()
    assert found.brings().json == found.brings(Idempotency_Key="once").json == first
    suggested = found.client.send("PUT", f"/projects/{found.project}/recommendations/{found.other}").json
    assert (suggested["occasion"], suggested["position"], found.head()) == ("registered", head - 1, head)
    found.client.post(f"/lessons/{found.lesson}/retire", {"reason": "No longer true."})
    assert found.brings().json == first
    another = found.client.send(
        "PUT",
        f"/projects/{found.client.project()}/recommendations/{found.client.record(found.source, drawn())[0]}",
        headers={"Idempotency-Key": "once"},
    )
    assert (another.status_code, another.json["type"]) == (409, "/problems/id-reused")


def test_it_is_never_suggested(found: Found) -> None:
    """A worker's answer that holds it too is recorded without it, and still answers the registration."""
    found.brings()
    assert found.reads()["state"] == "pending"
    found.is_suggested(found.lesson, found.other)
    told = found.reads()
    assert [each["lesson"]["id"] for each in told["items"]] == [found.other, found.lesson]
    assert told["state"] == "ready"


def test_what_is_no_use_there_is_refused(found: Found) -> None:
    """An unknown project or lesson, the project's own, one that does not stand, a project that has ended: a clear problem, and no event."""
    own, retired, merged = (
        found.client.record(each, drawn())[0] for each in (found.project, found.source, found.source)
    )
    found.client.post(f"/lessons/{retired}/retire", {"reason": "No longer true."})
    found.client.post(f"/lessons/{merged}/merge", {"into": found.lesson})
    over = found.client.project(ended_on="2025-01-01")
    head = found.head()
    for project, lesson, status, said in (
        (str(new_id()), found.lesson, 404, "no project"),
        (found.project, str(new_id()), 404, "no lesson"),
        (found.project, own, 422, "learned this itself"),
        (found.project, retired, 409, "already retired"),
        (found.project, merged, 409, "already merged"),
        (over, found.lesson, 409, "ended on 2025-01-01"),
    ):
        refused = found.client.send("PUT", f"/projects/{project}/recommendations/{lesson}")
        assert (refused.status_code, refused.content_type) == (status, "application/problem+json")
        assert said in refused.text
    assert found.head() == head


def test_others_can_bring_nothing_here(found: Found, new_client: Any) -> None:
    """Another organisation's token finds neither the project nor the lesson, nor brings ours to a project of theirs."""
    theirs = new_client()
    for project in (found.project, theirs.project()):
        assert theirs.send("PUT", f"/projects/{project}/recommendations/{found.lesson}").status_code == 404


def test_it_was_not_there_before(found: Found) -> None:
    """As of the moment before, it is not among the recommendations; as of the moment itself, it is."""
    at = found.brings().json["position"]
    assert found.reads(f"?as_of={at - 1}")["items"] == []
    (then,) = found.reads(f"?as_of={at}")["items"]
    assert (then["lesson"]["id"], then["occasion"]) == (found.lesson, "brought")


def test_it_is_not_counted_as_suggested(found: Found) -> None:
    """What is said of it is no answer to a suggestion: it has a figure of its own, and counts for the lesson; whether it helped, counts."""
    found.is_suggested(found.other)
    for lesson in (found.lesson, found.other):
        path = f"/projects/{found.project}/recommendations/{lesson}"
        found.client.send("PUT", path)
        found.client.post(f"{path}/feedback", {"verdict": "adopted"})
        found.client.post(f"{path}/outcome", {"outcome": "helped"})
    found.client.follow()
    total = found.client.get("/insights/learning").json["total"]
    assert (total["suggested"], total["answered"], total["brought"]) == (1, 1, 1)
    assert total["adoption"] == {"count": 1, "of": 1, "rate": 1.0}
    assert total["help"] == {"count": 2, "of": 2, "rate": 1.0}
    carried = {each["lesson"]["id"]: each for each in found.client.get("/insights/carried").json["items"]}
    assert {id_: (each["suggested_to"], each["adopted_by"]) for id_, each in carried.items()} == {
        found.lesson: (0, 1),
        found.other: (1, 1),
    }


def test_it_is_put_back_as_if_nobody_had_brought_it(found: Found) -> None:
    """Put back, it stands there no more, and what was said of it counts nowhere; again, that is no event; it can be suggested then."""
    found.brings()
    found.client.post(found.path("/feedback"), {"verdict": "adopted"})
    found.client.post(found.path("/outcome"), {"outcome": "helped"})
    assert [each["lesson"]["id"] for each in found.reads()["items"]] == [found.lesson]
    assert found.puts_back(Idempotency_Key="back").status_code == 204
    head = found.head()
    assert found.reads()["items"] == []
    lesson = found.client.get(f"/lessons/{found.lesson}").json
    assert (lesson["evidence"]["adopted"], lesson["evidence"]["helped"], lesson["carried_to"]) == (0, 0, [])
    assert found.client.get("/insights/learning").json["total"]["brought"] == 0
    assert found.client.post(found.path("/feedback"), {"verdict": "adopted"}).status_code == 404
    assert [found.puts_back(**key).status_code for key in ({}, {"Idempotency_Key": "back"})] == [204, 204]
    assert found.head() == head
    found.is_suggested(found.lesson)
    assert [each["occasion"] for each in found.reads()["items"]] == ["registered"]


def test_brought_again_it_stands_there_since_then(found: Found) -> None:
    """The answer is the second event's; the first request, sent again, is answered as it was, and brings nothing back."""
    first = found.brings(Idempotency_Key="first").json
    found.puts_back()
    head = found.head()
    assert found.brings(Idempotency_Key="first").json == first
    assert (found.head(), found.reads()["items"]) == (head, [])
    again = found.brings().json
    assert again["position"] == found.head() > first["position"]
    assert [each["lesson"]["id"] for each in found.reads()["items"]] == [found.lesson]
    assert found.reads(f"?as_of={head}")["items"] == []


def test_what_cannot_be_put_back_is_refused(found: Found, new_client: Any) -> None:
    """What was suggested stays, and an unknown project is none, nor is ours to others. The control: what is not there is fine."""
    found.is_suggested(found.other)
    refused = found.client.send("DELETE", f"/projects/{found.project}/recommendations/{found.other}")
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/conflict")
    assert found.client.send("DELETE", f"/projects/{new_id()}/recommendations/{found.lesson}").status_code == 404
    found.brings()
    theirs = new_client()
    assert theirs.send("DELETE", found.path()).status_code == 404
    assert len(found.reads()["items"]) == 2
    nowhere = found.client.project()
    assert found.client.send("DELETE", f"/projects/{nowhere}/recommendations/{found.lesson}").status_code == 204


def test_what_was_said_of_it_ends_when_it_is_put_back(found: Found, log: Log) -> None:
    """What somebody said in the very moment of putting it back counts nowhere, and brought anew it waits for an answer; the log tells all.

    The control: before it was put back, the same answer counted.
    """
    found.brings()
    ids = UUID(found.project), UUID(found.lesson)
    said = NewEvent(new_id(), feedback.stream(*ids), FeedbackGiven(*ids, "adopted"), Metadata("tests"))
    put_back = NewEvent(new_id(), suggesting.stream(ids[0]), LessonPutBack(*ids), Metadata("tests"))
    log.append(found.client.organisation, [said, put_back])

    def counted(query: str = "") -> int:
        found.client.follow()
        return int(found.client.get(f"/lessons/{found.lesson}{query}").json["evidence"]["adopted"])

    assert (counted(f"?as_of={found.head() - 1}"), counted(), counted(f"?as_of={found.head()}")) == (1, 0, 0)
    found.brings()
    assert [each["feedback"] for each in found.reads()["items"]] == [None]
    refused = found.client.post(found.path("/outcome"), {"outcome": "helped"})
    assert (refused.status_code, "given no feedback" in refused.text) == (409, True)
    assert found.client.post(found.path("/feedback"), {"verdict": "adopted"}).status_code == 200
    assert [each["feedback"]["verdict"] for each in found.reads()["items"]] == ["adopted"]
    assert (counted(), counted(f"?as_of={found.head()}")) == (1, 1)
    told = [each["type"] for each in found.client.get("/events?limit=1000").json["items"]]
    assert told.count("org.hardwon.feedback_given") == 2


@pytest.mark.parametrize("anew", ["brought", "suggested"])
def test_what_an_older_version_recorded_after_it_was_put_back_is_said_of_nothing(
    anew: str, found: Found, log: Log
) -> None:
    """It stands in the log for ever, and answers nothing: brought anew, or suggested, the lesson waits for an answer, and takes one."""
    found.brings()
    found.puts_back()
    ids = UUID(found.project), UUID(found.lesson)
    said = NewEvent(new_id(), feedback.stream(*ids), FeedbackGiven(*ids, "adopted"), Metadata("tests"))
    log.append(found.client.organisation, [said])
    found.reads()  # a worker may have followed by then
    if anew == "brought":
        found.brings()
    else:
        found.is_suggested(found.lesson)
    assert [each["feedback"] for each in found.reads()["items"]] == [None]
    if anew == "brought":
        assert found.client.get(f"/lessons/{found.lesson}").json["evidence"]["adopted"] == 0
    assert found.client.post(found.path("/feedback"), {"verdict": "helpful"}).status_code == 200
    assert [each["feedback"]["verdict"] for each in found.reads()["items"]] == ["helpful"]


def test_putting_it_back_sent_again_leaves_what_came_after(found: Found) -> None:
    """Its request sent again is answered as it was, also once it was brought and answered anew, or suggested; and changes nothing."""
    found.brings()
    answered = {"verdict": "adopted"}
    found.client.post(found.path("/feedback"), answered)
    first = found.puts_back(Idempotency_Key="back")
    found.brings()
    found.client.post(found.path("/feedback"), answered)
    again, head = found.puts_back(Idempotency_Key="back"), found.head()
    assert (again.status_code, again.headers["Hardwon-Position"]) == (204, first.headers["Hardwon-Position"])
    assert [each["feedback"]["verdict"] for each in found.reads()["items"]] == ["adopted"]
    found.puts_back()
    found.is_suggested(found.lesson)
    assert found.puts_back(Idempotency_Key="back").status_code == 204
    assert found.puts_back().status_code == 409, "the control: asked for anew, it is refused"
    assert (found.head(), len(found.reads()["items"])) == (head + 2, 1)


def test_what_was_asked_while_it_stood_is_answered_as_then(found: Found) -> None:
    """Bringing and answering, sent again after it was put back and retired, are answered as they were; and nothing comes back."""
    brought = found.brings(Idempotency_Key="bring")
    said = found.client.post(found.path("/feedback"), {"verdict": "adopted"}, Idempotency_Key="say")
    found.puts_back()
    found.client.post(f"/lessons/{found.lesson}/retire", {"reason": "No longer true."})
    head = found.head()
    assert found.brings(Idempotency_Key="bring").json == brought.json
    assert found.client.post(found.path("/feedback"), {"verdict": "adopted"}, Idempotency_Key="say").json == said.json
    assert (found.head(), found.reads()["items"]) == (head, [])
    assert found.brings().status_code == 409, "the control: asked for anew, it is refused"
