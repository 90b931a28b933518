"""What a project makes of its suggestions, and what came of those it adopted."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from api_client import Client, drawn
from telling import Teller
from werkzeug.test import TestResponse

from hardwon.ids import new_id
from hardwon.ports import Log


@dataclass
class Offered:
    """A project, the lesson that it was suggested, and one that it was not."""

    client: Client
    project: str
    lesson: str
    other: str

    def path(self, what: str = "feedback") -> str:
        return f"/projects/{self.project}/recommendations/{self.lesson}/{what}"

    def says(self, verdict: str, note: str = "", **headers: str) -> TestResponse:
        return self.client.post(self.path(), {"verdict": verdict, "note": note}, **headers)

    def reports(self, outcome: str, note: str = "", **headers: str) -> TestResponse:
        return self.client.post(self.path("outcome"), {"outcome": outcome, "note": note}, **headers)

    def withdraws(self, **headers: str) -> TestResponse:
        return self.client.send("DELETE", self.path(), headers=headers)

    def reads(self) -> dict[str, Any] | None:
        """Return the feedback that the project's recommendations show."""
        self.client.follow()
        (item,) = self.client.get(f"/projects/{self.project}/recommendations").json["items"]
        said: dict[str, Any] | None = item["feedback"]
        return said

    def head(self) -> int:
        return int(self.client.get("/events?limit=1000").json["position"])


def offer(log: Log, client: Client, project: str, lesson: str) -> None:
    """Suggest the lesson as the worker would."""
    Teller(log, client.organisation).offer(UUID(project), UUID(lesson))


@pytest.fixture
def offered(client: Client, log: Log) -> Offered:
    lesson, other = client.record(client.project(ended_on="2025-01-01"), drawn("Good."), drawn("Not offered."))
    project = client.project(name="The new one")
    offer(log, client, project, lesson)
    return Offered(client, project, lesson, other)


def test_feedback_is_shown_beside_its_suggestion(offered: Offered) -> None:
    """Nothing is said at first; then the answer, the recommendations and the feed all say the same."""
    assert offered.reads() is None
    given = offered.says("adopted", "We ordered early.")
    assert (given.status_code, "ETag" in given.headers) == (200, False)
    said = {"verdict": "adopted", "note": "We ordered early.", "outcome": None, "outcome_note": ""}
    ids = {"project_id": offered.project, "lesson_id": offered.lesson, "position": offered.head()}
    assert given.json == said | {"at": given.json["at"]} | ids
    assert given.headers["Hardwon-Position"] == str(given.json["position"])
    assert offered.reads() == said | {"at": given.json["at"]}
    last = offered.client.get("/events?limit=1000").json["items"][-1]
    assert (last["type"].rsplit(".", 1)[-1], last["data"]["verdict"]) == ("feedback_given", "adopted")


def test_the_latest_word_counts_and_the_same_word_changes_nothing(offered: Offered) -> None:
    """The same feedback twice is recorded once; another verdict or note takes its place."""
    first, again = offered.says("helpful"), offered.says("helpful")
    assert (again.status_code, again.json, offered.head()) == (200, first.json, first.json["position"])
    assert offered.says("helpful", "It saved a week.").json["note"] == "It saved a week."
    changed = offered.client.post(offered.path(), {"verdict": "not_relevant"}).json
    assert (changed["verdict"], changed["note"]) == ("not_relevant", "")
    assert offered.reads()["verdict"] == "not_relevant"


def test_feedback_is_withdrawn(offered: Offered) -> None:
    """After a withdrawal it is as if the project had not answered; withdrawing nothing is as good."""
    assert offered.withdraws().status_code == 204
    before = offered.head()
    offered.says("adopted")
    offered.reports("helped")
    withdrawn = offered.withdraws()
    assert (withdrawn.status_code, withdrawn.data) == (204, b"")
    assert withdrawn.headers["Hardwon-Position"] == str(before + 3)
    assert offered.withdraws().status_code == 204
    assert (offered.reads(), offered.head()) == (None, before + 3)
    assert offered.says("adopted").json["outcome"] is None


def test_only_an_adopted_lesson_has_an_outcome(offered: Offered) -> None:
    """An outcome is refused until the lesson is adopted; it may change, and goes when the lesson is adopted no more."""
    unsaid = offered.reports("helped")
    assert (unsaid.status_code, unsaid.json["type"]) == (409, "/problems/conflict")
    offered.says("helpful")
    assert "adopted first" in offered.reports("helped").json["detail"]
    offered.says("adopted", "We try.")
    assert offered.reports("too_early").json["outcome"] == "too_early"
    told = offered.reports("helped", "All came in time.").json
    assert (told["verdict"], told["note"]) == ("adopted", "We try.")
    assert (told["outcome"], told["outcome_note"]) == ("helped", "All came in time.")
    assert offered.reports("helped", "All came in time.").json == told
    assert offered.reads()["outcome"] == "helped"
    assert offered.says("already_known").json["outcome"] is None
    assert offered.reads()["outcome"] is None


