"""Points as they now read, and as they read at any earlier position; those taken back are in no count."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from histories import history, recorded
from hypothesis import HealthCheck, given, settings

from hardwon import organisations
from hardwon.domain.events import DiscussionPointRaised, DomainEvent, PointReworded, PointWithdrawn, ProjectRegistered
from hardwon.domain.events import RetrospectiveHeld as Held
from hardwon.domain.values import Profile
from hardwon.log.wire import Metadata, NewEvent
from hardwon.ports import Log
from hardwon.projections import points, projects, retrospectives
from hardwon.projections.following import Pool, advance

PROJECT, RETRO = UUID(int=1), UUID(int=2)


def opening(events: list[DomainEvent]) -> list[NewEvent]:
    """Give each point the id of the event that raised it, as handlers do."""
    return [
        NewEvent(event.point_id, "points", event, Metadata("tests"))
        if isinstance(event, DiscussionPointRaised)
        else recorded([event])[0]
        for event in events
    ]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=history())
def test_as_of_any_position_they_read_as_they_then_did(pool: Pool, log: Log, events: list[DomainEvent]) -> None:
    """At every position of any history the points folded from the log are those that the read model held."""
    organisation = organisations.register(log, "Any", "tests")
    ids = [event.point_id for event in events if isinstance(event, DiscussionPointRaised)]
    held: list[list[tuple[str, str]]] = []
    with pool.of(organisation) as connection:
        for new in opening(events):
            log.append(organisation, [new])
            advance(pool, points.PROJECTION, organisation)
            now = points.of_ids(connection, organisation, ids)
            held.append([(str(row["point_id"]), row["text"]) for row in now])
    for position, then in enumerate(held, start=2):
        found = points.of_ids_as_of(log, organisation, ids, position)
        assert [(row["point_id"], row["text"]) for row in found] == then


@pytest.fixture
def meeting(log: Log, pool: Pool, organisation: UUID) -> Callable[..., dict[str, Any]]:
    """Tells what is counted after a meeting with two points, and some more events."""

    def after(*more: DomainEvent) -> dict[str, Any]:
        raised: list[DomainEvent] = [
            DiscussionPointRaised(id_, PROJECT, RETRO, "idea", "Ask teh yard.") for id_ in (UUID(int=3), UUID(int=4))
        ]
        begun: list[DomainEvent] = [ProjectRegistered(PROJECT, Profile("P")), Held(RETRO, PROJECT, "Looking back")]
        log.append(organisation, opening([*begun, *raised, *more]))
        for each in (projects, retrospectives, points):
            advance(pool, each.PROJECTION, organisation)
        with pool.of(organisation) as connection:
            project = projects.get(connection, organisation, PROJECT)
            (retro,) = retrospectives.page(connection, organisation, before=99, limit=9)
            assert project
            return {
                "project": project["points"],
                "retrospective": retro["points"],
                "unanswered": points.count_unanswered(connection, organisation, [PROJECT]).get(PROJECT, 0),
                "lately": [row["text"] for row in points.unanswered_lately(connection, organisation, limit=9)],
            }

    return after


def test_a_point_taken_back_is_in_no_count(meeting: Callable[..., dict[str, Any]]) -> None:
    """Its project, its retrospective and what is not learned from yet count one point less."""
    told = meeting(PointWithdrawn(UUID(int=3), PROJECT, RETRO, "idea", "2026-03-09"))
    assert told == {"project": 1, "retrospective": 1, "unanswered": 1, "lately": ["Ask teh yard."]}


def test_the_control_a_point_said_otherwise_still_counts(meeting: Callable[..., dict[str, Any]]) -> None:
    """It reads as it was last said, and is counted as before."""
    told = meeting(PointReworded(UUID(int=4), PROJECT, RETRO, "Ask the yard."))
    assert told == {
        "project": 2,
        "retrospective": 2,
        "unanswered": 2,
        "lately": ["Ask the yard.", "Ask teh yard."],
    }
