"""Read models as of an earlier position are what they were when the log ended there."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from histories import history, recorded
from hypothesis import HealthCheck, given, settings
from psycopg import Connection
from psycopg.types.json import Jsonb

from hardwon import organisations
from hardwon.domain.errors import Invalid
from hardwon.domain.events import DiscussionPointRaised, DomainEvent, FeedbackGiven, LessonDrawn, LessonRetired
from hardwon.ids import new_id
from hardwon.log import wire
from hardwon.log.memory import MemoryLog
from hardwon.log.store import SQL
from hardwon.log.wire import Subject
from hardwon.ports import Log
from hardwon.projections import learning, lessons, recommendations
from hardwon.projections.as_of import all_rows, resolve, rows
from hardwon.projections.following import Pool, Projection, Row, advance

# The projection, its table, what its rows are about, and the types of events that it folds.
MODELS: list[tuple[Projection, str, Subject, tuple[type[DomainEvent], ...]]] = [
    (lessons.PROJECTION, "lesson", "lesson", lessons.FOLDED),
    (recommendations.PROJECTION, "recommendation", "project", recommendations.FOLDED),
    (learning.PROJECTION, "learning", "project", learning.FOLDED),
]


def live(connection: Connection[Any], table: str, key: str, organisation: UUID) -> dict[str, Row]:
    """Return the rows that the read model holds at this moment."""
    query = f"SELECT {key}::text, to_jsonb({table}) - 'organisation_id' FROM {table} WHERE organisation_id = %s"
    return dict(connection.execute(query, (organisation,)).fetchall())


def spelt(connection: Connection[Any], table: str, folded: dict[UUID, Row]) -> dict[str, Row]:
    """Return folded rows in the database's own spelling of times."""
    query = f"SELECT to_jsonb(r) - 'organisation_id' FROM jsonb_populate_recordset(NULL::{table}, %s) AS r"
    found = connection.execute(query, (Jsonb(list(folded.values())),)).fetchall()
    return dict(zip(map(str, folded), (row for (row,) in found), strict=True))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=history())
def test_as_of_any_position_is_what_was_live_there(pool: Pool, log: Log, events: list[DomainEvent]) -> None:
    """At every position of any history: one row, all rows asked for, and a whole read model are what was held then."""
    organisation = organisations.register(log, "Any", "tests")
    held: list[dict[str, dict[str, Row]]] = []
    with pool.of(organisation) as connection:
        for new in [None, *recorded(events)]:
            if new:
                log.append(organisation, [new])
            for projection, *_ in MODELS:
                advance(pool, projection, organisation)
            held.append(
                {table: live(connection, table, f"{subject}_id", organisation) for _, table, subject, _ in MODELS}
            )
        for position, then in enumerate(held, start=1):
            for projection, table, subject, types in MODELS:
                ids = [UUID(id_) for id_ in held[-1][table]]
                some = rows(log, organisation, projection, position, subject=subject, ids=ids, types=types)
                assert spelt(connection, table, some) == then[table]
                whole = all_rows(log, organisation, projection, position, types=types)
                assert whole == some
                for id_ in ids[:1]:
                    one = rows(log, organisation, projection, position, subject=subject, ids=[id_], types=types)
                    assert one == {key: row for key, row in some.items() if key == id_}


def test_the_control_what_is_held_today_is_no_answer(pool: Pool, log: Log, organisation: UUID) -> None:
    """A lesson is said better and retired: only the log still knows what it said before."""
    lesson, project = new_id(), new_id()
    drawn = log.append(organisation, recorded([LessonDrawn(lesson, project, None, "Insight.", "Advice.")]))[-1]
    log.append(organisation, recorded([LessonRetired(lesson, "Nobody does it any more.")]))
    advance(pool, lessons.PROJECTION, organisation)
    asked: dict[str, Any] = {"subject": "lesson", "ids": [lesson], "types": lessons.FOLDED}
    with pool.of(organisation) as connection:
        then, now = (
            spelt(connection, "lesson", rows(log, organisation, lessons.PROJECTION, position, **asked))
            for position in (drawn.position, log.head(organisation).position)
        )
        today = live(connection, "lesson", "lesson_id", organisation)
    assert now == today
    assert then != today


