"""With the real model: what is offered has to do with the project, and who has nothing to learn here is told so."""

from typing import Any
from uuid import UUID

import pytest
from in_process import Worker
from telling import Teller

from hardwon import organisations, work
from hardwon.domain.events import LessonsSuggested
from hardwon.ports import Embedder, Log
from hardwon.projections import lessons
from hardwon.projections.following import Pool
from hardwon.sample import Story, sample_story
from hardwon_worker.choosing import VARIED
from hardwon_worker.settings import WorkerSettings


@pytest.fixture(scope="module")
def story() -> Story:
    return sample_story()


@pytest.fixture(scope="module")
def experienced(log: Log, story: Story) -> Teller:
    """An organisation with the past that the built-in story tells."""
    teller = Teller(log, organisations.register(log, story.name, "tests"))
    for past in story.projects:
        project_id = teller.project(**_profile(past.profile))
        for lesson in (each for retrospective in past.retrospectives for each in retrospective.lessons):
            teller.lessons(project_id, lesson.insight, advice=lesson.advice, applies_when=lesson.applies_when)
    return teller


@pytest.fixture(scope="module")
def real_worker(stack: Any, real_embedder: Embedder) -> Any:
    settings = WorkerSettings(database_url=stack.database_url, redis_url=stack.redis_url, database_connections=4)
    worker = Worker(settings, lambda _: real_embedder)
    yield worker
    worker.close()


def answered(worker: Worker, teller: Teller, **profile: Any) -> LessonsSuggested:
    project_id = teller.project(**profile)
    worker.run(work.FOLLOW, teller.organisation_id)
    (given,) = teller.suggested(project_id)
    return given


def test_the_story_s_new_project_is_offered_lessons_of_five_projects(
    real_worker: Worker, experienced: Teller, story: Story, pool: Pool
) -> None:
    """The project that the demo registers gets at least five lessons, the first five from five others, each with a reason."""
    given = answered(real_worker, experienced, **_profile(story.new_project))
    with pool.of(experienced.organisation_id) as connection:
        ids = [each.lesson_id for each in given.suggestions]
        rows = lessons.of_ids(connection, experienced.organisation_id, ids)
    sources: list[UUID] = [rows[id_]["project_id"] for id_ in ids]
    assert len(set(sources[:VARIED])) == VARIED
    assert all(each.reasons[0].passage in _text(rows[each.lesson_id]) for each in given.suggestions)
    assert given.embedding_model.startswith("all-MiniLM-L6-v2@")


def test_a_cookery_book_is_offered_nothing(real_worker: Worker, experienced: Teller) -> None:
    """A project about something else entirely gets an honest empty answer."""
    summary = "Two hundred recipes with photographs and shopping lists, printed as a hardback book for home cooks."
    given = answered(real_worker, experienced, name="A vegetarian cookbook", summary=summary, domain="cookery")
    assert given.suggestions == ()
    assert given.hidden > 0


def test_search_understands_other_words(real_worker: Worker, teller: Teller) -> None:
    """A question finds a lesson that says it in other words, and the sentence that answers it."""
    teller.past_project("Nobody wanted to own the build server.", "The office moved in the week of the launch.")
    teller.past_project("Lunch was good. The vendor shipped the hardware three months behind schedule.")
    real_worker.run(work.FOLLOW, teller.organisation_id)
    (found,) = real_worker.run(work.SEARCH, teller.organisation_id, ["supplier delivered equipment late"], 3)
    assert found[0]["passage"] == "The vendor shipped the hardware three months behind schedule."
    assert found[0]["score"] > 2 * found[1]["score"]


def _profile(told: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}


def _text(row: dict[str, Any]) -> str:
    return f"{row['insight']}\n{row['advice']}\n{row['applies_when']}"
