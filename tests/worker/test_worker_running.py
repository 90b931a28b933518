"""A running project goes on learning: what is new elsewhere comes to it, a few lessons a day, the rest in its digest."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fake_embedding import WordsEmbedder
from in_process import Worker, everything
from psycopg import Connection
from redis import Redis
from running_projects import ABOUT, Days, changes, learned, registered, state, told
from telling import BY_A_TEST, Teller

from hardwon import handlers, work
from hardwon.domain.commands import RestoreLesson, ReviseLesson
from hardwon.domain.suggesting import AT_ONCE, DAY, DIGEST_EVERY, NEW_A_DAY
from hardwon.domain.values import Artefact
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.projections.following import Pool
from hardwon_worker import following
from hardwon_worker.following import COMPARE, SUGGEST, SWEEP, TELL
from hardwon_worker.running import FOLLOWER, SQL

WORDS = ["deploy", "release", "test", "server", "queue", "cache", "index", "table", "disk", "clock"]
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _nothing_left(redis: Redis, worker: Worker, embedder: WordsEmbedder) -> None:
    """Do first what other tests' organisations still wait for: a sweep finds it, and these tests count what is embedded."""
    worker.run(SWEEP)
    embedder.embedded.clear()


@pytest.fixture
def days(owner: Connection[Any], worker: Worker, teller: Teller) -> Days:
    return Days(owner, worker, teller.organisation_id)


@pytest.fixture
def running(teller: Teller, worker: Worker) -> UUID:
    """A project that was answered: it was suggested the one lesson that there was."""
    teller.past_project("The deploy of the server broke.")
    return registered(teller, worker)


def test_a_new_lesson_reaches_the_projects_that_run(teller: Teller, worker: Worker, running: UUID) -> None:
    """A lesson drawn elsewhere comes to a running project, with rank, score and reason; not to its own project, nor to one that ended."""
    own = registered(teller, worker, "Its own")
    ended = registered(teller, worker, "Ended")
    changes(teller, worker, ended, ended_on="2021-01-01")
    strange = registered(teller, worker, "Kitchen", summary="Soups, salads, bread baked slowly.")
    (lesson,) = teller.lessons(own, "The release of the server was late.")
    worker.run(work.FOLLOW, teller.organisation_id)
    assert told(teller, running)[1:] == [("new_lessons", {lesson})]
    assert [told(teller, each)[1:] for each in (own, ended, strange)] == [[], [], []]
    answer = teller.suggested(running)[-1]
    (suggestion,) = answer.suggestions
    assert (suggestion.rank, suggestion.reasons[0].passage) == (1, "The release of the server was late.")
    assert suggestion.reasons[0].aspect == "summary"
    assert answer.known_position >= teller.log.head(teller.organisation_id).position - 1


def test_a_few_come_at_once_and_the_rest_in_the_digest(
    teller: Teller, worker: Worker, running: UUID, days: Days
) -> None:
    """Of four new lessons in a day three come now; the fourth waits a day for the digest; the next digest is a week away."""
    four = learned(teller, worker, "release", "test", "queue", "cache")
    (_, (occasion, now)) = told(teller, running)
    assert (occasion, len(now), now < set(four)) == ("new_lessons", NEW_A_DAY, True)
    days.pass_(DAY - MINUTE)
    assert len(told(teller, running)) == 2
    days.pass_(2 * MINUTE)
    assert told(teller, running)[2:] == [("digest", set(four) - now)]

    again = learned(teller, worker, "index", "table", "disk", "clock")
    (_, _, _, (occasion, now)) = told(teller, running)
    assert (occasion, len(now)) == ("new_lessons", NEW_A_DAY)
    days.pass_(DIGEST_EVERY - MINUTE)
    assert len(told(teller, running)) == 4
    days.pass_(2 * MINUTE)
    assert told(teller, running)[4:] == [("digest", set(again) - now)]


