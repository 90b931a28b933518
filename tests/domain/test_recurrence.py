"""A recurrence is found once; then a person confirms or rejects it, and may think again."""

from functools import reduce
from uuid import UUID

import pytest

from hardwon import handlers, organisations
from hardwon.domain import recurrence
from hardwon.domain.commands import (
    ConfirmRecurrence,
    DetectRecurrence,
    RaiseDiscussionPoint,
    RegisterProject,
    RejectRecurrence,
)
from hardwon.domain.errors import NotFound
from hardwon.domain.events import DomainEvent, RecurrenceConfirmed, RecurrenceDetected, RecurrenceRejected
from hardwon.domain.recurrence import Recurrence
from hardwon.domain.values import Profile
from hardwon.handlers import Request, RetroItem
from hardwon.ids import new_id
from hardwon.log.memory import MemoryLog
from hardwon.log.wire import Metadata

POINT, PROJECT, LESSON = (UUID(int=n) for n in range(1, 4))
WHAT = (LESSON, None, 0.5, True, False, "nearest-1", "a-model")
DETECTED = RecurrenceDetected(POINT, PROJECT, *WHAT)
CONFIRMED = RecurrenceConfirmed(POINT, PROJECT, "Again.")
REJECTED = RecurrenceRejected(POINT, PROJECT, "Another supplier.")
CONFIRM, REJECT = ConfirmRecurrence(POINT, "Again."), RejectRecurrence(POINT, "Another supplier.")


def after(*events: DomainEvent) -> Recurrence | None:
    nothing: Recurrence | None = None
    return reduce(recurrence.evolve, events, nothing)


def test_the_radar_says_what_it_found() -> None:
    """When the radar finds a point close to a lesson, then that is what happened, word for word."""
    assert recurrence.detect(DetectRecurrence(POINT, PROJECT, *WHAT)) == DETECTED
    assert after(DETECTED) == Recurrence(POINT, PROJECT, "detected")


def test_a_person_decides_and_may_decide_anew() -> None:
    """Given a recurrence, it is confirmed or rejected; the latest word counts, and the same word again is no event."""
    assert recurrence.judge(CONFIRM, after(DETECTED)) == [CONFIRMED]
    assert recurrence.judge(CONFIRM, after(DETECTED, CONFIRMED)) == []
    assert recurrence.judge(REJECT, after(DETECTED, CONFIRMED)) == [REJECTED]
    assert recurrence.judge(CONFIRM, after(DETECTED, CONFIRMED, REJECTED)) == [CONFIRMED]
    assert after(DETECTED, CONFIRMED, REJECTED) == Recurrence(POINT, PROJECT, "rejected", "Another supplier.")


def test_another_note_is_another_word() -> None:
    """Given a confirmed recurrence, a new note is recorded."""
    noted = ConfirmRecurrence(POINT, "For the third time.")
    assert recurrence.judge(noted, after(DETECTED, CONFIRMED)) == [
        RecurrenceConfirmed(POINT, PROJECT, "For the third time.")
    ]


@pytest.mark.parametrize("command", [CONFIRM, REJECT])
def test_what_was_not_found_cannot_be_judged(command: ConfirmRecurrence | RejectRecurrence) -> None:
    """A point that the radar did not find is no recurrence to say anything of."""
    with pytest.raises(NotFound, match="no recurrence"):
        recurrence.judge(command, after())


def test_the_radar_records_a_point_once() -> None:
    """Found a second time, even with another similarity, a point keeps its first event; new ones beside it are recorded."""
    memory = MemoryLog()
    organisation = organisations.register(memory, "An organisation", "tests")
    by = Metadata("tests", "a request")
    project = new_id()
    handlers.register_project(memory, organisation, RegisterProject(project, Profile("P")), Request(project, by))
    points = [new_id(), new_id()]
    raised = [RetroItem(RaiseDiscussionPoint(id_, project, None, "went_wrong", "It broke.", ()), id_) for id_ in points]
    handlers.record_retro_events(memory, organisation, project, raised, by)

    def found(similarity: float, *ids: UUID) -> list[DetectRecurrence]:
        return [DetectRecurrence(id_, project, LESSON, None, similarity, False, False, "r", "m") for id_ in ids]

    (first,) = handlers.detect_recurrences(memory, organisation, found(0.5, points[0]), "a-worker")
    (second,) = handlers.detect_recurrences(memory, organisation, found(0.9, *points), "a-worker")
    assert [first.event, second.event] == [
        RecurrenceDetected(id_, project, LESSON, None, similarity, False, False, "r", "m")
        for id_, similarity in zip(points, (0.5, 0.9), strict=True)
    ]
    assert handlers.detect_recurrences(memory, organisation, found(0.7, *points), "a-worker") == []
    assert (first.metadata["correlation_id"], first.metadata["causation_id"]) == ("a request", str(points[0]))
    assert handlers.judge_recurrence(memory, organisation, ConfirmRecurrence(points[0], ""), Request(new_id(), by))
