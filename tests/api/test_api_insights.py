"""Whether the organisation learns: counts with their denominators, by month and team."""

from typing import Any
from uuid import UUID

import pytest
from api_client import Client, drawn, raised
from telling import Teller

from hardwon import handlers
from hardwon.domain.commands import DetectRecurrence
from hardwon.ports import Log

NOTHING = {"count": 0, "of": 0, "rate": None}


def wrong(month: str) -> dict[str, Any]:
    return raised() | {"occurred_at": f"{month}-15T12:00:00Z"}


def learned(client: Client, query: str = "") -> Any:
    client.follow()
    answer = client.get(f"/insights/learning{query}")
    assert answer.status_code == 200, answer.text
    return answer.json


def found(
    log: Log, client: Client, project: str, point: str, lesson: str | None, *told: bool, earlier: str | None = None
) -> None:
    lesson_id, earlier_id = (UUID(each) if each else None for each in (lesson, earlier))
    suggested, adopted = told or (False, False)
    command = DetectRecurrence(UUID(point), UUID(project), lesson_id, earlier_id, 0.5, suggested, adopted, "r", "m")
    handlers.detect_recurrences(log, client.organisation, [command], "hardwon-worker")


def test_nothing_learned_has_no_rates(client: Client) -> None:
    """A young organisation gets zeros, and null where there is nothing to divide by."""
    told = learned(client)
    assert (told["months"], told["teams"]) == ([], [])
    assert told["total"] == {
        "points": 0,
        **dict.fromkeys(["recurrences", "confirmed", "known", "repeat_after_warning", "adopted_before"], NOTHING),
        "suggested": 0,
        "answered": 0,
        "brought": 0,
        **dict.fromkeys(["adoption", "help"], NOTHING),
    }


def test_recurrences_are_counted_by_month_and_team(client: Client, log: Log) -> None:
    """Of what went wrong: what came back, was known, had been told; without what a person rejected, in the month of the point."""
    piers, ferries = client.project(team="Piers"), client.project(team="Ferries")
    (lesson,) = client.record(piers, drawn())
    january, *february = client.record(piers, wrong("2026-01"), wrong("2026-02"), wrong("2026-02"), wrong("2026-02"))
    (elsewhere,) = client.record(ferries, wrong("2026-02"))
    found(log, client, piers, january, lesson, True, True)
    found(log, client, piers, february[0], lesson, True, False)
    found(log, client, piers, february[1], None, earlier=january)
    found(log, client, ferries, elsewhere, lesson)
    client.post(f"/recurrences/{february[0]}/confirm", {})
    client.post(f"/recurrences/{elsewhere}/reject", {})
    told = learned(client)
    assert (told["total"]["points"], told["total"]["recurrences"]) == (5, {"count": 3, "of": 5, "rate": 0.6})
    assert told["total"]["confirmed"] == {"count": 1, "of": 3, "rate": 0.3333}
    assert told["total"]["known"] == told["total"]["repeat_after_warning"] == {"count": 2, "of": 3, "rate": 0.6667}
    assert told["total"]["adopted_before"] == {"count": 1, "of": 3, "rate": 0.3333}
    assert [(each["month"], each["points"], each["recurrences"]["count"]) for each in told["months"]] == [
        ("2026-01", 1, 1),
        ("2026-02", 4, 2),
    ]
    assert [(each["team"], each["points"], each["recurrences"]["count"]) for each in told["teams"]] == [
        ("Ferries", 1, 0),
        ("Piers", 4, 3),
    ]


def test_what_became_of_suggestions_is_counted(client: Client, log: Log) -> None:
    """Given, answered, adopted of answered, helped of the outcomes that say so."""
    lessons = client.record(client.project(ended_on="2025-01-01"), *(drawn(f"Lesson {n}.") for n in range(4)))
    project = client.project()
    Teller(log, client.organisation).offer(UUID(project), *map(UUID, lessons))
    for lesson, verdict, outcome in zip(
        lessons, ("adopted", "adopted", "helpful"), ("helped", "too_early", None), strict=False
    ):
        path = f"/projects/{project}/recommendations/{lesson}"
        client.post(f"{path}/feedback", {"verdict": verdict})
        if outcome:
            client.post(f"{path}/outcome", {"outcome": outcome})
    total = learned(client)["total"]
    assert (total["suggested"], total["answered"]) == (4, 3)
    assert total["adoption"] == {"count": 2, "of": 3, "rate": 0.6667}
    assert total["help"] == {"count": 1, "of": 1, "rate": 1.0}


def test_the_question_is_narrowed(client: Client, new_client: Any) -> None:
    """By months, both ends included, and by team; another organisation sees nothing of it."""
    piers, ferries = client.project(team="Piers"), client.project(team="Ferries")
    client.record(piers, wrong("2026-01"), wrong("2026-02"), wrong("2026-03"))
    client.record(ferries, wrong("2026-02"))
    assert learned(client, "?from=2026-02&to=2026-02")["total"]["points"] == 2
    assert learned(client, "?from=2026-02")["total"]["points"] == 3
    assert learned(client, "?team=Piers&to=2026-02")["total"]["points"] == 2
    assert learned(client, "?team=Nobody")["total"]["points"] == 0
    assert learned(new_client())["total"]["points"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-13", "/from"),
        ("to=2026-02-01", "/to"),
        ("from=2026-02&to=2026-01", "/from"),
        ("since=2026-01", "/since"),
    ],
)
def test_a_bad_question_is_named(client: Client, query: str, field: str) -> None:
    """A month that is none, a stretch that ends before it begins, and a misspelt parameter are refused by name."""
    refused = client.get(f"/insights/learning?{query}")
    assert (refused.status_code, refused.json["type"]) == (422, "/problems/invalid")
    assert [error["pointer"] for error in refused.json["errors"]] == [field]