def test_there_is_room_again_a_day_later(teller: Teller, worker: Worker, running: UUID, days: Days) -> None:
    """The limit holds for 24 hours: what comes then is suggested at once, while what was held back still waits for the digest."""
    learned(teller, worker, "release", "test", "queue", "cache")
    worker.drop(TELL)
    days.pass_(DAY + MINUTE)
    (later,) = learned(teller, worker, "index")
    worker.run(TELL, teller.organisation_id, running, "new_lessons")
    assert told(teller, running)[2:] == [("new_lessons", {later})]


def test_another_phase_brings_only_what_is_new(teller: Teller, worker: Worker, running: UUID, pool: Pool) -> None:
    """After a change of the profile I am suggested what fits it now and was never suggested before, once."""
    (kitchen,) = teller.lessons(teller.project("Past", ended_on="2020-01-01"), "Bread baked slowly wants warmth.")
    worker.run(work.FOLLOW, teller.organisation_id)
    assert len(told(teller, running)) == 1
    changes(teller, worker, running, summary="The deploy of the server. Bread baked slowly.", phase="delivery")
    assert told(teller, running)[1:] == [("profile_changed", {kitchen})]
    assert state(pool, teller, running) == "ready"
    cause = teller.log.read_stream(teller.organisation_id, f"project:{running}")[-1]
    answer = teller.log.read_stream(teller.organisation_id, f"suggestions:{running}")[-1]
    assert answer.metadata["causation_id"] == str(cause.event_id)


def test_a_paper_that_comes_later_asks_again(teller: Teller, worker: Worker, running: UUID) -> None:
    """Risks that a project adds bring the lessons that fit them, and only those."""
    (kitchen,) = teller.lessons(teller.project("Past", ended_on="2020-01-01"), "Bread baked slowly wants warmth.")
    worker.run(work.FOLLOW, teller.organisation_id)
    changes(teller, worker, running, artefacts=[{"kind": "risks", "text": "- Bread baked slowly", "title": ""}])
    assert told(teller, running)[1:] == [("profile_changed", {kitchen})]
    (similar, *_) = teller.suggested(running)[-1].suggestions[0].reasons
    assert (similar.aspect, similar.asked) == ("risks", "Bread baked slowly")


def test_what_a_paper_alone_finds_comes_with_the_digest(teller: Teller, worker: Worker, days: Days) -> None:
    """A new lesson near to a risk and to nothing else is not lost: the digest ranks with the papers too."""
    papers = (Artefact("risks", "- Bread baked slowly"),)
    project = registered(teller, worker, "With risks", artefacts=papers)
    (kitchen,) = teller.lessons(teller.project("Past", ended_on="2020-01-01"), "Bread baked slowly wants warmth.")
    worker.run(work.FOLLOW, teller.organisation_id)
    assert len(told(teller, project)) == 1
    days.pass_(DAY + MINUTE)
    assert told(teller, project)[1:] == [("digest", {kitchen})]


def test_comparing_leaves_the_rest_to_who_holds_it(teller: Teller, worker: Worker, running: UUID) -> None:
    """A task that finds another one at it ends, instead of asking for itself again and again."""
    worker.drop(COMPARE)
    learned(teller, worker, "release")
    asked: list[str] = []
    sending = worker.parts.sending
    with sending.lease(f"{FOLLOWER}:{teller.organisation_id}") as held, pytest.MonkeyPatch.context() as patch:
        assert held
        patch.setattr(type(sending), "send", lambda _self, task, *_wanted: asked.append(task))
        following.compare(worker.parts, teller.organisation_id)
    assert COMPARE not in asked
    assert worker.parts.running.behind(teller.organisation_id)


def test_a_change_that_brings_nothing_new_is_no_event(
    teller: Teller, worker: Worker, running: UUID, pool: Pool, embedder: WordsEmbedder
) -> None:
    """The project is ready again, nothing is recorded, and nothing is left to do for the sweep."""
    changes(teller, worker, running, phase="delivery")
    assert (len(told(teller, running)), state(pool, teller, running)) == (1, "ready")
    before, asked = everything(pool, teller.organisation_id), len(embedder.embedded)
    worker.run(SWEEP)
    worker.run(work.FOLLOW, teller.organisation_id)
    assert (everything(pool, teller.organisation_id), len(embedder.embedded)) == (before, asked)


