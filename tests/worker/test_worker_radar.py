"""The recurrence radar: a problem that was met before is noticed once, with what the project had been told of it."""

from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from in_process import Worker
from pgvector import Vector
from psycopg import sql
from telling import BY_A_TEST, Teller

from hardwon import handlers, organisations, work
from hardwon.domain import recurrence
from hardwon.domain.commands import DrawLesson, GiveFeedback, HoldRetrospective
from hardwon.domain.events import RecurrenceDetected
from hardwon.handlers import Request, RetroItem
from hardwon.ids import new_id
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log
from hardwon.projections.following import Pool
from hardwon_worker import batches, radar, retrieval, vectors
from hardwon_worker.following import WATCH
from hardwon_worker.radar import BATCH, Radar

LATE = "The supplier delivered the gate controllers eleven weeks late."
OTHERS = ["Tomatoes want warmth.", "Basil dislikes frost.", "Nobody counted birds.", "A choir sang too loudly."]


def detected(teller: Teller, point_id: UUID) -> list[StoredEvent]:
    """Return every time that the point was said to be a recurrence; there should never be two."""
    stored = teller.log.read_stream(teller.organisation_id, recurrence.stream(point_id))
    return [each for each in stored if isinstance(each.event, RecurrenceDetected)]


def all_detected(teller: Teller) -> list[Any]:
    head = teller.log.head(teller.organisation_id).position
    return [each.event for each in teller.log.read_types(teller.organisation_id, [RecurrenceDetected], head)]


def meeting(teller: Teller, project_id: UUID) -> UUID:
    id_ = new_id()
    held = RetroItem(HoldRetrospective(id_, project_id, "Looking back", None), id_)
    handlers.record_retro_events(teller.log, teller.organisation_id, project_id, [held], BY_A_TEST)
    return id_


def lesson(teller: Teller, project_id: UUID, point_id: UUID, *, of: UUID | None = None) -> UUID:
    id_ = new_id()
    drawn = RetroItem(DrawLesson(id_, project_id, of, LATE, "", "", (point_id,), (), "en"), id_)
    handlers.record_retro_events(teller.log, teller.organisation_id, project_id, [drawn], BY_A_TEST)
    return id_


def adopt(teller: Teller, project_id: UUID, lesson_id: UUID) -> None:
    command = GiveFeedback(project_id, lesson_id, "adopted", "")
    handlers.give_feedback(teller.log, teller.organisation_id, command, Request(new_id(), BY_A_TEST))


def test_a_problem_that_a_lesson_covered_is_found(worker: Worker, teller: Teller) -> None:
    """A point close to an earlier lesson of any project is a recurrence, named with lesson, model and what led to it."""
    past = teller.past_project(*OTHERS)
    (known,) = teller.lessons(past, LATE, advice="")
    now = teller.project("Now", ended_on="2020-01-01")
    point, other = teller.points(now, "The supplier delivered the gate controllers late.", "The cat slept.")
    worker.run(work.FOLLOW, teller.organisation_id)
    (stored,) = detected(teller, point)
    found: Any = stored.event
    assert (found.project_id, found.lesson_id, found.earlier_point_id) == (now, known, None)
    assert 0.45 <= found.similarity <= 1
    assert (found.suggested, found.adopted) == (False, False)
    assert (found.radar, found.embedding_model) == ("nearest-1", "words@fake")
    assert detected(teller, other) == []
    (raised,) = teller.log.find(teller.organisation_id, [point]).values()
    assert stored.occurred_at == raised.occurred_at
    assert stored.metadata["causation_id"] == str(point)


def test_the_own_earlier_lesson_counts_and_the_later_one_does_not(worker: Worker, teller: Teller) -> None:
    """What a team learned and met again is a recurrence; the lesson that it then draws from this very problem is not what covered it."""
    teller.past_project(*OTHERS)
    now = teller.project("Now", ended_on="2020-01-01")
    first_meeting, second_meeting = meeting(teller, now), meeting(teller, now)
    (first,) = teller.points(now, LATE, meeting=first_meeting)
    known = lesson(teller, now, first, of=first_meeting)
    (same_meeting,) = teller.points(now, LATE, meeting=first_meeting)
    (again,) = teller.points(now, LATE, meeting=second_meeting)
    lesson(teller, now, again, of=second_meeting)
    worker.run(work.FOLLOW, teller.organisation_id)
    assert detected(teller, first) == detected(teller, same_meeting) == []
    (stored,) = detected(teller, again)
    assert isinstance(stored.event, RecurrenceDetected)
    assert (stored.event.lesson_id, stored.event.earlier_point_id) == (known, min(first, same_meeting))