def test_a_lesson_shows_what_projects_made_of_it(offered: Offered, log: Log) -> None:
    """The evidence counts projects by what they now say, wherever the lesson is shown."""
    second = Offered(offered.client, offered.client.project(), offered.lesson, offered.other)
    offer(log, offered.client, second.project, second.lesson)
    offered.says("adopted")
    offered.reports("did_not_help")
    second.says("helpful")
    second.says("adopted")
    second.reports("helped")
    offered.client.follow()
    evidence = offered.client.get(f"/lessons/{offered.lesson}").json["evidence"]
    counts = {"adopted": 2, "helpful": 0, "already_known": 0, "not_relevant": 0, "helped": 1, "did_not_help": 1}
    assert evidence == counts
    second.withdraws()
    offered.client.follow()
    (item,) = offered.client.get(f"/projects/{offered.project}/recommendations").json["items"]
    assert item["lesson"]["evidence"] == counts | {"adopted": 1, "helped": 0}
    lessons = {each["id"]: each for each in offered.client.get("/lessons").json["items"]}
    assert set(lessons[offered.other]["evidence"].values()) == {0}
    assert lessons[offered.lesson]["version"] == 1


def test_a_request_sent_again_under_its_key_is_answered_as_before(offered: Offered) -> None:
    """Under the same Idempotency-Key nothing is recorded twice, also after the project has changed its mind."""
    first = offered.says("adopted", Idempotency_Key="one")
    reported = offered.reports("helped", Idempotency_Key="two")
    withdrawn = offered.withdraws(**{"Idempotency-Key": "three"})
    offered.says("helpful")
    head = offered.head()
    assert offered.says("adopted", Idempotency_Key="one").json == first.json
    assert offered.reports("helped", Idempotency_Key="two").json == reported.json
    again = offered.withdraws(**{"Idempotency-Key": "three"})
    assert again.headers["Hardwon-Position"] == withdrawn.headers["Hardwon-Position"]
    assert (offered.head(), offered.reads()["verdict"]) == (head, "helpful")
    reused = offered.says("not_relevant", Idempotency_Key="one")
    assert (reused.status_code, reused.json["type"]) == (409, "/problems/id-reused")


def test_only_what_was_suggested_here_can_be_answered(offered: Offered, log: Log) -> None:
    """An unknown project or lesson, a lesson that was not suggested to it, and another organisation's are not found."""
    project, lesson = offered.project, offered.lesson
    waiting = offered.client.project()
    unknown = [(new_id(), lesson), (project, new_id()), (project, offered.other), (waiting, lesson)]
    for project_id, lesson_id in unknown:
        path = f"/projects/{project_id}/recommendations/{lesson_id}"
        for answer in (
            offered.client.post(f"{path}/feedback", {"verdict": "adopted"}),
            offered.client.post(f"{path}/outcome", {"outcome": "helped"}),
            offered.client.send("DELETE", f"{path}/feedback"),
        ):
            assert (answer.status_code, answer.json["type"]) == (404, "/problems/not-found")
            assert str(lesson_id if project_id in {project, waiting} else project_id) in answer.json["detail"]


def test_other_organisations_can_say_nothing_here(offered: Offered, new_client: Any) -> None:
    """Another organisation's token does not find the suggestion, for giving, reporting or withdrawing."""
    theirs = Offered(new_client(), offered.project, offered.lesson, offered.other)
    for answer in (theirs.says("adopted"), theirs.reports("helped"), theirs.withdraws()):
        assert (answer.status_code, answer.json["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize(
    ("what", "body", "field"),
    [
        ("feedback", {"verdict": "splendid"}, "/verdict"),
        ("feedback", {"note": "No verdict."}, "/verdict"),
        ("feedback", {"verdict": "adopted", "note": "x" * 10_001}, "/note"),
        ("feedback", {"verdict": "adopted", "note": "\x00"}, "/note"),
        ("feedback", {"verdict": "adopted", "outcome": "helped"}, "/outcome"),
        ("outcome", {"outcome": "splendid"}, "/outcome"),
        ("outcome", {}, "/outcome"),
    ],
)
def test_a_bad_word_is_named(offered: Offered, what: str, body: dict[str, Any], field: str) -> None:
    """What cannot be said is refused by its field, and nothing is recorded."""
    before = offered.head()
    refused = offered.client.post(offered.path(what), body)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json["errors"]] == [field]
    assert offered.head() == before


def test_a_retired_lesson_can_still_be_answered(offered: Offered) -> None:
    """What was suggested before its retirement may have been adopted, and its outcome counts all the same."""
    offered.client.post(f"/lessons/{offered.lesson}/retire", {"reason": "No longer true."})
    assert offered.says("adopted").status_code == 200
    assert offered.reports("did_not_help").status_code == 200
