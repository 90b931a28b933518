"""Lessons that say the same are proposed to be merged; nothing merges by itself, and nobody is asked twice."""

from typing import Any
from uuid import UUID

import pytest
from in_process import Worker
from telling import BY_A_TEST, Teller

from hardwon import handlers, work
from hardwon.domain.commands import DeclineMerge, LessonCommand, ReviseLesson
from hardwon.domain.events import MergeProposed
from hardwon.domain.lesson import stream
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.projections.following import Pool
from hardwon_worker import duplicates
from hardwon_worker.following import WATCH

SAYING = "The supplier delivered the doors of the tram late."


def drawn(teller: Teller, insight: str) -> UUID:
    (lesson,) = teller.lessons(teller.project("Past", ended_on="2020-01-01"), insight)
    return lesson


def change(teller: Teller, command: LessonCommand) -> None:
    handlers.change_lesson(teller.log, teller.organisation_id, command, Request(new_id(), BY_A_TEST))


def proposed(teller: Teller, *lessons: UUID) -> list[tuple[UUID, UUID]]:
    """Return what was proposed to be merged into what, of these lessons."""
    events = [each.event for id_ in lessons for each in teller.log.read_stream(teller.organisation_id, stream(id_))]
    return [(each.lesson_id, each.into_lesson_id) for each in events if isinstance(each, MergeProposed)]


def test_the_newer_of_two_that_say_the_same_is_proposed(teller: Teller, worker: Worker) -> None:
    """The older stands, the newer would live on in it; what merely shares a word is left alone, and both stay as they are."""
    old = drawn(teller, SAYING)
    worker.run(work.FOLLOW, teller.organisation_id)
    new, other = drawn(teller, f"{SAYING} "), drawn(teller, "The supplier was friendly and in time.")
    worker.run(work.FOLLOW, teller.organisation_id)
    assert proposed(teller, old, new, other) == [(new, old)]
    known, _ = handlers.current_lesson(teller.log, teller.organisation_id, new)
    assert known.state == "current"
    event = teller.log.read_stream(teller.organisation_id, stream(new))[-1]
    assert event.metadata["actor"] == "hardwon-worker"
    assert event.data["similarity"] == pytest.approx(1, abs=1e-3)


def test_nothing_is_proposed_twice(teller: Teller, worker: Worker, pool: Pool) -> None:
    """Tasks delivered again, and a follower that starts anew, add nothing."""
    lessons = [drawn(teller, SAYING) for _ in range(2)]
    worker.run(work.FOLLOW, teller.organisation_id)
    assert len(proposed(teller, *lessons)) == 1
    with pool.of(teller.organisation_id) as connection:
        names: dict[str, Any] = {"organisation_id": teller.organisation_id, "follower": duplicates.FOLLOWER}
        connection.execute(
            "UPDATE checkpoint SET position = 0 WHERE organisation_id = %(organisation_id)s AND follower = %(follower)s",
            names,
        )
    worker.run(WATCH, teller.organisation_id)
    assert len(proposed(teller, *lessons)) == 1


def test_what_a_person_declined_is_not_asked_again(teller: Teller, worker: Worker) -> None:
    """Said of either of the two, it holds for both, also when one is said better later."""
    worker.drop(WATCH)
    old, new = drawn(teller, SAYING), drawn(teller, SAYING)
    worker.run(work.FOLLOW, teller.organisation_id)
    change(teller, DeclineMerge(old, new, "Different suppliers."))
    change(teller, ReviseLesson(new, {"insight": SAYING.upper()}, "Louder."))
    worker.run(work.FOLLOW, teller.organisation_id)
    live = worker.parts.vectors.live(teller.organisation_id)
    while worker.parts.duplicates.propose(teller.organisation_id, live) is not None:
        pass
    assert proposed(teller, old, new) == []


def test_a_retired_lesson_is_no_duplicate(teller: Teller, worker: Worker) -> None:
    """What no longer stands is not merged into, and not merged."""
    old = drawn(teller, SAYING)
    teller.retire(old)
    new = drawn(teller, SAYING)
    worker.run(work.FOLLOW, teller.organisation_id)
    assert proposed(teller, old, new) == []


def test_ten_that_say_the_same_are_few_proposals(teller: Teller, worker: Worker) -> None:
    """An import of the same lesson ten times does not ask for every pair."""
    lessons = [drawn(teller, SAYING) for _ in range(10)]
    worker.run(work.FOLLOW, teller.organisation_id)
    assert len(proposed(teller, *lessons)) == 9
