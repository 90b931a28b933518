"""The whole of Hardwon in real processes: what one team learned the hard way reaches another team's new project.

The first test to read. PostgreSQL, Valkey, the API under Granian and a Celery worker with the real embedding model are started as
`hardwon up` starts them; everything below goes over HTTP.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from hardwon_local.running import Running

pytestmark = pytest.mark.timeout(240)


@dataclass
class Team:
    """A team's tool: an HTTP client with its organisation's token."""

    http: httpx.Client

    def registers(self, prefer: str = "", **profile: Any) -> dict[str, Any]:
        headers = {"Prefer": prefer} if prefer else {}
        answer = self.http.post("/v1/projects", json=profile, headers=headers)
        assert answer.status_code == 201, answer.text
        registered: dict[str, Any] = answer.json()
        return registered

    def learns(self, project: dict[str, Any], story: str, insight: str, advice: str) -> str:
        """Record a retrospective with one unhappy story and the lesson drawn from it; return the lesson's id."""
        path = f"/v1/projects/{project['id']}/events"
        held = self._records(path, "retrospective_held", title="Looking back", held_on="2025-11-20")
        point = self._records(path, "discussion_point_raised", retrospective_id=held, kind="went_wrong", text=story)
        return self._records(
            path, "lesson_drawn", retrospective_id=held, insight=insight, advice=advice, points=[point]
        )

    def _records(self, path: str, type_: str, **data: Any) -> str:
        answer = self.http.post(path, json={"type": type_, "data": data})
        assert answer.status_code == 201, answer.text
        id_: str = answer.json()["items"][0]["id"]
        return id_

    def reads(self, path: str, **headers: str) -> dict[str, Any]:
        answer = self.http.get(f"/v1{path}", headers=headers)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body


@pytest.fixture
def team(hardwon: Running) -> Iterator[Team]:
    """A team of a fresh organisation."""
    headers = {"Authorization": f"Bearer {hardwon.register('A ferry company')}"}
    with httpx.Client(base_url=hardwon.url, headers=headers, timeout=60) as http:
        yield Team(http)


def record_two_pasts(team: Team) -> tuple[str, str]:
    """Let two projects learn something; return the ids of the lesson about suppliers and the one about lighting."""
    hardware = team.registers(name="Gates at the south pier", team="Piers", ended_on="2025-10-31")
    late = team.learns(
        hardware,
        "The supplier's gate controllers came eleven weeks late, and nobody had asked for their delivery dates.",
        "Hardware from a single supplier decides the schedule, whatever the plan says.",
        "Ask the hardware supplier for confirmed delivery dates before the plan is agreed, and order spares early.",
    )
    office = team.registers(name="Move to the new office", team="Facilities", ended_on="2025-06-30")
    lamps = team.learns(
        office,
        "The lamps over the desks were too bright, and people worked in the dark for a week.",
        "Light is personal.",
        "Let people try the desk lamps for a day before buying them all.",
    )
    return late, lamps


def test_a_lesson_is_carried_over(team: Team) -> None:
    """A team registers a new project and reads, in the same answer, the lesson that another team's project learned."""
    late, lamps = record_two_pasts(team)

    new = team.registers(
        prefer="wait=30",
        name="Ticket machines for all piers",
        summary="We buy ticket machine hardware from a supplier and put it up on eleven piers before the summer.",
        technologies=["embedded Linux"],
        team="Harbour",
    )

    recommendations = new["recommendations"]
    assert recommendations["state"] == "ready"
    first = recommendations["items"][0]
    assert first["lesson"]["id"] == late
    assert first["source_project"]["name"] == "Gates at the south pier"
    assert first["lesson"]["advice"].startswith("Ask the hardware supplier")
    assert first["reasons"][0]["passage"] in f"{first['lesson']['insight']} {first['lesson']['advice']}"
    assert [item["rank"] for item in recommendations["items"]] == list(range(1, len(recommendations["items"]) + 1))

    # What was offered is a fact: it stands in the log, and reads the same later.
    feed = team.reads("/events?limit=1000")["items"]
    (suggested,) = [event for event in feed if event["type"].endswith("lessons_suggested")]
    assert suggested["data"]["suggestions"][0]["lesson_id"] == late
    assert team.reads(f"/projects/{new['id']}/recommendations")["items"] == recommendations["items"]

    # The lesson tells its story.
    lesson = team.reads(f"/lessons/{late}")
    assert "eleven weeks late" in lesson["points"][0]["text"]
    assert lamps not in [item["lesson"]["id"] for item in recommendations["items"][:1]]


def test_a_project_is_never_offered_its_own_nor_anothers_lessons(team: Team, hardwon: Running) -> None:
    """A new project's own lesson is not suggested to it later, and another organisation is offered nothing of ours."""
    record_two_pasts(team)
    stranger = {"Authorization": f"Bearer {hardwon.register('Another company')}"}
    with httpx.Client(base_url=hardwon.url, headers=stranger, timeout=60) as http:
        theirs = Team(http).registers(
            prefer="wait=30", name="Ticket machines", summary="Hardware of a supplier for piers."
        )
        assert theirs["recommendations"]["state"] == "ready"
        assert theirs["recommendations"]["items"] == []
        assert Team(http).reads("/search?q=supplier")["items"] == []


def test_a_retired_lesson_is_offered_no_more(team: Team) -> None:
    """Once a lesson no longer holds, the next project is spared it."""
    late, _ = record_two_pasts(team)
    assert team.http.post(f"/v1/lessons/{late}/retire", json={"reason": "We build our own now."}).status_code == 200
    new = team.registers(prefer="wait=30", name="Ticket machines", summary="Hardware of a supplier for eleven piers.")
    assert new["recommendations"]["state"] == "ready"
    assert late not in [item["lesson"]["id"] for item in new["recommendations"]["items"]]


def test_a_lesson_is_found_by_its_meaning(team: Team) -> None:
    """A search in other words than the lesson's finds it first, with the passage that matches."""
    late, _ = record_two_pasts(team)
    team.registers(prefer="wait=30", name="Anything")  # its suggestions are ready when all lessons are embedded
    found = team.reads("/search?q=vendor+shipped+equipment+behind+schedule")["items"]
    assert found[0]["lesson"]["id"] == late
    assert found[0]["passage"]
