"""What a new project is offered: lessons of the organisation's other projects, varied, relevant, with true reasons."""

from collections.abc import Callable
from itertools import pairwise
from uuid import UUID

import numpy as np
import pytest
from fake_embedding import WordsEmbedder
from in_process import Worker, everything
from telling import Teller

from hardwon import organisations, work
from hardwon.domain.events import LessonsSuggested
from hardwon.domain.suggesting import RELEVANT
from hardwon.domain.values import Suggestion
from hardwon.ports import Log
from hardwon.projections import lessons, projects, recommendations
from hardwon.projections.following import Pool
from hardwon_worker.choosing import MOST, VARIED
from hardwon_worker.following import EMBED, SUGGEST
from hardwon_worker.sentences import sentences

WORDS = ["deploy", "release", "test", "server", "queue", "cache", "index", "table", "disk", "clock"]
ABOUT = "The deploy, the release, the test of a server, a queue, a cache."


@pytest.fixture
def answer(worker: Worker, teller: Teller) -> Callable[[UUID], LessonsSuggested]:
    """Return what lets the worker do its work and gives the one answer that a project got."""

    def answer(project_id: UUID) -> LessonsSuggested:
        worker.run(work.FOLLOW, teller.organisation_id)
        (given,) = teller.suggested(project_id)
        return given

    return answer


Answer = Callable[[UUID], LessonsSuggested]


def test_a_new_project_is_offered_what_others_learned(teller: Teller, answer: Answer, pool: Pool) -> None:
    """The lessons that fit are offered, ranked from 1 on, and stand in the read model at once."""
    fitting = [teller.past_project(f"The {word} of every {word} broke the {word}.") for word in WORDS[:6]]
    teller.past_project("Tomatoes want warmth.", "Basil dislikes frost.")
    new = teller.project("New", summary=ABOUT)
    given = answer(new)
    assert [each.rank for each in given.suggestions] == list(range(1, len(given.suggestions) + 1))
    with pool.of(teller.organisation_id) as connection:
        row = recommendations.get(connection, teller.organisation_id, new)
        offered = lessons.of_ids(connection, teller.organisation_id, [each.lesson_id for each in given.suggestions])
    assert row
    assert row["state"] == "ready"
    assert {each["project_id"] for each in offered.values()} == set(fitting)
    assert (given.considered, given.hidden) == (8, 2)
    assert (given.ranker, given.embedding_model) == ("hybrid-5", "words@fake")


def test_of_two_that_answer_at_once_neither_says_that_there_is_nothing(
    teller: Teller, worker: Worker, pool: Pool
) -> None:
    """Two tasks may rank for the same project; the slower one adds nothing, and the project never reads that nothing fits."""
    teller.past_project("The deploy broke the release.")
    new = teller.project("New", summary=ABOUT)
    worker.drop(SUGGEST)
    worker.run(work.FOLLOW, teller.organisation_id)
    asker = worker.parts.answering.asker(teller.organisation_id, new)
    assert asker
    for _ in range(2):  # the second decides on what it read before the first answered
        assert worker.parts.answering.owed(asker)
    assert len(teller.suggested(new)) == 1
    assert not everything(pool, teller.organisation_id)["nothing_new"]


@pytest.mark.parametrize("brought", [True, False], ids=["brought", "the control: not brought"])
def test_what_somebody_brought_is_not_offered(teller: Teller, answer: Answer, *, brought: bool) -> None:
    """A lesson that a person brought to the project is never suggested to it, however near it is; all others are."""
    teller.past_project("The server of every server broke the queue.")
    found = teller.past_project()
    (lesson,) = teller.lessons(found, "The deploy of every deploy broke the release.")
    new = teller.project("New", summary=ABOUT)
    if brought:
        teller.bring(new, lesson)
    given = {each.lesson_id for each in answer(new).suggestions}
    assert given
    assert (lesson in given) is not brought


def test_its_own_retired_and_foreign_lessons_are_never_offered(
    teller: Teller, answer: Answer, worker: Worker, log: Log
) -> None:
    """However near they are: not what the project itself learned, not what was retired, not what another organisation knows."""
    foreign = Teller(log, organisations.register(log, "Another", "tests"))
    foreign.past_project(ABOUT)
    worker.run(work.FOLLOW, foreign.organisation_id)
    past = teller.project("Past", ended_on="2020-01-01")
    kept, retired = teller.lessons(past, "The deploy and the release of the server.", "The test of the queue.")
    teller.retire(retired)
    new = teller.project("New", summary=ABOUT)
    teller.lessons(new, ABOUT)
    given = answer(new)
    assert [each.lesson_id for each in given.suggestions] == [kept]
    assert (given.considered, given.hidden) == (1, 0)


