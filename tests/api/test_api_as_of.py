"""What was known, and suggested, on any day: the same addresses with ``?as_of=``."""

from datetime import UTC, datetime, timedelta

import pytest
from api_client import Client, drawn, suggest

from hardwon.ports import Log


@pytest.fixture
def story(client: Client, log: Log) -> dict[str, str]:
    """A lesson that was suggested, then adopted, then revised, then superseded; and the position after each step."""
    past = client.project(name="The past", ended_on="2025-01-01")
    new = client.project(name="The new one")
    told = {"past": past, "new": new, "registered": str(log.head(client.organisation).position)}
    lesson, other = client.record(past, drawn("Good.", advice="Do."), drawn("Better.", advice="Do it soon."))
    told |= {"lesson": lesson, "other": other, "drawn": str(log.head(client.organisation).position)}
    suggest(log, client, new, lesson)
    told["suggested"] = str(log.head(client.organisation).position)
    client.post(f"/projects/{new}/recommendations/{lesson}/feedback", {"verdict": "adopted"})
    told["adopted"] = str(log.head(client.organisation).position)
    client.send("PATCH", f"/lessons/{lesson}", json={"advice": "Do it twice.", "reason": "Once was not enough."})
    told["revised"] = str(log.head(client.organisation).position)
    client.post(f"/lessons/{lesson}/supersede", {"by": other, "reason": "Newer."})
    client.follow()
    return told


def test_a_lesson_as_it_was(client: Client, story: dict[str, str]) -> None:
    """Its words, state, evidence, lineage and successor are those of then, and the answer says of when."""
    address = f"/lessons/{story['lesson']}"
    now = client.get(address)
    assert (now.json["advice"], now.json["state"]) == ("Do it twice.", "superseded")
    then = client.get(f"{address}?as_of={story['suggested']}")
    assert (then.json["advice"], then.json["state"], then.json["evidence"]["adopted"]) == ("Do.", "current", 0)
    assert [step["type"] for step in then.json["lineage"]] == ["lesson_drawn"]
    assert then.headers["Hardwon-Position"] == story["suggested"]
    assert then.headers["Hardwon-As-Of"]
    assert "Link" not in then.headers
    assert client.get(f"{address}?as_of={story['adopted']}").json["evidence"]["adopted"] == 1
    head = int(story["revised"]) + 1
    last = client.get(f"{address}?as_of={head}")
    assert last.json["leads_to"] == story["other"]
    assert f"as_of={head}" in last.headers["Link"]
    joined = client.get(f"/lessons/{story['other']}?as_of={head}").json["lives_on_here"]
    assert [each["id"] for each in joined] == [story["lesson"]]
    assert client.get(f"/lessons/{story['other']}?as_of={story['revised']}").json["lives_on_here"] == []


def test_recommendations_as_they_were(client: Client, story: dict[str, str]) -> None:
    """What the project had been suggested by then, in the words of then, also where the lesson was superseded since."""
    address = f"/projects/{story['new']}/recommendations"
    assert client.get(address).json["items"] == []
    waiting = client.get(f"{address}?as_of={story['drawn']}").json
    assert (waiting["state"], waiting["items"]) == ("pending", [])
    (then,) = client.get(f"{address}?as_of={story['suggested']}").json["items"]
    assert (then["lesson"]["id"], then["lesson"]["advice"], then["feedback"]) == (story["lesson"], "Do.", None)
    (later,) = client.get(f"{address}?as_of={story['revised']}").json["items"]
    assert (later["lesson"]["advice"], later["feedback"]["verdict"]) == ("Do it twice.", "adopted")


def test_a_list_as_it_was(client: Client, story: dict[str, str]) -> None:
    """Lessons drawn since are not in it, and its pages go on in the same past."""
    assert client.get(f"/lessons?as_of={story['registered']}").json["items"] == []
    first = client.get(f"/lessons?limit=1&as_of={story['drawn']}")
    assert [each["id"] for each in first.json["items"]] == [story["other"]]
    assert f"as_of={story['drawn']}" in first.headers["Link"]
    second = client.get(f"/lessons?limit=1&as_of={story['drawn']}&cursor={first.json['next']}").json
    assert [(each["id"], each["advice"]) for each in second["items"]] == [(story["lesson"], "Do.")]
    assert second["next"] is None


def test_insights_as_they_were(client: Client, story: dict[str, str]) -> None:
    """What had been counted by then: suggested, but not adopted yet."""
    then = client.get(f"/insights/learning?as_of={story['suggested']}").json["total"]
    assert (then["suggested"], then["adoption"]["count"]) == (1, 0)
    assert client.get(f"/insights/learning?as_of={story['adopted']}").json["total"]["adoption"]["count"] == 1


def test_a_time_counts_as_the_last_position_by_then(client: Client, story: dict[str, str]) -> None:
    """A time is an RFC 3339 one, its plus sign as it comes; before everything, nothing was there yet."""
    now = datetime.now(UTC).isoformat()
    assert client.get(f"/lessons/{story['lesson']}?as_of={now}").json["state"] == "superseded"
    missing = client.get(f"/lessons/{story['lesson']}?as_of=2001-01-01T00:00:00Z")
    assert missing.status_code == 404
    assert "yet" in missing.json["detail"]
    too_early = client.get(f"/projects/{story['new']}/recommendations?as_of=1")
    assert too_early.status_code == 404


@pytest.mark.parametrize("said", ["yesterday", "2026-01-01", "0", "999999", "-1", "1.5", "²"])
def test_nonsense_is_named(client: Client, story: dict[str, str], said: str) -> None:
    """What is no time and no position of this log is refused, with the parameter's name."""
    for address in (
        "/lessons",
        f"/lessons/{story['lesson']}",
        f"/projects/{story['new']}/recommendations",
        "/insights/learning",
    ):
        refused = client.get(f"{address}?as_of={said}")
        assert refused.status_code == 422
        assert refused.json["errors"][0]["pointer"] == "/as_of"


def test_nobody_knows_the_future(client: Client) -> None:
    """Tomorrow is refused: the log tells what was."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    refused = client.get(f"/lessons?as_of={tomorrow}")
    assert (refused.status_code, "future" in refused.text) == (422, True)
