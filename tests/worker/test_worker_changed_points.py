"""What the worker made of a point follows the point: its vector, what is near to it, what it repeats, what it is about."""

from typing import Any
from uuid import UUID

import numpy as np
import pytest
from in_process import Worker
from telling import BY_A_TEST, Teller
from test_worker_themes import tell

from hardwon import handlers, themes, work
from hardwon.domain import recurrence
from hardwon.domain.commands import ConfirmRecurrence
from hardwon.domain.events import RecurrenceDetected
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import NewEvent
from hardwon.projections import learning, recurrences
from hardwon.projections.following import Pool
from hardwon_worker.following import WATCH
from hardwon_worker.vectors import from_halfvec

LATE = "The supplier delivered the gate controllers eleven weeks late."
WRITTEN = "The supplier delivered the controllers late."
OTHERS = ["Tomatoes want warmth.", "Basil dislikes frost.", "Nobody counted birds.", "A choir sang too loudly."]


def vectors(pool: Pool, organisation_id: UUID) -> tuple[set[UUID], int, float]:
    """Return which points have a vector, how many the sum counts, and how far it is from the vectors' own sum."""
    with pool.of(organisation_id) as connection:
        query = "SELECT point_id, halfvec_send(embedding) FROM point_vector WHERE organisation_id = %s"
        rows = connection.execute(query, (organisation_id,)).fetchall()
        query = "SELECT points, total::real[] FROM point_vector_sum WHERE organisation_id = %s"
        ((count, total),) = connection.execute(query, (organisation_id,)).fetchall()
    assert len({point for point, _ in rows}) == len(rows)
    own = sum((from_halfvec(vector) for _, vector in rows), np.zeros(len(total)))
    return {point for point, _ in rows}, count, float(np.abs(own - np.array(total)).max())


def found(pool: Pool, organisation_id: UUID) -> list[Any]:
    asked: dict[str, Any] = {"before": 10**9, "limit": 9, "project_id": None}
    with pool.of(organisation_id) as connection:
        return recurrences.page(connection, organisation_id, **asked, states=["detected", "confirmed"])


def counted(pool: Pool, organisation_id: UUID) -> Any:
    with pool.of(organisation_id) as connection:
        months = learning.by_team(learning.rows(connection, organisation_id))
    return learning.in_all(months, first="0001-01", last="9999-12")


def near(worker: Worker, teller: Teller) -> list[str]:
    told = worker.run(work.SIMILAR, teller.organisation_id, WRITTEN, None, 9)
    return [each["point_id"] for each in told["points"] if each["similarity"] > 0.4]


def test_a_point_said_otherwise_is_found_by_its_new_words(worker: Worker, teller: Teller, pool: Pool) -> None:
    """The new text has the one vector of the point, the sum stays in step, and similar texts find it; before, they did not."""
    first, *others = teller.points(teller.project("Past"), "Cats sleep.", *OTHERS)
    worker.run(work.FOLLOW, teller.organisation_id)
    assert near(worker, teller) == []
    teller.reword(first, LATE)
    worker.run(work.FOLLOW, teller.organisation_id)
    known, count, off = vectors(pool, teller.organisation_id)
    assert (known, count) == ({first, *others}, 1 + len(OTHERS))
    assert off < 0.01
    assert near(worker, teller) == [str(first)]


def test_a_point_taken_back_is_near_to_nothing(worker: Worker, teller: Teller, pool: Pool) -> None:
    """Its vector goes, also out of the sum, and no text is like it any more; before, one was."""
    first, *others = teller.points(teller.project("Past"), LATE, *OTHERS)
    worker.run(work.FOLLOW, teller.organisation_id)
    assert near(worker, teller) == [str(first)]
    teller.withdraw(first)
    worker.run(work.FOLLOW, teller.organisation_id)
    worker.run(work.FOLLOW, teller.organisation_id)
    known, count, off = vectors(pool, teller.organisation_id)
    assert (known, count) == (set(others), len(OTHERS))
    assert off < 0.01
    assert near(worker, teller) == []


def test_a_text_taken_back_before_it_was_embedded_gets_no_vector(worker: Worker, teller: Teller, pool: Pool) -> None:
    """A worker that comes late finds nothing left to do of it."""
    worker.drop(WATCH)
    first, *others = teller.points(teller.project("Past"), LATE, *OTHERS)
    worker.run(work.FOLLOW, teller.organisation_id)
    teller.withdraw(first)
    worker.run(work.FOLLOW, teller.organisation_id)
    worker.run(WATCH, teller.organisation_id)
    assert vectors(pool, teller.organisation_id)[:2] == (set(others), len(OTHERS))


