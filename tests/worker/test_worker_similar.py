"""What stands beside a text while it is being written: lessons, and what went wrong before."""

from uuid import UUID

import pytest
from in_process import Worker
from psycopg import sql
from telling import BY_A_TEST, Teller

from hardwon import handlers, work
from hardwon.domain.commands import HoldRetrospective, RaiseDiscussionPoint
from hardwon.handlers import RetroItem
from hardwon.ids import new_id
from hardwon.projections.following import Pool
from hardwon_worker import stories
from hardwon_worker.retrieval import FEW

LATE = "The supplier delivered the gate controllers eleven weeks late."
WRITTEN = "The supplier delivered the controllers late."


def raised_in_a_meeting(teller: Teller, project_id: UUID, text: str) -> tuple[UUID, UUID]:
    meeting, point = new_id(), new_id()
    items = [
        RetroItem(HoldRetrospective(meeting, project_id, "Looking back", None), meeting),
        RetroItem(RaiseDiscussionPoint(point, project_id, meeting, "went_wrong", text, ()), point),
    ]
    handlers.record_retro_events(teller.log, teller.organisation_id, project_id, items, BY_A_TEST)
    return meeting, point


def test_lessons_and_points_like_the_text_are_found(worker: Worker, teller: Teller) -> None:
    """The nearest come first, and what was raised in the same meeting is none of them."""
    past, now = teller.project("Past", ended_on="2020-01-01"), teller.project("Now", ended_on="2020-01-01")
    (lesson,) = teller.lessons(past, LATE, advice="")
    before, other = teller.points(past, LATE, "Basil dislikes frost.")
    meeting, here = raised_in_a_meeting(teller, now, LATE)
    worker.run(work.FOLLOW, teller.organisation_id)
    found = worker.run(work.SIMILAR, teller.organisation_id, WRITTEN, meeting, 3)
    assert [each["lesson_id"] for each in found["lessons"]] == [str(lesson)]
    assert [each["point_id"] for each in found["points"]] == [str(before), str(other)]
    assert found["points"][0]["similarity"] > found["points"][1]["similarity"]
    anywhere = worker.run(work.SIMILAR, teller.organisation_id, WRITTEN, None, 3)
    assert str(here) in {each["point_id"] for each in anywhere["points"]}


@pytest.mark.parametrize("few", [FEW, 0], ids=["all compared", "through the index"])
def test_points_are_found_either_way_in_their_own_organisation_only(
    worker: Worker, teller: Teller, pool: Pool, few: int
) -> None:
    """By comparing all or by walking the index the same points are found, and another organisation's never."""
    past = teller.project("Past", ended_on="2020-01-01")
    points = teller.points(past, LATE, "The supplier forgot the cables.", "Nobody counted birds.")
    worker.run(work.FOLLOW, teller.organisation_id)
    live = worker.parts.vectors.live(teller.organisation_id)
    embedder = worker.parts.vectors.embedders.of(live)
    assert embedder
    (wanted,) = embedder.embed([WRITTEN])
    found = stories.near(pool, teller.organisation_id, live, wanted, 3, other_than=None, few=few)
    assert {each.point_id for each in found} == set(points)
    assert [each.similarity for each in found] == sorted((each.similarity for each in found), reverse=True)
    assert stories.near(pool, new_id(), live, wanted, 3, other_than=None, few=few) == []


def test_the_index_is_walked_where_points_are_many(worker: Worker, teller: Teller, pool: Pool) -> None:
    """The plan of the second way goes down the model's index of points."""
    past = teller.project("Past", ended_on="2020-01-01")
    teller.points(past, LATE)
    worker.run(work.FOLLOW, teller.organisation_id)
    live = worker.parts.vectors.live(teller.organisation_id)
    names = {"organisation_id": teller.organisation_id, "other_than": None, "limit": 3}
    names["wanted"] = str([0.1] * live.dimensions)
    query = stories.retrieval.statement(stories.SQL["nearest_points_indexed"], live)
    with pool.of(teller.organisation_id) as connection, connection.transaction():
        connection.execute(stories.retrieval.SQL["walk_the_index"])
        connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        plan = str(connection.execute(sql.SQL("EXPLAIN ") + query, names).fetchall())
    assert "point_vector_" in plan, plan