def test_telling_twice_is_telling_once(teller: Teller, worker: Worker, running: UUID, pool: Pool) -> None:
    """Tasks delivered again, and a follower that starts anew, offer nothing a second time."""
    learned(teller, worker, "release", "test")
    before = told(teller, running)
    for task, arguments in (
        (COMPARE, []),
        (TELL, [running, "new_lessons"]),
        (TELL, [running, "digest"]),
        (SUGGEST, [running]),
    ):
        worker.run(task, teller.organisation_id, *arguments)
    with pool.of(teller.organisation_id) as connection:
        connection.execute("UPDATE checkpoint SET position = 0 WHERE organisation_id = %s", (teller.organisation_id,))
        connection.execute("DELETE FROM to_tell WHERE organisation_id = %s", (teller.organisation_id,))
        connection.execute("DELETE FROM project_vector WHERE organisation_id = %s", (teller.organisation_id,))
    worker.run(work.FOLLOW, teller.organisation_id)
    assert told(teller, running) == before


def test_a_lost_task_is_made_good(
    teller: Teller, worker: Worker, running: UUID, start_worker: Callable[..., Worker]
) -> None:
    """Whatever Redis loses, the note in the database stays: the next sweep tells the project."""
    worker.drop(TELL)
    (lesson,) = learned(teller, worker, "release")
    assert len(told(teller, running)) == 1
    worker.parts.sending._redis.flushdb()
    start_worker().run(SWEEP)
    assert told(teller, running)[1:] == [("new_lessons", {lesson})]


def test_an_import_of_history_does_not_flood(
    teller: Teller, worker: Worker, running: UUID, embedder: WordsEmbedder, days: Days
) -> None:
    """Sixty lessons of twenty projects, followed in ten steps: three come at once, ten in the digest, for three rankings in all."""
    for word in WORDS:
        for part in ("first", "second"):
            teller.past_project(*(f"The {word}, {word} of the server was late, {part}{n} {part}{n}." for n in range(3)))
        worker.run(work.FOLLOW, teller.organisation_id)
    at_once = [len(lessons) for occasion, lessons in told(teller, running) if occasion == "new_lessons"]
    assert sum(at_once) == NEW_A_DAY
    days.pass_(DAY + MINUTE)
    assert [(occasion, len(lessons)) for occasion, lessons in told(teller, running)][-1] == ("digest", AT_ONCE)
    asked = embedder.embedded.count(f"Running\n{ABOUT}")
    assert asked == 1 + len(told(teller, running))  # its own vector, and a ranking an answer


def test_what_is_far_costs_no_ranking(teller: Teller, worker: Worker, running: UUID, embedder: WordsEmbedder) -> None:
    """A lesson about something else, or its own, is compared with the project's vector, made once: the project is not ranked for."""
    learned(teller, worker, "release")
    before = embedder.embedded.count(f"Running\n{ABOUT}")
    teller.past_project("Tomatoes want warmth.", "Basil dislikes frost.")
    teller.lessons(running, "The test of the server was late.")
    worker.run(work.FOLLOW, teller.organisation_id)
    assert embedder.embedded.count(f"Running\n{ABOUT}") == before


def test_a_lesson_revised_or_restored_is_new(teller: Teller, worker: Worker, running: UUID) -> None:
    """A lesson that says it better now, or stands again, comes to a project that was not offered it before."""
    (far,) = teller.lessons(teller.past_project(), "Tomatoes want warmth.")
    (gone,) = teller.lessons(teller.past_project(), "The release of the queue was late.")
    teller.retire(gone)
    worker.run(work.FOLLOW, teller.organisation_id)
    assert len(told(teller, running)) == 1
    revise = ReviseLesson(far, {"insight": "The cache of a queue, the test of a release."}, "Said better.")
    handlers.change_lesson(teller.log, teller.organisation_id, revise, Request(new_id(), BY_A_TEST))
    restore = RestoreLesson(gone, "It holds after all.")
    handlers.change_lesson(teller.log, teller.organisation_id, restore, Request(new_id(), BY_A_TEST))
    worker.run(work.FOLLOW, teller.organisation_id)
    assert told(teller, running)[1:] == [("new_lessons", {far, gone})]


