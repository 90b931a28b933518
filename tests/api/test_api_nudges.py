"""Nudges: points to which nobody has said yet what can be learned."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from api_client import Client, drawn, raised
from psycopg import sql

from hardwon.projections import points
from hardwon.projections.following import Pool
from hardwon_api.found import Found


class Beside:
    """A worker that finds the same lesson beside everything, as near as it is told, and keeps what it was asked."""

    def __init__(self, lesson: str, similarity: float) -> None:
        self.asked: list[tuple[UUID, list[str]]] = []
        self._found = Found(UUID(lesson), 2.0, similarity, "Ask for dates.")

    def find(self, organisation_id: UUID, queries: Sequence[str], limit: int, _narrowed: Any) -> list[list[Found]]:
        assert limit == 3
        self.asked.append((organisation_id, list(queries)))
        return [[self._found] for _ in queries]


def test_points_without_a_lesson_are_asked_about(client: Client) -> None:
    """What a lesson answers is left out; the rest comes newest first, with its project and how many of its points are open."""
    piers, trams = client.project(name="Piers", team="Harbour"), client.project(name="Trams")
    answered, first, second = client.record(piers, raised("Late."), raised("Dear."), raised("Wet.", kind="puzzle"))
    client.record(piers, drawn("Suppliers decide.", points=[answered]))
    (other,) = client.record(trams, raised("Good.", kind="went_well"))
    client.follow()
    items = client.get("/nudges").json["items"]
    assert [each["point"]["id"] for each in items] == [other, second, first]
    assert [each["unanswered_in_project"] for each in items] == [1, 2, 2]
    assert items[1]["project"] == {"id": piers, "name": "Piers", "team": "Harbour"}
    of_piers = client.get(f"/nudges?project_id={piers}&limit=1").json
    assert [each["point"]["id"] for each in of_piers["items"]] == [second]
    rest = client.get(f"/nudges?project_id={piers}&limit=1&cursor={of_piers['next']}").json
    assert ([each["point"]["id"] for each in rest["items"]], rest["next"]) == ([first], None)


def test_an_answer_ends_the_nudge(client: Client) -> None:
    """As soon as a lesson is drawn from the point, it is asked about no more, also when the lesson is retired later."""
    project = client.project()
    (point,) = client.record(project, raised())
    client.follow()
    assert len(client.get("/nudges").json["items"]) == 1
    (lesson,) = client.record(project, drawn(points=[point]))
    client.post(f"/lessons/{lesson}/retire", {"reason": "No longer true."})
    client.follow()
    assert client.get("/nudges").json == {"items": [], "next": None}


@pytest.mark.parametrize(("similarity", "shown"), [(0.6, 1), (0.1, 0)])
def test_similar_lessons_stand_beside(
    client: Client, app_with: Callable[..., Any], similarity: float, shown: int
) -> None:
    """A page's points are compared at once; a lesson about something else is not shown."""
    project = client.project()
    (lesson,) = client.record(project, drawn("Suppliers decide."))
    client.record(project, raised("Late."), raised("x" * 5_000))
    client.follow()
    beside = Beside(lesson, similarity)
    client.http = app_with(search=beside)
    items = client.get("/nudges").json["items"]
    assert [[each["lesson"]["id"] for each in item["similar"]] for item in items] == [[lesson] * shown] * 2
    assert beside.asked == [(client.organisation, ["x" * 1_000, "Late."])]


def test_without_a_worker_points_come_alone(client: Client) -> None:
    """Where no worker answers in time the points are there, and what would stand beside them is null."""
    client.record(client.project(), raised())
    client.follow()
    (item,) = client.get("/nudges").json["items"]
    assert item["similar"] is None


@pytest.mark.parametrize("query", ["unanswered", "unanswered_of_project", "count_unanswered"])
def test_points_are_found_by_their_indexes(pool: Pool, client: Client, query: str) -> None:
    """Neither all points nor all lessons are walked."""
    project = client.project()
    for _ in range(3):
        ids = client.record(project, *(raised(f"{n}") for n in range(300)))
        client.record(project, *(drawn(points=[id_]) for id_ in ids[:200]))
    client.follow()
    named = {"organisation_id": client.organisation, "before": 2**62, "limit": 11, "project_id": project, "erased": ""}
    with pool.of(client.organisation) as connection, connection.transaction():
        connection.execute("SET LOCAL enable_seqscan = off")  # some of these tables are too small for an index to pay
        statement = sql.SQL("EXPLAIN ") + sql.SQL(points.SQL[query])
        plan = str(connection.execute(statement, named | {"project_ids": [project]}).fetchall())
    assert "Seq Scan" not in plan, plan
