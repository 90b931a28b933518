"""A ranker learns from feedback, and speaks only where that helps: never against the default, and never louder than it proved."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest
from in_process import Worker
from telling import Teller

from hardwon import handlers, work
from hardwon.domain.commands import GiveFeedback, PutBackLesson, SwitchRanker
from hardwon.domain.events import FeedbackGiven, LessonsSuggested, RankerTrained
from hardwon.domain.feedback import stream
from hardwon.domain.ranker import DEFAULT
from hardwon.domain.values import Verdict
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata, NewEvent
from hardwon.projections.following import Pool
from hardwon_worker.following import TRAIN
from hardwon_worker.fusing import Floats, unit
from hardwon_worker.gate import Trial, concordance, consider
from hardwon_worker.judging import judgements
from hardwon_worker.memory import Judgements, Memory, fit

PROJECTS, LESSONS, ANSWERS, DIMENSIONS, THEMES = 100, 120, 10, 32, 6
THEMES_TOLD = ("deploy", "tomato", "violin", "ladder")
Verdicts = Callable[[np.random.Generator, Floats, int], Floats]
"""From chance, the truth of a project's answers and the project's number to what it says."""


def walked(seed: int, said: Verdicts) -> Judgements:
    """Return what projects said of lessons, where the truth is a theme that a noisy default ranking only half sees."""
    chance = np.random.default_rng(seed)
    centres = unit(chance.normal(size=(THEMES, DIMENSIONS)))
    theme_of_lesson, theme_of_project = chance.integers(0, THEMES, LESSONS), chance.integers(0, THEMES, PROJECTS)
    lessons = unit(centres[theme_of_lesson] + 0.35 * chance.normal(size=(LESSONS, DIMENSIONS)))
    questions = unit(centres[theme_of_project] + 0.35 * chance.normal(size=(PROJECTS, DIMENSIONS)))
    default = 2 * ((questions @ lessons.T) + 0.15 * chance.normal(size=(PROJECTS, LESSONS)))
    shown = np.argsort(-default, axis=1)[:, :ANSWERS]
    worth = [said(chance, (theme_of_lesson[shown[p]] == theme_of_project[p]).astype(float), p) for p in range(PROJECTS)]
    asking = np.repeat(np.arange(PROJECTS), ANSWERS)
    flat = shown.ravel()
    nobody = np.full(flat.size, -1)
    scores = default[asking, flat]
    return Judgements(
        questions, lessons, asking, flat, asking, nobody, np.concatenate(worth), scores, np.zeros(flat.size)
    )


HONEST: Verdicts = lambda _chance, truth, _project: truth  # noqa: E731 - a table of short answers reads best as one
BAD: dict[str, Verdicts] = {
    "inverted": lambda _chance, truth, _project: 1 - truth,
    "random": lambda chance, truth, _project: chance.integers(0, 2, truth.size).astype(float),
    "all adopted": lambda _chance, truth, _project: np.ones_like(truth),
    "all not relevant": lambda _chance, truth, _project: np.zeros_like(truth),
    "one voice shouting": lambda chance, truth, project: truth if project else chance.permutation(1 - truth),
}


def quality(judged: Judgements, memory: Memory | None) -> float:
    """Return the mean share of pairs in the right order, by the truth of another organisation's like projects."""
    return float(np.mean(list(concordance(judged, memory).values())))