def test_a_problem_that_another_project_met_is_found(worker: Worker, teller: Teller, log: Log) -> None:
    """Without any lesson, the earlier story is named; happy stories, later ones and other organisations' count for nothing."""
    foreign = Teller(log, organisations.register(log, "Another", "tests"))
    foreign.points(foreign.project("Past"), LATE)
    worker.run(work.FOLLOW, foreign.organisation_id)
    past, now = (teller.project(name, ended_on="2020-01-01") for name in ("Past", "Now"))
    teller.points(past, *OTHERS)
    teller.points(past, LATE, kind="went_well")
    (first,) = teller.points(past, LATE)
    (happy,) = teller.points(now, LATE, kind="went_well")
    (again,) = teller.points(now, LATE)
    worker.run(work.FOLLOW, teller.organisation_id)
    assert detected(teller, first) == detected(teller, happy) == []
    (stored,) = detected(teller, again)
    assert isinstance(stored.event, RecurrenceDetected)
    assert (stored.event.lesson_id, stored.event.earlier_point_id) == (None, first)
    assert stored.event.similarity == pytest.approx(1, abs=1e-3)


def test_what_the_project_had_been_told_is_told_right(worker: Worker, teller: Teller) -> None:
    """Suggested and adopted count only if they came before the point, wherever the read models are by now."""
    (known,) = teller.lessons(teller.past_project(*OTHERS), LATE, advice="")
    project = teller.project("Now", ended_on="2020-01-01")
    (before,) = teller.points(project, LATE)
    teller.offer(project, known)
    (warned,) = teller.points(project, LATE)
    adopt(teller, project, known)
    (adopted,) = teller.points(project, LATE)
    worker.run(work.FOLLOW, teller.organisation_id)
    told = [detected(teller, point)[0].event for point in (before, warned, adopted)]
    assert [(each.suggested, each.adopted) for each in told if isinstance(each, RecurrenceDetected)] == [
        (False, False),
        (True, False),
        (True, True),
    ]


def test_what_somebody_brought_was_told(worker: Worker, teller: Teller) -> None:
    """A lesson that a person brought to the project had warned it as well as one that was suggested, from then on."""
    (known,) = teller.lessons(teller.past_project(*OTHERS), LATE, advice="")
    project = teller.project("Now")
    (before,) = teller.points(project, LATE)
    teller.bring(project, known)
    adopt(teller, project, known)
    (warned,) = teller.points(project, LATE)
    worker.run(work.FOLLOW, teller.organisation_id)
    told = [detected(teller, point)[0].event for point in (before, warned)]
    assert [(each.suggested, each.adopted) for each in told if isinstance(each, RecurrenceDetected)] == [
        (False, False),
        (True, True),
    ]


def test_a_retired_lesson_covers_nothing(worker: Worker, teller: Teller) -> None:
    """Only lessons that stand can have been known."""
    (known,) = teller.lessons(teller.past_project(*OTHERS), LATE, advice="")
    teller.retire(known)
    (point,) = teller.points(teller.project("Now"), LATE)
    worker.run(work.FOLLOW, teller.organisation_id)
    assert detected(teller, point) == []


def test_a_point_is_judged_once_for_good(worker: Worker, teller: Teller, pool: Pool) -> None:
    """Run again, also from the start, the radar adds nothing; and what is learned later makes no old point a recurrence."""
    past = teller.past_project(*OTHERS)
    teller.lessons(past, LATE, advice="")
    now = teller.project("Now")
    (point, alone) = teller.points(now, LATE, "The lift stood still for a week.")
    worker.run(work.FOLLOW, teller.organisation_id)
    teller.lessons(past, "The lift stood still for a week.", advice="")
    worker.run(work.FOLLOW, teller.organisation_id)
    with pool.of(teller.organisation_id) as connection:
        connection.execute("UPDATE checkpoint SET position = 0 WHERE organisation_id = %s", (teller.organisation_id,))
    worker.run(work.FOLLOW, teller.organisation_id)
    assert len(detected(teller, point)) == 1
    assert detected(teller, alone) == []


