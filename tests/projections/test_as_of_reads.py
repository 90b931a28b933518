"""Reads of lessons as of an earlier position return what the same reads of the live models returned there."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from histories import history, recorded
from hypothesis import HealthCheck, given, settings
from psycopg import Connection

from hardwon import organisations
from hardwon.domain.errors import Invalid
from hardwon.domain.events import DomainEvent, LessonDrawn, ProjectRegistered
from hardwon.domain.values import Profile
from hardwon.ports import Log
from hardwon.projections import lessons, projects
from hardwon.projections.as_of import resolve
from hardwon.projections.following import Pool, Row, advance

PAGE = 2
TOLD = ("lesson_id", "position", "version", "state", "insight", "leads_to", "project_name", "project_team")
Told = list[tuple[str, ...]]


def told(rows: Iterable[Row]) -> Told:
    """Return what tells the rows apart, spelt alike by the database and by a fold."""
    return [tuple(str(row[name]) for name in TOLD) for row in rows]


def live(connection: Connection[Any], organisation: UUID, ids: list[UUID], sources: list[UUID]) -> list[Told]:
    """Return all reads of the live models at this moment; each page is the newest, and one that begins within the log."""
    return [
        sorted(told(lessons.of_ids(connection, organisation, ids).values())),
        *(told(lessons.leading_to(connection, organisation, id_)) for id_ in ids),
        *(
            told(lessons.page(connection, organisation, before=before, limit=PAGE, project_id=source))
            for source in [None, *sources]
            for before in (2**62, 8)
        ),
    ]


def past(log: Log, organisation: UUID, ids: list[UUID], sources: list[UUID], until: int) -> list[Told]:
    """Return the same reads as of a position."""
    return [
        sorted(told(lessons.of_ids_as_of(log, organisation, ids, until).values())),
        *(told(lessons.leading_to_as_of(log, organisation, id_, until)) for id_ in ids),
        *(
            told(lessons.page_as_of(log, organisation, until=until, before=before, limit=PAGE, project_id=source))
            for source in [None, *sources]
            for before in (2**62, 8)
        ),
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=history())
def test_reads_as_of_any_position_are_what_was_read_there(pool: Pool, log: Log, events: list[DomainEvent]) -> None:
    """Pages of all lessons and of one project's, what lived on where, and the sources' names: all as they were then."""
    organisation = organisations.register(log, "Any", "tests")
    ids = [event.lesson_id for event in events if isinstance(event, LessonDrawn)]
    sources = [event.project_id for event in events if isinstance(event, ProjectRegistered)]
    with pool.of(organisation) as connection:
        read: list[list[Told]] = []
        for new in recorded(events):
            log.append(organisation, [new])
            for projection in (lessons.PROJECTION, projects.PROJECTION):
                advance(pool, projection, organisation)
            read.append(live(connection, organisation, ids, sources))
    for until, then in enumerate(read, start=2):
        assert past(log, organisation, ids, sources, until) == then


def test_a_page_of_one_projects_lessons_holds_its_newest(log: Log, organisation: UUID) -> None:
    """More lessons than a page holds: the newest come first, and the next page goes on behind them."""
    (project,) = recorded([ProjectRegistered(UUID(int=7), Profile("The source"))])
    drawn = [LessonDrawn(UUID(int=n), UUID(int=7), None, f"Lesson {n}.", "Advice.") for n in range(5)]
    log.append(organisation, [project, *recorded([*drawn])])
    names: dict[str, Any] = {"until": 6, "limit": PAGE, "project_id": UUID(int=7)}
    first = lessons.page_as_of(log, organisation, before=2**62, **names)
    assert [row["insight"] for row in first] == ["Lesson 3.", "Lesson 2."]
    then = lessons.page_as_of(log, organisation, before=int(first[-1]["position"]), **names)
    assert [row["insight"] for row in then] == ["Lesson 1.", "Lesson 0."]


def test_a_time_that_an_answer_told_can_be_asked_for(log: Log, organisation: UUID, owner: Connection[Any]) -> None:
    """Also where the database's clock is ahead of the reader's: what was recorded is past; a time behind it is still to come."""
    owner.execute(
        "UPDATE event SET recorded_at = recorded_at + interval '1 minute' WHERE organisation_id = %s", [organisation]
    )
    (last,) = log.read(organisation)
    assert last.recorded_at > datetime.now(UTC)
    assert resolve(log, organisation, last.recorded_at).position == 1
    with pytest.raises(Invalid, match="still to come"):
        resolve(log, organisation, last.recorded_at + timedelta(seconds=1))


@pytest.mark.parametrize("offset", [timedelta(hours=14), timedelta(hours=-14)])
def test_the_first_and_the_last_times_there_are_have_an_answer(log: Log, organisation: UUID, offset: timedelta) -> None:
    """Whatever their offset: the first is before all events, the last still to come."""
    assert resolve(log, organisation, datetime(1, 1, 1, tzinfo=timezone(offset))).position == 0
    with pytest.raises(Invalid, match="still to come"):
        resolve(log, organisation, datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(offset)))