def test_the_first_five_come_from_five_projects(teller: Teller, answer: Answer, pool: Pool) -> None:
    """A team that wrote down the same thing ten times is heard once among the first five, again after them."""
    talkative = teller.past_project(
        *(f"The {one}, the {other}: {one} before {other}." for one, other in pairwise(WORDS))
    )
    others = [teller.past_project(f"The {word} of every {word} was late.") for word in WORDS[:6]]
    given = answer(teller.project("New", summary=ABOUT))
    with pool.of(teller.organisation_id) as connection:
        rows = lessons.of_ids(connection, teller.organisation_id, [each.lesson_id for each in given.suggestions])
    sources = [rows[each.lesson_id]["project_id"] for each in given.suggestions]
    assert len(sources) == MOST
    assert sources[0] == talkative
    assert len(set(sources[:VARIED])) == VARIED
    assert set(sources[VARIED:]) <= {talkative, *others}
    assert talkative in sources[VARIED:]


def test_few_projects_give_one_lesson_each(teller: Teller, answer: Answer) -> None:
    """With two projects that have something to say, two lessons are offered, and the rest is counted as held back."""
    for words in (WORDS[:3], WORDS[3:6]):
        teller.past_project(*(f"The {word} of every {word} broke the {word}." for word in words))
    given = answer(teller.project("New", summary=ABOUT))
    assert (len(given.suggestions), given.hidden) == (2, 4)


def test_nothing_relevant_is_an_answer(teller: Teller, answer: Answer) -> None:
    """A cookery book gets an empty answer from people who deploy servers, and is told how much was held back."""
    for word in WORDS:
        teller.past_project(f"The {word} broke.")
    given = answer(teller.project("Kitchen", summary="Soups, salads, bread baked slowly."))
    assert given.suggestions == ()
    assert (given.considered, given.hidden) == (10, 10)


def test_a_reason_is_what_was_computed(teller: Teller, answer: Answer, pool: Pool) -> None:
    """The passage stands in the lesson, the aspect in the profile, and the weights of the reasons add up to the score."""
    for word in WORDS[:4]:
        teller.past_project(f"Everybody was surprised. The {word} of the server broke at night. We went home.")
    new = teller.project(
        "New", summary="Nothing of this sort.", domain="A server that broke", technologies=("queue", "cache")
    )
    given = answer(new)
    assert given.suggestions
    with pool.of(teller.organisation_id) as connection:
        rows = lessons.of_ids(connection, teller.organisation_id, [each.lesson_id for each in given.suggestions])
        row = projects.get(connection, teller.organisation_id, new)
    assert row
    for each in given.suggestions:
        similar = each.reasons[0]
        assert similar.kind == "similar_text"
        assert row["profile"][similar.aspect]
        assert similar.passage in sentences(rows[each.lesson_id]["insight"])
        assert sum(reason.weight for reason in each.reasons) == pytest.approx(each.score, abs=1e-3)


def test_the_answer_names_what_led_to_it(teller: Teller, answer: Answer) -> None:
    """The suggestion's event points to the registration that caused it, and to the request that it belongs to."""
    new = teller.project("New", summary=ABOUT)
    answer(new)
    (registered, *_), (suggested,) = (
        teller.log.read_stream(teller.organisation_id, f"{kind}:{new}") for kind in ("project", "suggestions")
    )
    assert suggested.metadata["causation_id"] == str(registered.event_id)
    assert suggested.metadata["correlation_id"] == registered.metadata["correlation_id"]
    assert suggested.metadata["actor"] == "hardwon-worker"


def test_lessons_drawn_before_are_known_to_the_answer(teller: Teller, answer: Answer) -> None:
    """A project registered right behind a long import is answered from the whole of it, not from what was embedded first."""
    teller.past_project(*(f"The disk {n} broke." for n in range(100)))
    (last,) = teller.lessons(teller.project("Past", ended_on="2020-01-01"), ABOUT)
    new = teller.project("New", summary=ABOUT)
    registered = teller.log.head(teller.organisation_id).position
    given = answer(new)
    assert given.known_position >= registered
    assert given.suggestions[0].lesson_id == last


def test_a_project_that_is_over_is_owed_nothing(teller: Teller, worker: Worker) -> None:
    """A finished project lends its lessons and gets no suggestions of its own."""
    over = teller.past_project("The deploy broke.")
    worker.run(work.FOLLOW, teller.organisation_id)
    assert teller.suggested(over) == []


def test_what_several_projects_say_is_offered_once(teller: Teller, answer: Answer) -> None:
    """Of lessons that say the same, the one drawn first stands for all, and says how many projects tell it."""
    for _ in range(5):
        teller.past_project("The deploy and the release.")
    teller.past_project("The queue and the cache.")
    first, other = answer(teller.project("New", summary=ABOUT)).suggestions
    counts = [{reason.kind: reason.count for reason in each.reasons} for each in (first, other)]
    assert counts[0]["told_again"] == 5
    assert "told_again" not in counts[1]