@pytest.mark.parametrize("seed", range(3))
def test_honest_feedback_makes_the_ranking_better(seed: int) -> None:
    """What was learned orders the answers of projects that it never saw better than the default does."""
    given = walked(seed, HONEST)
    seen = given.only(given.project < PROJECTS * 3 // 4)
    trial = consider(seen, None)
    assert trial
    assert trial.better
    unseen = given.only(given.project >= PROJECTS * 3 // 4)
    assert quality(unseen, trial.memory) > quality(unseen, None)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("how", ["inverted", "random", "all adopted", "all not relevant"])
def test_bad_feedback_leaves_the_default(how: str, seed: int) -> None:
    """Feedback that is malice, noise or always the same is never switched on: the ranking stays exactly the default's."""
    trial = consider(walked(seed, BAD[how]), None)
    assert trial is None or not trial.better


@pytest.mark.parametrize("seed", range(3))
def test_without_the_gate_bad_feedback_does_harm(seed: int) -> None:
    """The control: the same feedback, learned without the gate, makes the ranking worse."""
    truth = walked(seed, HONEST)
    memory = fit(walked(seed, BAD["inverted"]))
    assert memory
    assert quality(truth, memory) < quality(truth, None)


@pytest.mark.parametrize("seed", range(3))
def test_feedback_that_turns_bad_silences_what_was_learned(seed: int) -> None:
    """Where the latest projects say the opposite of the default, a version that spoke until then falls silent."""
    good = consider(walked(seed, HONEST), None)
    assert good
    turned = walked(seed, lambda _chance, truth, project: 1 - truth if project > PROJECTS // 2 else truth)
    trial = consider(turned, good.memory)
    assert trial
    assert trial.current_fails
    assert not trial.better


def test_few_projects_teach_nothing() -> None:
    """With less than sixteen projects there is nothing to try a memory on."""
    given = walked(0, HONEST)
    assert consider(given.only(given.project < 15), None) is None


def test_a_version_must_not_be_worse_than_the_one_that_speaks() -> None:
    """A new memory that does worse than the current one on the latest projects is not switched on."""
    given = walked(1, HONEST)
    best = fit(given)  # it has even seen the projects on which the new one is tried
    trial: Trial | None = consider(given, best)
    assert trial
    assert trial.figures["late_over_current"] < 0
    assert not trial.better


def test_a_loud_project_weighs_no_more_than_three() -> None:
    """One project's hundred verdicts do not outvote everybody else's."""
    given = walked(2, HONEST)
    loud = given.only(np.repeat(given.project == 0, 1))
    repeated = replace(
        given,
        **{
            name: np.concatenate([getattr(given, name), *[getattr(loud, name)] * 30])
            for name in ("question", "lesson", "project", "owner", "default", "learned")
        },
        worth=np.concatenate([given.worth, *[1 - loud.worth] * 30]),
    )
    memory = fit(repeated)
    assert memory
    assert memory.weight[-loud.worth.size :].sum() <= 3 * ANSWERS + 1


@pytest.fixture
def taught(worker: Worker, teller: Teller) -> Teller:
    """An organisation in which enough projects judged what they were suggested."""
    for theme in THEMES_TOLD:
        for kind in ("late", "broken", "cheap", "heavy", "green", "loud"):
            teller.past_project(f"The {theme} of every {theme}: {kind} and {kind}.")
    worker.run(work.FOLLOW, teller.organisation_id)
    for number in range(20):
        theme = THEMES_TOLD[number % len(THEMES_TOLD)]
        new = teller.project(f"Project {number}", summary=f"A {theme} and one more {theme}.")
        worker.run(work.FOLLOW, teller.organisation_id)
        (given,) = teller.suggested(new)
        for each in given.suggestions:
            verdict: Verdict = "not_relevant" if each.rank > 2 else "adopted"
            judge(teller, new, each.lesson_id, verdict)
    return teller


def judge(teller: Teller, project_id: UUID, lesson_id: UUID, verdict: Verdict) -> None:
    command = GiveFeedback(project_id, lesson_id, verdict, "")
    handlers.give_feedback(teller.log, teller.organisation_id, command, Request(new_id(), Metadata("tests")))


def test_training_is_recorded_and_switched_by_people(taught: Teller, worker: Worker) -> None:
    """Enough feedback trains a version with its figures; a person can switch to it and back, and each list says who ranked it."""
    worker.run(work.FOLLOW, taught.organisation_id)
    ranker = handlers.current_ranker(taught.log, taught.organisation_id)
    (trained,) = ranker.versions.values()
    assert isinstance(trained, RankerTrained)
    assert (trained.version, trained.projects) == (1, 16)
    assert trained.verdicts >= 50
    assert {"agreement_t", "gain_t"} <= set(trained.figures)
    switch(taught, 1)
    assert rank(taught, worker).ranker == "hybrid-5+learned-1"
    switch(taught, DEFAULT)
    assert rank(taught, worker).ranker == "hybrid-5"


def test_what_somebody_brought_trains_no_ranker(taught: Teller, worker: Worker, pool: Pool) -> None:
    """Nothing ranked it, so that it could not be said whether a ranking did well: verdicts on what was brought are left out."""
    before = judged(taught, worker, pool)
    new = taught.project("Found by people", summary="A violin and one more violin.")
    (lesson,) = taught.lessons(taught.past_project(), "Choirs sing.")
    taught.bring(new, lesson)
    judge(taught, new, lesson, "adopted")
    worker.run(work.FOLLOW, taught.organisation_id)
    assert judged(taught, worker, pool) == before
    (given,) = taught.suggested(new)
    judge(taught, new, given.suggestions[0].lesson_id, "adopted")  # the control: this is learned from
    assert judged(taught, worker, pool) == before + 1


def test_what_was_said_after_it_was_put_back_is_not_learned_from(taught: Teller, worker: Worker, pool: Pool) -> None:
    """Where the lesson is suggested later, it says nothing of that. The control: what is said then."""
    (lesson,) = taught.lessons(taught.past_project(), "Choirs sing.")
    worker.run(work.FOLLOW, taught.organisation_id)
    before, new = judged(taught, worker, pool), taught.project("Taken out", summary="A choir.")
    taught.bring(new, lesson)
    by = Request(new_id(), Metadata("tests"))
    handlers.put_back_lesson(taught.log, taught.organisation_id, PutBackLesson(new, lesson), by)
    late = FeedbackGiven(new, lesson, "adopted")
    taught.log.append(taught.organisation_id, [NewEvent(new_id(), stream(new, lesson), late, Metadata("tests"))])
    taught.offer(new, lesson)
    assert judged(taught, worker, pool) == before
    judge(taught, new, lesson, "adopted")
    assert judged(taught, worker, pool) == before + 1


def test_the_learned_part_is_told_apart(taught: Teller, worker: Worker) -> None:
    """With a version switched on, each suggestion says what was learned of it; without it, the rest of its score is the same."""
    worker.run(work.FOLLOW, taught.organisation_id)
    before = {each.lesson_id: each for each in rank(taught, worker).suggestions}
    switch(taught, 1)
    after = {each.lesson_id: each for each in rank(taught, worker).suggestions}
    assert any(each.learned for each in after.values())
    assert all(each.learned == 0 for each in before.values())
    for id_ in before.keys() & after.keys():
        assert after[id_].score - after[id_].learned == pytest.approx(before[id_].score, abs=1e-3)
        assert any(reason.kind == "learned" for reason in after[id_].reasons) is bool(after[id_].learned)


def test_training_twice_on_the_same_feedback_is_training_once(taught: Teller, worker: Worker) -> None:
    """A doubled task adds nothing, and nothing is trained until enough was said since."""
    for _ in range(3):
        worker.run(TRAIN, taught.organisation_id)
    assert len(handlers.current_ranker(taught.log, taught.organisation_id).versions) == 1


def judged(teller: Teller, worker: Worker, pool: Pool) -> int:
    """Return how many verdicts there are to learn from."""
    vectors, head = worker.parts.vectors, teller.log.head(teller.organisation_id).position
    live = vectors.live(teller.organisation_id)
    embedder = vectors.embedders.of(live)
    assert embedder
    return len(judgements(teller.log, pool, teller.organisation_id, live, embedder, head).worth)


def switch(teller: Teller, version: int) -> None:
    command = SwitchRanker(version, "a test")
    handlers.change_ranker(teller.log, teller.organisation_id, command, Request(new_id(), Metadata("tests")))


def rank(teller: Teller, worker: Worker) -> LessonsSuggested:
    new = teller.project("Another", summary="A violin and another violin.")
    worker.run(work.FOLLOW, teller.organisation_id)
    (given,) = teller.suggested(new)
    return given
