"""``?as_of=``: what was known and suggested at an earlier position or time."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from api_client import Client, drawn, raised
from telling import Teller

from hardwon.ports import Log


@dataclass
class Past:
    """A history, and what each address answered at each position while it happened."""

    client: Client
    source: str
    project: str
    lessons: list[str]
    seen: dict[int, dict[str, Any]] = field(default_factory=dict)

    def addresses(self) -> list[str]:
        one = [f"/lessons/{id_}" for id_ in self.lessons]
        listed = ["/lessons", f"/lessons?project_id={self.source}", "/lessons?limit=1"]
        return [*one, *listed, f"/projects/{self.project}/recommendations", "/insights/learning"]

    def look(self) -> int:
        """Read everything as it now is, and return the position at which that was."""
        self.client.follow()
        position = int(self.client.get("/lessons").headers["Hardwon-Position"])
        self.seen[position] = {address: shown(self.client.get(address)) for address in self.addresses()}
        return position


def shown(answer: Any) -> tuple[int, Any, str | None]:
    return answer.status_code, answer.json, answer.headers.get("ETag")


def at(address: str, moment: object) -> str:
    return f"{address}{'&' if '?' in address else '?'}as_of={quote(str(moment))}"


@pytest.fixture
def past(client: Client, log: Log) -> Past:
    """Three lessons that are suggested, answered, said better, renamed at their source, merged, superseded, restored and retired."""
    source = client.project(name="The source", team="Piers", ended_on="2025-01-01")
    (point,) = client.record(source, raised("The pump froze."))
    lessons = client.record(source, drawn("First.", points=[point]), drawn("Second."), drawn("Third."))
    past = Past(client, source, client.project(name="The new one"), lessons)
    first, second, third = lessons
    past.look()
    Teller(log, client.organisation).offer(UUID(past.project), UUID(second), UUID(first))
    past.look()
    answered = f"/projects/{past.project}/recommendations/{first}"
    other = client.project(name="Another")
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"{answered}/feedback", {"verdict": "adopted", "note": "At once."}),
        ("POST", f"{answered}/outcome", {"outcome": "helped"}),
        ("PATCH", f"/lessons/{first}", {"insight": "First, said better.", "reason": "Clearer."}),
        ("PATCH", f"/projects/{source}", {"name": "The source, renamed", "team": "Boats"}),
        ("POST", f"/lessons/{second}/endorse", {"project_id": other}),
        ("POST", f"/lessons/{first}/merge", {"into": second}),
        ("POST", f"/lessons/{second}/supersede", {"by": third, "reason": "Newer."}),
        ("POST", f"/lessons/{first}/restore", {"reason": "Not the same."}),
        ("DELETE", f"{answered}/feedback", {}),
        ("POST", f"/lessons/{third}/retire", {"reason": "Over."}),
    ]
    for method, path, body in steps:
        assert client.send(method, path, json=body or None).status_code in {200, 204}, path
        past.look()
    return past


def test_as_of_a_position_or_its_time_answers_what_was_answered_then(past: Past) -> None:
    """Recommendations, each lesson with its lineage, the lists and the insights: all as they were read while the log ended there."""
    assert len(past.seen) > 10
    for position, seen in past.seen.items():
        time = None
        for address, then in seen.items():
            answer = past.client.get(at(address, position))
            assert shown(answer) == then, (address, position)
            assert answer.headers["Hardwon-Position"] == str(position)
            time = answer.headers["Hardwon-As-Of"]
            again = past.client.get(at(address, time))
            assert (shown(again), again.headers["Hardwon-Position"]) == (then, str(position))


def test_what_was_retired_later_is_shown_as_it_was(past: Past) -> None:
    """Also the words inside the recommendations, and the name of the project that they come from, are those of then."""
    suggested = sorted(past.seen)[1]
    path = f"/projects/{past.project}/recommendations"
    then = past.client.get(at(path, suggested)).json
    texts = [(item["lesson"]["insight"], item["source_project"]["name"]) for item in then["items"]]
    assert texts == [("Second.", "The source"), ("First.", "The source")]
    now = past.client.get(path).json
    texts = [(item["lesson"]["insight"], item["source_project"]["name"]) for item in now["items"]]
    assert texts == [("First, said better.", "The source, renamed")]


def test_old_links_lead_on_to_what_stood_then(past: Past) -> None:
    """A merged lesson led to another; as of then it still does, and its link stays in that time."""
    first, second, third = past.lessons
    merged = next(p for p, seen in sorted(past.seen.items()) if seen[f"/lessons/{first}"][1]["leads_to"] == second)
    answer = past.client.get(at(f"/lessons/{first}", merged))
    assert answer.headers["Link"] == f'</v1/lessons/{second}?as_of={merged}>; rel="successor-version"'
    assert past.client.get(at(f"/lessons/{first}", merged + 1)).json["leads_to"] == third
    assert past.client.get(f"/lessons/{first}").json["leads_to"] is None
    (joined,) = past.client.get(at(f"/lessons/{second}", merged)).json["lives_on_here"]
    assert (joined["id"], joined["state"]) == (first, "merged")


def test_pages_of_a_list_lead_on_within_that_time(past: Past) -> None:
    """Following Link meets every lesson once, in the words of then, however much was drawn since."""
    drawn_at = min(past.seen)
    past.client.record(past.source, drawn("Later."))
    texts, path = [], f"/lessons?limit=2&as_of={drawn_at}"
    while path:
        page = past.client.get(path)
        texts += [lesson["insight"] for lesson in page.json["items"]]
        path = page.headers.get("Link", "").partition(">")[0].removeprefix("</v1")
    assert texts == ["Third.", "Second.", "First."]


def test_what_was_not_yet_there_is_not_found_and_says_so(past: Past) -> None:
    """A lesson or project of later is told from one that never was; lists were empty then, and nothing waits for a worker."""
    addresses = [f"/lessons/{past.lessons[0]}", f"/projects/{past.project}/recommendations"]
    for moment in (0, 1, "1999-12-31T23:59:59Z"):
        for address in addresses:
            answer = past.client.get(at(address, moment), Prefer="wait=20")
            assert (answer.status_code, answer.json["type"]) == (404, "/problems/not-found")
            assert "was not yet there at log position" in answer.json["detail"]
        assert past.client.get(at("/lessons", moment)).json == {"items": [], "next": None}
    assert "Hardwon-As-Of" not in past.client.get("/lessons?as_of=0").headers
    for address in (f"/lessons/{uuid4()}", f"/projects/{uuid4()}/recommendations"):
        assert "There is no" in past.client.get(at(address, 1)).json["detail"]


def test_another_organisations_past_is_not_found(past: Past, new_client: Any) -> None:
    """As of is no way around the organisation."""
    other = new_client()
    for address in (f"/lessons/{past.lessons[0]}", f"/projects/{past.project}/recommendations"):
        answer = other.get(at(address, 1))
        assert (answer.status_code, "There is no" in answer.json["detail"]) == (404, True)
    assert other.get(f"/lessons?project_id={past.source}&as_of=1").json["items"] == []


@pytest.mark.parametrize(
    "asked",
    [
        *("yesterday", "", "-1", "1.5", "٤", "9" * 30, "2026-11-23", "2026-11-23T16:00:00", "1700000000000"),
        *("2026-13-01T00:00:00Z", "2026-11-23T16:00:00 01:00"),
        pytest.param(str(datetime.now(UTC) + timedelta(days=2)), id="in two days"),
    ],
)
def test_what_is_no_moment_of_the_past_is_refused_by_name(client: Client, asked: str) -> None:
    """Nonsense, a time without its offset, the future and a position behind the head: a problem document names as_of."""
    for path in ("/lessons", "/insights/learning", f"/lessons/{uuid4()}", f"/projects/{uuid4()}/recommendations"):
        answer = client.get(f"{path}?as_of={quote(asked)}")
        assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid"), answer.text
        assert [error["pointer"] for error in answer.json["errors"]] == ["/as_of"]


def test_an_answer_as_of_needs_no_read_model(client: Client) -> None:
    """It comes from the log itself, so what was written a moment ago is in it before any worker has followed."""
    (lesson,) = client.record(client.project(), drawn("Just now."))
    assert client.get(f"/lessons/{lesson}").status_code == 404
    assert client.get(f"/lessons/{lesson}?as_of=3").json["insight"] == "Just now."