def test_a_project_that_says_little_gets_digests_only(teller: Teller, worker: Worker, days: Days) -> None:
    """Being near says too little of a name and a trait; what most projects met comes in the digest, if it is new."""
    thin = registered(teller, worker, "Thin", summary="", tags=("web",))
    for word in WORDS[:6]:
        teller.past_project(f"The supplier delivered the {word} late.", f"Only the {word}, of all things.")
    worker.run(work.FOLLOW, teller.organisation_id)
    assert told(teller, thin) == [("registered", set())]
    days.pass_(DAY + MINUTE)
    (_, (occasion, digest)) = told(teller, thin)
    assert occasion == "digest"
    assert digest
    days.pass_(2 * DIGEST_EVERY)
    assert len(told(teller, thin)) == 2


def test_a_project_that_waits_is_answered_first(teller: Teller, worker: Worker, pool: Pool) -> None:
    """New lessons never come before the answer to the registration, which knows them already; then nothing is left to tell."""
    teller.past_project("The deploy of the server broke.")
    worker.drop(SUGGEST)
    waiting = registered(teller, worker)
    learned(teller, worker, "release")
    assert told(teller, waiting) == []
    worker.run(SUGGEST, teller.organisation_id, waiting)
    ((occasion, lessons),) = told(teller, waiting)
    assert (occasion, len(lessons)) == ("registered", 2)
    with pool.of(teller.organisation_id) as connection:
        query = "SELECT FROM to_tell WHERE organisation_id = %s"
        assert connection.execute(query, (teller.organisation_id,)).fetchall() == []


def test_a_project_that_ended_meanwhile_gets_no_digest(
    teller: Teller, worker: Worker, running: UUID, days: Days, pool: Pool
) -> None:
    """What was held back is forgotten when the project has ended before its digest."""
    learned(teller, worker, "release", "test", "queue", "cache")
    changes(teller, worker, running, ended_on="2021-01-01")
    days.pass_(DAY + MINUTE)
    assert [occasion for occasion, _ in told(teller, running)] == ["registered", "new_lessons"]
    assert everything(pool, teller.organisation_id)["to_tell"] == []


def test_the_follower_reads_few_rows(organisation: UUID, owner: Connection[Any]) -> None:
    """Among thousands of projects that ended, and of notes for later, the open ones and those due are found by an index."""
    with owner.transaction(force_rollback=True):
        owner.execute(
            "INSERT INTO recommendation SELECT %s, gen_random_uuid(), 'ready', 1, 1, '[]', '{}', 1, '2020-01-01'"
            " FROM generate_series(1, 5000)",
            (organisation,),
        )
        owner.execute(
            "INSERT INTO to_tell SELECT %s, gen_random_uuid(), 'digest', 1, 2, now() + interval '1 day'"
            " FROM generate_series(1, 5000)",
            (organisation,),
        )
        owner.execute(
            "INSERT INTO project SELECT organisation_id, project_id, '{}', 1, 1, now(), 0, 0, 0"
            " FROM recommendation WHERE organisation_id = %s",
            (organisation,),
        )
        owner.execute("ANALYZE project, recommendation, to_tell")
        names = {"organisation_id": organisation, "today": "2026-11-23", "until": 9}
        plans = [str(owner.execute(f"EXPLAIN {SQL[query]}", names).fetchall()) for query in ("open", "due")]  # type: ignore[arg-type]
    assert "recommendation_open" in plans[0]
    assert "to_tell_due" in plans[1]
