"""What a running project reads of its suggestions: several answers, and what it waits for after a change."""

import time
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from api_client import Client, drawn

from hardwon import handlers
from hardwon.domain.commands import SuggestLessons
from hardwon.domain.values import Occasion, Suggestion
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections import recommendations


class Running:
    """A project, some lessons of another one, and a worker that suggests what it is told to."""

    def __init__(self, client: Client, log: Log) -> None:
        self.client, self.log = client, log
        past = client.project(name="The past", ended_on="2025-01-01")
        self.lessons = client.record(past, *(drawn(f"Insight {n}.") for n in range(6)))
        self.id = client.project(name="The running one")

    def is_suggested(self, occasion: Occasion, *lessons: str, known: int = 0) -> None:
        known = known or self.log.head(self.client.organisation).position
        said = tuple(Suggestion(UUID(id_), rank, 0.5, ()) for rank, id_ in enumerate(lessons, start=1))
        command = SuggestLessons(UUID(self.id), known, "r", "a-model", known, 2, said, occasion, known)
        handlers.suggest_lessons(self.log, self.client.organisation, command, Request(new_id(), Metadata("tests")))
        self.client.follow()

    def changes(self, **profile: Any) -> None:
        assert self.client.send("PATCH", f"/projects/{self.id}", json=profile).status_code == 200
        self.client.follow()

    def reads(self, **headers: str) -> dict[str, Any]:
        answer = self.client.get(f"/projects/{self.id}/recommendations", **headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json)


@pytest.fixture
def running(client: Client, log: Log) -> Running:
    return Running(client, log)


def ids(told: dict[str, Any]) -> list[str]:
    return [item["lesson"]["id"] for item in told["items"]]


def test_the_latest_answer_comes_first(running: Running) -> None:
    """Each suggestion says on which occasion it came and when; within an answer the best comes first, and feedback stays beside it."""
    a, b, c, d, e, _ = running.lessons
    running.is_suggested("registered", a, b)
    running.client.post(f"/projects/{running.id}/recommendations/{a}/feedback", {"verdict": "adopted"})
    running.is_suggested("new_lessons", c)
    running.is_suggested("digest", d, e)
    told = running.reads()
    assert (told["state"], ids(told)) == ("ready", [d, e, c, a, b])
    occasions = [item["occasion"] for item in told["items"]]
    assert occasions == ["digest", "digest", "new_lessons", "registered", "registered"]
    assert [item["rank"] for item in told["items"]] == [1, 2, 1, 1, 2]
    times = [item["suggested_at"] for item in told["items"]]
    assert times == sorted(times, reverse=True)
    assert [item["feedback"] and item["feedback"]["verdict"] for item in told["items"]][3:] == ["adopted", None]
    feed = running.client.get("/events?limit=1000").json["items"]
    assert told["position"] == int(feed[-1]["sequence"])
    assert [event["data"]["occasion"] for event in feed if event["type"].endswith("lessons_suggested")] == [
        "registered",
        "new_lessons",
        "digest",
    ]


def test_what_was_suggested_stays_while_a_change_is_looked_into(running: Running) -> None:
    """After a change of phase I wait for what is new, see meanwhile what I was suggested before, and then both."""
    a, b, c, *_ = running.lessons
    running.is_suggested("registered", a)
    running.changes(phase="delivery")
    waiting = running.reads()
    assert (waiting["state"], ids(waiting)) == ("pending", [a])
    assert waiting["position"] == running.log.head(running.client.organisation).position
    running.is_suggested("new_lessons", b)
    assert (running.reads()["state"], ids(running.reads())) == ("pending", [b, a])
    running.is_suggested("profile_changed", c)
    assert (running.reads()["state"], ids(running.reads())) == ("ready", [c, b, a])


def test_an_answer_that_did_not_know_the_change_leaves_it_owed(running: Running) -> None:
    """I change the phase while the worker ranks for the registration: that answer comes, and I still wait for the one to the change."""
    a, b, *_ = running.lessons
    before = running.log.head(running.client.organisation).position
    running.changes(phase="delivery")
    running.is_suggested("registered", a, known=before)
    assert (running.reads()["state"], ids(running.reads())) == ("pending", [a])
    running.is_suggested("profile_changed", b)
    assert (running.reads()["state"], ids(running.reads())) == ("ready", [b, a])


def test_waiting_right_behind_a_change_waits_for_its_answer(running: Running) -> None:
    """I change the phase and ask at once, before any read model knows of it: I get what is new, and not the old list as ready."""
    a, b, *_ = running.lessons
    running.is_suggested("registered", a)

    def work() -> None:
        time.sleep(0.3)
        running.client.follow()
        running.is_suggested("profile_changed", b)

    assert running.client.send("PATCH", f"/projects/{running.id}", json={"phase": "delivery"}).status_code == 200
    worker = Thread(target=work)
    worker.start()
    told = running.reads(Prefer="wait=10")
    worker.join()
    assert (told["state"], ids(told)) == ("ready", [b, a])


def test_a_change_that_brings_nothing_new_is_answered_too(running: Running) -> None:
    """Where the worker finds nothing new, the project is ready again, without an event; the next change is another question."""
    running.is_suggested("registered", running.lessons[0])
    running.changes(phase="delivery")
    head = running.log.head(running.client.organisation).position
    with running.client.pool.of(running.client.organisation) as connection:
        recommendations.nothing_new(connection, running.client.organisation, UUID(running.id), head)
        assert recommendations.pending(connection, running.client.organisation, head) == []
    assert running.reads(Prefer="wait=5")["state"] == "ready"
    running.changes(phase="closing")
    assert running.reads()["state"] == "pending"


@pytest.mark.parametrize("change", [{"size": 9}, {"team": "Piers"}, {"started_on": "2026-01-01"}])
def test_what_lessons_are_not_compared_with_changes_nothing(running: Running, change: dict[str, Any]) -> None:
    """Another size, team or start leaves the suggestions as they are."""
    running.is_suggested("registered", running.lessons[0])
    running.changes(**change)
    assert running.reads()["state"] == "ready"


def test_a_project_that_has_ended_waits_for_nothing(running: Running) -> None:
    """An end in the past takes the waiting away; a change of an ended project asks for nothing; taken up again, it is asked again."""
    running.changes(ended_on="2026-01-01")
    assert running.reads()["state"] == "ready"
    running.changes(phase="closed")
    assert running.reads()["state"] == "ready"
    running.changes(ended_on=None)
    assert running.reads()["state"] == "pending"


def test_a_lesson_that_no_longer_stands_leaves_every_answer(running: Running) -> None:
    """A lesson retired since is left out, whichever answer brought it, and comes back where it was when it is restored."""
    a, b, *_ = running.lessons
    running.is_suggested("registered", a)
    running.is_suggested("digest", b)
    running.client.post(f"/lessons/{a}/retire", {"reason": "No longer true."})
    running.client.follow()
    assert ids(running.reads()) == [b]
    running.client.post(f"/lessons/{a}/restore", {"reason": "It is true after all."})
    running.client.follow()
    assert ids(running.reads()) == [b, a]