@pytest.fixture
def three() -> tuple[Log, UUID]:
    """A log of three positions, the registration and two events of later appends."""
    log = MemoryLog()
    organisation = organisations.register(log, "Any", "tests")
    for kind in ("went_well", "went_wrong"):
        log.append(organisation, recorded([DiscussionPointRaised(new_id(), new_id(), None, kind, "It happened.")]))
    return log, organisation


def test_a_position_and_the_time_it_was_recorded_lead_to_the_same(three: tuple[Log, UUID]) -> None:
    """Either is answered with both; a time before all events is position 0, of which no time can be told."""
    log, organisation = three
    for stored in log.read(organisation):
        by_position = resolve(log, organisation, stored.position)
        assert by_position == resolve(log, organisation, stored.recorded_at)
        assert (by_position.position, by_position.recorded_at) == (stored.position, stored.recorded_at)
    long_ago = resolve(log, organisation, datetime(1999, 1, 1, tzinfo=UTC))
    assert (long_ago.position, long_ago.recorded_at) == (0, None)


def test_the_future_is_refused(three: tuple[Log, UUID]) -> None:
    """Neither a position behind the head nor a time that is still to come has an answer that would stay true."""
    log, organisation = three
    for asked in (4, datetime.now(UTC) + timedelta(minutes=1)):
        with pytest.raises(Invalid) as refused:
            resolve(log, organisation, asked)
        assert refused.value.field == "/as_of"


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for below in plan.get("Plans", []) for node in nodes(below))]


def test_as_of_reads_what_it_needs_and_not_the_log(pool: Pool, log: Log, owner: Connection[Any]) -> None:
    """In a log of 4,000 events each query goes down its index and meets only the events it returns, or the steps of a halving."""
    organisation = organisations.register(log, "Large", "tests")
    projects, drawn = [new_id() for _ in range(20)], [new_id() for _ in range(500)]
    events: list[DomainEvent] = []
    for n in range(4_000):
        project, lesson = projects[n % 20], drawn[n // 8]
        if n % 8 == 0:
            events.append(LessonDrawn(lesson, project, None, "Insight.", "Advice."))
        elif n % 8 == 1:
            events.append(FeedbackGiven(project, lesson, "adopted"))
        else:
            events.append(DiscussionPointRaised(new_id(), project, None, "idea", "A point."))
    middle = log.append(organisation, recorded(events[:1_500]))[-1]
    log.append(organisation, recorded(events[1_500:]))
    owner.execute("ANALYZE event")
    names = {"organisation_id": organisation, "until": 3_000}
    folded = [wire.type_of(each) for each in lessons.FOLDED]
    told = [wire.type_of(each) for each in recommendations.FOLDED]
    queries: list[tuple[str, str, int, dict[str, Any]]] = [
        ("read_about_lesson", "event_about_lesson", 6, {"ids": drawn[:3], "types": folded}),
        ("read_about_project", "event_about_project", 75, {"ids": projects[1:2], "types": told}),
        ("read_newest", "event_by_type", 5, {"type": "lesson_drawn", "before": 3_000, "limit": 5}),
        ("position_at", "event_pkey", 14, {"moment": middle.recorded_at}),
    ]
    with pool.of(organisation) as connection:
        for name, index, most, more in queries:
            explain = "EXPLAIN (ANALYZE, FORMAT JSON) " + SQL[name]
            (found,) = connection.execute(explain, names | more).fetchone() or ()  # type: ignore[arg-type]
            plan = json.loads(found) if isinstance(found, str) else found
            scans = [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") == "event"]
            assert [scan.get("Index Name") for scan in scans] == [index], name
            (scan,) = scans
            met = (scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0)) * scan["Actual Loops"]
            assert 0 < met <= most, (name, met)
