"""Similar lessons and past points beside a text that is being written."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from api_client import Client, drawn, held, raised

from hardwon_api.found import Found, NearPoint


@dataclass
class Near:
    """A worker that finds these, and keeps what it was asked."""

    lessons: list[tuple[str, float]]
    points: list[tuple[str, float]]
    asked: list[Any] = field(default_factory=list)

    def similar(
        self, organisation_id: UUID, text: str, retrospective_id: UUID | None, limit: int
    ) -> tuple[list[Found], list[NearPoint]]:
        self.asked.append((organisation_id, text, retrospective_id, limit))
        lessons = [Found(UUID(id_), near, near, "Ask for dates.") for id_, near in self.lessons]
        return lessons, [NearPoint(UUID(id_), near) for id_, near in self.points]


def test_other_projects_come_first_and_far_ones_not_at_all(client: Client, app_with: Callable[..., Any]) -> None:
    """Beside a point of this project stand other projects' lessons and stories, then its own; what is about something else is left out."""
    here, there = client.project(name="Here"), client.project(name="There", team="Piers")
    (retro,) = client.record(here, held())
    own, others, far = client.record(here, drawn("Own."))[0], *client.record(there, drawn("Other."), drawn("Far."))
    (own_point,) = client.record(here, raised("It was late before."))
    (other_point,) = client.record(there, raised("It was late there."))
    client.follow()
    near = Near([(own, 0.9), (others, 0.5), (far, 0.1)], [(own_point, 0.8), (other_point, 0.4)])
    client.http = app_with(search=near)
    found = client.send("GET", "/similar", query_string={"text": "Late.", "retrospective_id": retro, "limit": 2}).json
    assert [each["lesson"]["id"] for each in found["lessons"]] == [others, own]
    assert [each["point"]["id"] for each in found["points"]] == [other_point, own_point]
    assert found["points"][0]["project"] == {"id": there, "name": "There", "team": "Piers"}
    assert near.asked == [(client.organisation, "Late.", UUID(retro), 4)]
    anywhere = client.send("GET", "/similar", query_string={"text": "Late."}).json
    assert [each["lesson"]["id"] for each in anywhere["lessons"]] == [own, others]


@pytest.mark.parametrize(
    ("query", "status", "pointer"),
    [
        ({"text": " "}, 422, "/text"),
        ({}, 422, "/text"),
        ({"text": "x" * 1_001}, 422, "/text"),
        ({"text": "x"}, 503, None),
    ],
)
def test_what_cannot_be_asked_is_refused(
    client: Client, query: dict[str, str], status: int, pointer: str | None
) -> None:
    """A text must say something, in at most 1,000 characters; where no worker answers in time, that is said."""
    answer = client.send("GET", "/similar", query_string=query)
    assert answer.status_code == status
    assert [each["pointer"] for each in answer.json.get("errors") or []] == ([pointer] if pointer else [])


def test_another_organisations_retrospective_is_not_found(new_client: Callable[[], Client]) -> None:
    """A meeting of another organisation is none of ours."""
    mine, theirs = new_client(), new_client()
    (retro,) = theirs.record(theirs.project(), held())
    assert mine.get(f"/similar?text=Late&retrospective_id={retro}").status_code == 404