def test_what_is_offered_is_relevant(teller: Teller, answer: Answer, embedder: WordsEmbedder, pool: Pool) -> None:
    """Nothing below the gate is offered, and what is offered comes in the order of its score."""
    for word in WORDS:
        teller.past_project(f"The {word} broke.", f"Somebody moved the {word} away.", "Nobody knew anything.")
    given: tuple[Suggestion, ...] = answer(teller.project("New", summary=ABOUT)).suggestions
    with pool.of(teller.organisation_id) as connection:
        rows = lessons.of_ids(connection, teller.organisation_id, [each.lesson_id for each in given])
    texts = [f"{rows[each.lesson_id]['insight']}\n{rows[each.lesson_id]['advice']}" for each in given]
    asked, *told = embedder.embed([f"New\n{ABOUT}", *texts])
    assert given
    assert min(np.array(told) @ asked) >= RELEVANT - 1e-3
    assert [each.score for each in given[:VARIED]] == sorted((each.score for each in given[:VARIED]), reverse=True)


def test_a_project_that_says_little_is_offered_what_others_often_met(teller: Teller, answer: Answer) -> None:
    """With a name and a trait only, the lessons come that stand for what most projects met, each with how many of how many."""
    for word in WORDS[:6]:
        teller.past_project(f"The supplier delivered the {word} late.", f"Only the {word}, of all things.")
    teller.past_project("Tomatoes want warmth.")
    given = answer(teller.project("Thin", tags=("web",))).suggestions
    assert given
    reason = given[0].reasons[0]
    assert reason.kind == "common_theme"
    assert 3 <= reason.count <= reason.total == 7
    assert reason.weight <= given[0].score <= 1


def test_a_young_organisation_has_no_common_themes(teller: Teller, answer: Answer) -> None:
    """What two projects met is no theme: nothing is offered to a project that says nothing of itself."""
    teller.past_project("The supplier delivered the server late.")
    teller.past_project("The supplier delivered the queue late.")
    assert answer(teller.project("Thin")).suggestions == ()


def test_search_finds_lessons_of_all_projects(teller: Teller, worker: Worker) -> None:
    """Whoever searches gets the nearest lessons with the sentence that fits, best first, and no retired one."""
    past = teller.project("Past", ended_on="2020-01-01")
    queue, clock, retired = teller.lessons(
        past, "We slept. The queue of orders was full.", "The clock was wrong.", "The queue of orders was empty."
    )
    teller.retire(retired)
    worker.run(work.FOLLOW, teller.organisation_id)
    (found,) = worker.run(work.SEARCH, teller.organisation_id, ["a full queue of orders"], 5)
    assert [each["lesson_id"] for each in found] == [str(queue), str(clock)]
    assert found[0]["passage"] == "The queue of orders was full."
    assert 1 >= found[0]["score"] > found[1]["score"]


def test_search_before_anything_was_learned_finds_nothing(teller: Teller, worker: Worker) -> None:
    """An organisation without lessons gets an empty list and no error, whether or not a hint was there before."""
    assert worker.run(work.SEARCH, teller.organisation_id, ["anything"], 5) == [[]]
    worker.run(EMBED, teller.organisation_id)
    assert worker.run(work.SEARCH, teller.organisation_id, ["anything"], 5) == [[]]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One thing. Another! A third?", ["One thing.", "Another!", "A third?"]),
        ("Use caches, e.g. this one, v1.2 at least.", ["Use caches, e.g. this one, v1.2 at least."]),
        ('He said "stop." Then we stopped.', ['He said "stop."', "Then we stopped."]),
        ("First line\nSecond line", ["First line", "Second line"]),
        ("\u4e00\u3002\u4e8c\u3002", ["\u4e00\u3002", "\u4e8c\u3002"]),
        ("no full stop", ["no full stop"]),
    ],
)
def test_a_text_is_told_in_sentences(text: str, parts: list[str]) -> None:
    """A passage is a whole sentence, also where a full stop does not end one."""
    assert sentences(text) == parts


def test_stories_without_a_lesson_count_in_what_is_common(teller: Teller, answer: Answer, worker: Worker) -> None:
    """What went wrong elsewhere makes a theme common, also where nobody has drawn a lesson from it; a told story counts once."""
    for word in WORDS[:2]:
        teller.past_project(f"The supplier delivered the {word} late.")
    worker.run(work.FOLLOW, teller.organisation_id)
    assert answer(teller.project("Too early")).suggestions == ()
    for word in WORDS[2:4]:
        teller.points(teller.project("Past", ended_on="2020-01-01"), f"The supplier delivered the {word} late.")
    teller.past_project("Tomatoes want warmth.", "Basil dislikes frost.")
    worker.run(work.FOLLOW, teller.organisation_id)
    given = answer(teller.project("Thin")).suggestions
    reason = given[0].reasons[0]
    assert reason.kind == "common_theme"
    assert 3 <= reason.count <= 4
    assert reason.total == 5