def test_two_workers_at_once_record_a_recurrence_once(worker: Worker, teller: Teller) -> None:
    """An import of repeated problems, watched by four tasks at once, gives each repeated point one event."""
    worker.drop(WATCH)
    for _ in range(3):
        teller.points(teller.project("P"), *(f"{text} {LATE}" for text in OTHERS), *OTHERS)
    worker.run(work.FOLLOW, teller.organisation_id)
    start = Barrier(4)

    def watch() -> None:
        start.wait()
        worker.run(WATCH, teller.organisation_id)

    threads = [Thread(target=watch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    worker.run(WATCH, teller.organisation_id)
    points = [each.point_id for each in all_detected(teller)]
    assert len(points) == len(set(points)) == 16


def test_a_killed_workers_batch_is_done_again(worker: Worker, teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between recording and remembering how far it was, the radar comes to the same events when it is run again."""
    worker.drop(WATCH)
    for _ in range(2):
        teller.points(teller.project("P"), *OTHERS)
    worker.run(work.FOLLOW, teller.organisation_id)
    with monkeypatch.context() as patched:
        patched.setattr(batches, "move_checkpoint", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            worker.run(WATCH, teller.organisation_id)
    assert len(all_detected(teller)) == len(OTHERS)
    worker.run(WATCH, teller.organisation_id)
    assert len(all_detected(teller)) == len(OTHERS)
    assert not worker.parts.radar.behind(teller.organisation_id, worker.parts.vectors.live(teller.organisation_id))


def test_an_import_is_judged_in_batches(worker: Worker, teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many points come at once, a task judges a few and asks for another one."""
    asked: list[Any] = []
    monkeypatch.setattr("hardwon_worker.following.WATCH_PATIENCE", 0)
    monkeypatch.setattr(worker._app.tasks[WATCH], "apply_async", lambda *arguments, **_: asked.append(arguments))
    for _ in range(2):
        teller.points(teller.project("P"), *(f"{text} {n}" for n in range(BATCH // 4) for text in OTHERS))
    worker.run(work.FOLLOW, teller.organisation_id)
    runs = 0
    while asked:
        asked.clear()
        worker.run(WATCH, teller.organisation_id)
        runs += 1
    assert len(all_detected(teller)) >= BATCH
    assert runs >= 2


@pytest.mark.parametrize("few", [0, 1_000_000], ids=["through the index", "by comparing all"])
def test_both_ways_find_the_same(worker: Worker, teller: Teller, pool: Pool, few: int) -> None:
    """A large organisation's radar walks the index and finds what comparing all finds."""
    past = teller.past_project(*(f"{text} {n}" for n in range(20) for text in OTHERS), LATE)
    teller.points(past, *(f"{text} {n}" for n in range(20) for text in OTHERS))
    points = teller.points(teller.project("Now"), LATE, *OTHERS)
    worker.run(work.FOLLOW, teller.organisation_id)
    live = worker.parts.vectors.live(teller.organisation_id)
    found = Radar(pool, teller.log, few=few).closest(teller.organisation_id, live, points)
    exact = worker.parts.radar.closest(teller.organisation_id, live, points)
    assert found == exact
    assert all(each.lesson and each.point for each in found.values())


@pytest.mark.parametrize(
    ("query", "table"),
    [(radar.CLOSEST_LESSONS, "lesson_vector"), (radar.CLOSEST_POINTS, "point_vector")],
    ids=["lessons", "points"],
)
@pytest.mark.parametrize(
    ("distance", "indexed"),
    [(retrieval.THROUGH_THE_INDEX, True), (retrieval.ALL_COMPARED, False)],
    ids=["index", "all"],
)
def test_each_way_is_planned_as_it_is_meant(
    worker: Worker, teller: Teller, pool: Pool, query: Any, table: str, distance: Any, *, indexed: bool
) -> None:
    """The index of vectors is walked where it is meant to be."""
    teller.points(teller.past_project(*OTHERS), *OTHERS)
    worker.run(work.FOLLOW, teller.organisation_id)
    live = worker.parts.vectors.live(teller.organisation_id)
    mean = Vector([0.0] * live.dimensions).to_text()
    names = {"organisation_id": teller.organisation_id, "mean": mean, "mean_of_points": mean, "candidates": 10}
    with pool.of(teller.organisation_id) as connection, connection.transaction():
        connection.execute("SET LOCAL enable_seqscan = off")  # these tables are too small for an index to pay
        if indexed:
            connection.execute(retrieval.SQL["walk_the_index"])
        asked = sql.SQL("EXPLAIN ") + retrieval.statement(query, live, distance)
        explained = str(connection.execute(asked, names | {"point_ids": [new_id()]}).fetchall())
    assert (f"Index Scan using {table}_" in explained and "Order By" in explained) is indexed


@pytest.mark.parametrize("query", [radar.SQL["unjudged"], vectors.SQL["unembedded_points"]], ids=["judged", "embedded"])
def test_points_are_taken_up_by_their_index(pool: Pool, teller: Teller, query: Any) -> None:
    """However many points there are, the next ones to embed or judge are found by where they stand in the log."""
    names = {"organisation_id": teller.organisation_id, "model": "m", "after": 5, "goal": 9, "limit": 16, "erased": ""}
    with pool.of(teller.organisation_id) as connection, connection.transaction():
        for way in ("seqscan", "bitmapscan", "sort"):  # these tables are too small for an index's order to pay
            connection.execute(f"SET LOCAL enable_{way} = off")
        explained = str(connection.execute(f"EXPLAIN {query}", names).fetchall())
    assert "discussion_point_text_went_wrong" in explained
    assert "Sort" not in explained
