"""The past can be asked: a row of any day is what the live read model held on that day."""

from dataclasses import replace
from typing import Any, get_args
from uuid import UUID

import pytest
from histories import history
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection, sql

from hardwon.domain import feedback, lesson, project, suggesting
from hardwon.domain.events import (
    DomainEvent,
    FeedbackGiven,
    FeedbackWithdrawn,
    LessonDrawn,
    LessonMerged,
    LessonsSuggested,
    OutcomeReported,
    ProjectProfileChanged,
    ProjectRegistered,
)
from hardwon.ids import new_id
from hardwon.log.wire import Metadata, NewEvent, StoredEvent
from hardwon.ports import Log
from hardwon.projections import as_of, learning, lessons, recommendations
from hardwon.projections.as_of import Past
from hardwon.projections.following import Pool, Projection, Row, fold
from hardwon.projections.lessons import _Changed


def stream_of(event: DomainEvent) -> str:
    """Return the stream in which the handlers record such an event, as far as the past is read by streams."""
    match event:
        case FeedbackGiven() | FeedbackWithdrawn() | OutcomeReported():
            return feedback.stream(event.project_id, event.lesson_id)
        case ProjectRegistered() | ProjectProfileChanged():
            return project.stream(event.project_id)
        case LessonsSuggested():
            return suggesting.stream(event.project_id)
        case _ if isinstance(event, (LessonDrawn, *get_args(_Changed))):
            return lesson.stream(event.lesson_id)
        case _:
            return "others"


def folded(projection: Projection, events: list[StoredEvent]) -> dict[UUID, Row]:
    rows: dict[UUID, Row] = {}
    fold(projection, rows, events)
    return rows


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=history(), steps=st.integers(0, 30))
def test_the_past_is_what_was_held_then(
    pool: Pool, log: Log, organisation: UUID, events: list[DomainEvent], steps: int
) -> None:
    """At every position, lessons, recommendations and insights are those that the read models held there."""
    start = log.head(organisation).position
    log.append(organisation, [NewEvent(new_id(), stream_of(each), each, Metadata("tests")) for each in events])
    until = min(start + steps, log.head(organisation).position)
    before = log.read(organisation, limit=until) if until else []
    with pool.connection() as connection:
        past = Past(connection, organisation, until)
        drawn = folded(lessons.PROJECTION, before)
        told = {
            id_: {k: v for k, v in row.items() if not k.startswith("project_n") and k != "project_team"}
            for id_, row in past.lessons(drawn).items()
        }
        assert told == drawn
        for id_, row in folded(recommendations.PROJECTION, before).items():
            assert past.recommendation(id_) == row
        assert past.whole(learning.PROJECTION, learning.FOLDED) == folded(learning.PROJECTION, before)
        page = past.lessons_page(before=until + 1, limit=5)
        newest = sorted(drawn.values(), key=lambda row: -int(row["position"]))[:5]
        assert [row["lesson_id"] for row in page] == [row["lesson_id"] for row in newest]
        for id_ in drawn:
            leading = {row["lesson_id"] for row in drawn.values() if row["leads_to"] == str(id_)}
            assert {row["lesson_id"] for row in past.leading_to(id_)} == leading


def test_a_time_is_the_last_position_recorded_by_then(pool: Pool, log: Log, organisation: UUID) -> None:
    """Between two events the first counts; before all of them nothing was known."""
    new = NewEvent(new_id(), "s", LessonsSuggested(new_id(), 1, "r", "m", 0, 0), Metadata("tests"))
    (one,) = log.append(organisation, [new])
    (two,) = log.append(organisation, [replace(new, event_id=new_id())])
    with pool.connection() as connection:
        assert as_of.position_at(connection, organisation, one.recorded_at) == one.position
        between = one.recorded_at + (two.recorded_at - one.recorded_at) / 2
        assert as_of.position_at(connection, organisation, between) == one.position
        assert as_of.position_at(connection, organisation, two.recorded_at) == two.position
        long_ago = one.recorded_at.replace(year=2000)
        assert as_of.position_at(connection, organisation, long_ago) == 0
        assert as_of.recorded_at(connection, organisation, two.position) == two.recorded_at


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("position_at", "event_recorded"),
        ("answering_lessons", "event_answering_lesson"),
        ("answering_projects", "event_answering_project"),
        ("led_to", "event_living_on"),
        ("drawn", "event_by_type"),
        ("of_streams", "stream_version_key"),
    ],
)
def test_the_past_is_found_without_walking_the_log(
    pool: Pool, log: Log, owner: Connection[Any], organisation: UUID, query: str, index: str
) -> None:
    """In a log of some size, each question about the past is answered from an index made for it."""
    lesson_id, project_id = new_id(), new_id()
    events: list[DomainEvent] = [FeedbackGiven(new_id(), new_id(), "helpful") for _ in range(900)]
    events += [LessonDrawn(new_id(), project_id, None, "It broke.", "") for _ in range(50)]
    events += [LessonMerged(new_id(), new_id()) for _ in range(50)]
    log.append(organisation, [NewEvent(new_id(), stream_of(each), each, Metadata("tests")) for each in events])
    owner.execute("ANALYZE event")
    named: dict[str, Any] = {
        "organisation_id": organisation,
        "until": 500,
        "before": 500,
        "limit": 20,
        "at": "2026-01-01T00:00:00Z",
        "ids": [str(lesson_id)],
        "streams": [lesson.stream(lesson_id)],
        "lesson_id": lesson_id,
        "project_id": None,
    }
    with pool.connection() as connection:
        plan = str(connection.execute(sql.SQL("EXPLAIN ") + sql.SQL(as_of.SQL[query]), named).fetchall())
    assert index in plan, plan
