"""What happened to one project, lesson or point is found by its id, in both logs."""

from typing import Any
from uuid import UUID

from hardwon.domain.events import (
    FeedbackWithdrawn,
    LessonRetired,
    PointReworded,
    PointWithdrawn,
    ProjectProfileChanged,
    RecurrenceConfirmed,
)
from hardwon.ids import new_id
from hardwon.log import wire
from hardwon.log.wire import Metadata, NewEvent
from hardwon.ports import Log


def test_the_events_about_a_project_or_a_lesson_are_read_from_whatever_stream(any_log: Log, empty: UUID) -> None:
    """What is folded for one project or lesson walks the events that name it, and stops at any day."""
    first, second, project = UUID(int=11), UUID(int=12), UUID(int=13)
    facts = [
        LessonRetired(first, "a"),
        FeedbackWithdrawn(project, first),
        FeedbackWithdrawn(project, second),
        ProjectProfileChanged(project, {}),
        LessonRetired(second, "b"),
    ]
    any_log.append(empty, [NewEvent(new_id(), f"s{n}", fact, Metadata("tests")) for n, fact in enumerate(facts)])

    def positions(subject: wire.Subject, ids: list[UUID], until: int, *types: type[Any]) -> list[int]:
        return [s.position for s in any_log.read_about(empty, subject, ids, types, until)]

    assert positions("lesson", [first], 6, LessonRetired, FeedbackWithdrawn) == [1, 2]
    assert positions("lesson", [second, first, first], 4, LessonRetired, FeedbackWithdrawn) == [1, 2, 3]
    assert positions("project", [project], 6, FeedbackWithdrawn, ProjectProfileChanged) == [2, 3, 4]
    assert positions("project", [project], 6, ProjectProfileChanged) == [4]
    assert positions("project", [], 6, ProjectProfileChanged) == []


def test_what_changed_a_point_is_found_by_the_point(any_log: Log, empty: UUID) -> None:
    """In whatever stream it stands, up to any position; events of other types that name a point are none of them."""
    first, second, project = new_id(), new_id(), UUID(int=2)
    facts = [
        PointReworded(first, project, None, "A."),
        RecurrenceConfirmed(first, project),
        PointReworded(second, project, None, "B."),
        PointWithdrawn(first, project, None, "idea", "2026-03-09"),
    ]
    any_log.append(empty, [NewEvent(new_id(), f"s{n}", fact, Metadata("tests")) for n, fact in enumerate(facts)])

    def positions(ids: list[UUID], until: int, *types: type[Any]) -> list[int]:
        return [s.position for s in any_log.read_about(empty, "point", ids, types, until)]

    both = (PointReworded, PointWithdrawn)
    assert positions([first], 4, *both) == [1, 4]
    assert positions([first, second], 3, *both) == [1, 3]
    assert positions([first, second], 4, PointWithdrawn) == [4]