@pytest.mark.parametrize("back", [False, True])
def test_a_recurrence_goes_with_its_point(worker: Worker, teller: Teller, pool: Pool, *, back: bool) -> None:
    """What was found of a point that is taken back is told and counted no more; the control: left alone, it is."""
    (known,) = teller.lessons(teller.past_project(*OTHERS), LATE, advice="")
    (point,) = teller.points(teller.project("Now", ended_on="2020-01-01"), WRITTEN)
    worker.run(work.FOLLOW, teller.organisation_id)
    if back:
        teller.withdraw(point)
        worker.run(work.FOLLOW, teller.organisation_id)
    told = [(row["point_id"], row["lesson_id"]) for row in found(pool, teller.organisation_id)]
    assert told == ([] if back else [(point, known)])
    assert counted(pool, teller.organisation_id)["recurrences"] == len(told)


@pytest.mark.parametrize(("with_lesson", "confirmed"), [(False, False), (True, False), (False, True)])
def test_without_the_earlier_story_the_lesson_is_left(
    worker: Worker, teller: Teller, pool: Pool, *, with_lesson: bool, confirmed: bool
) -> None:
    """A recurrence of a story that is taken back is told by the lesson that it repeats too; where there is none, it is none
    any more, as soon as the radar comes by, but where a person has confirmed it.
    """
    past = teller.past_project(*OTHERS)
    if with_lesson:
        teller.lessons(past, LATE, advice="")
    (earlier,) = teller.points(past, LATE)
    (point,) = teller.points(teller.project("Now", ended_on="2020-01-01"), WRITTEN)
    worker.run(work.FOLLOW, teller.organisation_id)
    before = {row["point_id"]: row for row in found(pool, teller.organisation_id)}
    assert before[point]["earlier_point_id"] == earlier
    assert counted(pool, teller.organisation_id)["recurrences"] == len(before)
    if confirmed:
        request = Request(new_id(), BY_A_TEST)
        confirming = ConfirmRecurrence(point, "The very same.")
        handlers.judge_recurrence(teller.log, teller.organisation_id, confirming, request)
        worker.run(work.FOLLOW, teller.organisation_id)
    teller.withdraw(earlier)
    worker.run(work.FOLLOW, teller.organisation_id)
    after = {row["point_id"]: row["note"] for row in found(pool, teller.organisation_id)}
    assert after == ({point: "The very same." if confirmed else ""} if with_lesson or confirmed else {})
    assert counted(pool, teller.organisation_id)["recurrences"] == len(after)


@pytest.mark.parametrize("gone", ["it", "its story", "neither"])
def test_what_was_found_at_the_moment_of_taking_back_is_none(
    worker: Worker, teller: Teller, pool: Pool, gone: str
) -> None:
    """A worker looked a moment before a point, or the only story that it repeats, was taken back, and recorded what it found a moment
    behind: that is told and counted no more. The control: where neither was taken back, it is.
    """
    project = teller.project("Past")
    earlier, point = teller.points(project, *OTHERS[:2])
    if gone != "neither":
        teller.withdraw(point if gone == "it" else earlier)
    worker.run(work.FOLLOW, teller.organisation_id)
    detected = RecurrenceDetected(point, project, None, earlier, 0.9, False, False, "r", "m")
    known = NewEvent(new_id(), recurrence.stream(point), detected, BY_A_TEST)
    teller.log.append(teller.organisation_id, [known])
    for _ in "ab":
        worker.run(work.FOLLOW, teller.organisation_id)
        told = found(pool, teller.organisation_id)
        assert [row["point_id"] for row in told] == ([point] if gone == "neither" else [])
        assert counted(pool, teller.organisation_id)["recurrences"] == len(told)


def test_other_words_are_looked_at_again(worker: Worker, teller: Teller, pool: Pool) -> None:
    """A point whose new words repeat what was known is a recurrence; one that was found stays one, until a person says otherwise."""
    teller.lessons(teller.past_project(*OTHERS), LATE, advice="")
    (point,) = teller.points(teller.project("Now", ended_on="2020-01-01"), "The cat slept.")
    worker.run(work.FOLLOW, teller.organisation_id)
    assert found(pool, teller.organisation_id) == []
    for text in (WRITTEN, "The cat slept."):
        teller.reword(point, text)
        worker.run(work.FOLLOW, teller.organisation_id)
        assert [row["point_id"] for row in found(pool, teller.organisation_id)] == [point]


def test_a_theme_is_not_told_of_by_a_point_taken_back(worker: Worker, teller: Teller, pool: Pool) -> None:
    """As soon as it is gone, a month counts one text less, without any theme being found anew."""
    tell(teller, np.random.default_rng(0))
    worker.run(work.FOLLOW, teller.organisation_id)

    def told() -> int:
        with pool.of(teller.organisation_id) as connection:
            rows = themes.told(connection, teller.organisation_id, first="0001-01", last="9999-12")
        return sum(row["texts"] for row in rows)

    before = told()
    with pool.of(teller.organisation_id) as connection:
        query = (
            "SELECT text_id FROM theme_text WHERE organisation_id = %s AND theme IS NOT NULL AND kind = 'went_wrong'"
        )
        about_it = connection.execute(query, (teller.organisation_id,)).fetchall()
    teller.withdraw(about_it[0][0])
    worker.run(work.FOLLOW, teller.organisation_id)
    assert told() == before - 1 > 0
