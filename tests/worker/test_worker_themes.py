"""Themes: what an organisation's lessons and points are about, found without labels, and named by their words."""

from collections import Counter
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from erasing import Erase, new_story
from fake_embedding import WordsEmbedder
from in_process import Worker
from telling import Teller
from traces import tables_with

from hardwon import themes, work
from hardwon.ports import Log
from hardwon.projections.following import Pool
from hardwon_worker.theming import FEWEST, FOLLOWER, drawn

ABOUT = {
    "suppliers": ["supplier", "delivered", "crate", "harbour", "invoice", "contract", "penalty", "shipment"],
    "tests": ["acceptance", "tester", "regression", "coverage", "fixture", "suite", "flaky", "assertion"],
    "rota": ["night", "shift", "rota", "nurse", "handover", "holiday", "overtime", "absence"],
    "cabling": ["cable", "conduit", "voltage", "socket", "breaker", "earthing", "junction", "wiring"],
}
"""Four things that go wrong, and the words that people have for them."""
PROJECTS = 4


def tell(teller: Teller, chance: np.random.Generator, *, mixed: bool = False) -> dict[UUID, str]:
    """Let each project draw a lesson, tell a happy and an unhappy story about everything; return what each text is about."""
    about: dict[UUID, str] = {}
    for _ in range(PROJECTS):
        project = teller.project("A past project", ended_on="2020-01-01")
        for name, own in ABOUT.items():
            words = [word for each in ABOUT.values() for word in each] if mixed else own
            said = [" ".join(chance.permutation(words)[:6]) for _ in range(3)]
            about |= dict.fromkeys(teller.lessons(project, said[0], advice=""), name)
            about |= dict.fromkeys(teller.points(project, said[1]), name)
            about |= dict.fromkeys(teller.points(project, said[2], kind="went_well"), name)
    return about


def found(pool: Pool, organisation_id: UUID) -> dict[UUID, str]:
    with pool.of(organisation_id) as connection:
        told = connection.execute(
            "SELECT text_id, theme FROM theme_text WHERE organisation_id = %s ORDER BY text_id", (organisation_id,)
        )
        return dict(told.fetchall())


def names(pool: Pool, organisation_id: UUID) -> dict[str, list[str]]:
    with pool.of(organisation_id) as connection:
        return themes.words(connection, organisation_id)


def purity(about: dict[UUID, str], theme_of: dict[UUID, str]) -> float:
    """Return which part of the texts stands in a theme that is mostly about the same as they are."""
    most: dict[str, Counter[str]] = {}
    for text, theme in theme_of.items():
        most.setdefault(theme, Counter())[about[text]] += 1
    return sum(max(counts.values()) for counts in most.values()) / len(about)


def test_what_texts_are_about_is_found_without_labels(teller: Teller, worker: Worker, pool: Pool) -> None:
    """Four things were told of by four projects, in lessons, happy and unhappy stories: I get four themes, each named by its own words."""
    about = tell(teller, np.random.default_rng(1))
    worker.run(work.FOLLOW, teller.organisation_id)
    theme_of, words = found(pool, teller.organisation_id), names(pool, teller.organisation_id)
    assert set(theme_of) == set(about)
    assert purity(about, theme_of) == 1
    assert len(words) == len(ABOUT)
    for theme, said in words.items():
        name = next(about[text] for text in about if theme_of[text] == theme)
        assert set(" ".join(said).split()) <= set(ABOUT[name])
        assert theme == "-".join(said).replace(" ", "-")


def test_the_control_texts_about_everything_have_no_such_themes(teller: Teller, worker: Worker, pool: Pool) -> None:
    """The same words dealt at random: whatever is found then has nothing to do with what we call the texts."""
    about = tell(teller, np.random.default_rng(1), mixed=True)
    worker.run(work.FOLLOW, teller.organisation_id)
    assert purity(about, found(pool, teller.organisation_id)) < 0.8


def test_equal_logs_have_equal_themes(teller: Teller, worker: Worker, pool: Pool) -> None:
    """Forgotten and found anew at the same position, they are what they were: names, texts and the map, to the last digit."""
    tell(teller, np.random.default_rng(2))
    worker.run(work.FOLLOW, teller.organisation_id)
    before = everything(pool, teller.organisation_id)
    forget(pool, teller.organisation_id)
    assert everything(pool, teller.organisation_id) != before
    worker.run("hardwon.themes", teller.organisation_id)
    assert everything(pool, teller.organisation_id) == before


def test_a_word_is_written_as_people_write_it(teller: Teller, worker: Worker, pool: Pool) -> None:
    """What is counted by its stem is shown as a whole word that stands in the texts."""
    for project in (teller.project("One", ended_on="2020-01-01"), teller.project("Two", ended_on="2020-01-01")):
        teller.lessons(project, *(f"Deliveries of batteries {each}." for each in range(4)), advice="")
        teller.lessons(project, *(f"Ladies and parties, {each}." for each in range(4)), advice="")
    worker.run(work.FOLLOW, teller.organisation_id)
    said = {word for words in names(pool, teller.organisation_id).values() for word in words}
    assert said == {"Deliveries", "batteries", "Ladies", "parties"}


def test_a_few_texts_have_no_themes_and_enough_new_ones_bring_them(teller: Teller, worker: Worker, pool: Pool) -> None:
    """A young organisation is not told that it has themes; nothing is found anew for a single lesson more."""
    project = teller.project("A past project", ended_on="2020-01-01")
    teller.lessons(project, *(f"supplier {each}" for each in range(FEWEST - 1)))
    worker.run(work.FOLLOW, teller.organisation_id)
    assert made(pool, teller.organisation_id) is None
    tell(teller, np.random.default_rng(3))
    worker.run(work.FOLLOW, teller.organisation_id)
    first = made(pool, teller.organisation_id)
    teller.lessons(project, "one more")
    worker.run(work.FOLLOW, teller.organisation_id)
    assert made(pool, teller.organisation_id) == first
    teller.lessons(project, *(f"many more {each}" for each in range(FEWEST)))
    worker.run(work.FOLLOW, teller.organisation_id)
    assert made(pool, teller.organisation_id) != first


def test_of_many_texts_a_sample_is_looked_at_and_said(
    teller: Teller, worker: Worker, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are, the work is bounded; how many were known and how many looked at is told."""
    monkeypatch.setattr("hardwon_worker.theming.MOST_TEXTS", 20)
    tell(teller, np.random.default_rng(4))
    worker.run(work.FOLLOW, teller.organisation_id)
    told = made(pool, teller.organisation_id)
    assert told is not None
    assert (told["known"], told["texts"]) == (PROJECTS * len(ABOUT) * 3, 20)
    assert len(found(pool, teller.organisation_id)) == 20


def test_each_theme_has_its_part_of_the_map(
    teller: Teller, worker: Worker, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The map holds some of the lessons only: as many of each theme as it has among all, and no theme is left out."""
    monkeypatch.setattr("hardwon_worker.theming.MOST_ON_THE_MAP", 8)
    about = tell(teller, np.random.default_rng(6))
    worker.run(work.FOLLOW, teller.organisation_id)
    with pool.of(teller.organisation_id) as connection:
        mapped = themes.on_the_map(connection, teller.organisation_id)
        assert themes.standing(connection, teller.organisation_id) == PROJECTS * len(ABOUT)
    assert Counter(about[each["lesson_id"]] for each in mapped) == dict.fromkeys(ABOUT, 2)


def test_a_small_theme_is_not_crowded_off_the_map() -> None:
    """One lesson is about what nobody else tells: it is there, the others' parts in proportion. The control: it is not among the first."""
    theme_of = dict(enumerate([0] * 60 + [1] * 30 + [2]))
    assert Counter(theme_of[each] for each in drawn(theme_of, 10)) == {0: 6, 1: 3, 2: 1}
    assert sorted(drawn(theme_of, 100)) == list(theme_of)
    assert {theme_of[each] for each in list(theme_of)[:10]} == {0}


def test_points_are_embedded_that_nothing_else_needs(teller: Teller, worker: Worker, embedder: WordsEmbedder) -> None:
    """Happy stories have no vectors of their own; they are looked at all the same."""
    tell(teller, np.random.default_rng(5))
    worker.run(work.FOLLOW, teller.organisation_id)
    texts = [each for each in embedder.embedded if " " in each]  # single words were asked for what they mean
    assert len(texts) == PROJECTS * len(ABOUT) * 3


def test_an_erased_persons_words_name_no_theme(log: Log, worker: Worker, pool: Pool, stack: Any, erase: Erase) -> None:
    """A theme was named by a word that only he says; once he is erased the word is nowhere, and the themes are found without it."""
    story = new_story(log)
    yard, dock = story.project("The yard", ended_on="2020-01-01"), story.project("The dock", ended_on="2020-01-01")
    for project in (yard, dock):
        for each in range(6):
            story.lesson(project, story.mark, story.person)
            story.lesson(project, f"ferry timetable passengers {each}", story.other)
            story.lesson(project, f"battery charger depot {each}", story.other)
    worker.run(work.FOLLOW, story.organisation)
    assert "public.theme" in tables_with(stack.owner_database_url, story.mark)
    erase(story)
    assert tables_with(stack.owner_database_url, story.mark) == set()
    assert names(pool, story.organisation) == {}
    worker.run(work.FOLLOW, story.organisation)
    assert tables_with(stack.owner_database_url, story.mark) == set()
    assert names(pool, story.organisation) != {}


def test_a_narrow_search_finds_its_best(teller: Teller, worker: Worker, pool: Pool) -> None:
    """Many lessons of other teams match better: asked among my team's, or a theme's, or by kind and time, mine is found all the same."""
    teller.lessons(
        teller.project("Others", team="Others", ended_on="2020-01-01"), *(f"late clock {each}" for each in range(130))
    )
    mine = teller.project("Mine", team="Mine", ended_on="2020-01-01")
    (lesson,) = teller.lessons(mine, "the clock in the signal box stood still for a whole winter and nobody saw it")
    happy = teller.story(
        mine, "went_well", "We wound all our clocks ourselves on Sundays, and every bell rang in time."
    )
    worker.run(work.FOLLOW, teller.organisation_id)

    def asked(**narrowed: str) -> list[str]:
        (answer,) = worker.run(work.SEARCH, teller.organisation_id, ["late clock"], 50, narrowed)
        return [each["lesson_id"] for each in answer]

    assert str(lesson) not in asked()  # the control: among all, others are better
    assert set(asked(team="Mine")) == {str(lesson), str(happy)}
    assert asked(kind="went_well") == [str(happy)]
    assert asked(kind="went_wrong") == []
    assert asked(team="Mine", kind="went_well", first="2020-01-01", last="2999-12-31") == [str(happy)]
    assert asked(last="2020-01-01") == asked(first="2999-12-31") == asked(theme="none") == []
    theme_of = found(pool, teller.organisation_id)
    assert str(lesson) in asked(team="Mine", theme=theme_of[lesson])
    assert {theme_of[UUID(each)] for each in asked(theme=theme_of[lesson])} == {theme_of[lesson]}


def made(pool: Pool, organisation_id: UUID) -> Any:
    with pool.of(organisation_id) as connection:
        return themes.made(connection, organisation_id)


def everything(pool: Pool, organisation_id: UUID) -> list[Any]:
    with pool.of(organisation_id) as connection:
        return [
            connection.execute(
                f"SELECT to_jsonb({table}) FROM {table} WHERE organisation_id = %s ORDER BY 1", names
            ).fetchall()  # type: ignore[arg-type]
            for table in ("themes_made", "theme", "theme_text")
            for names in [(organisation_id,)]
        ]


def forget(pool: Pool, organisation_id: UUID) -> None:
    with pool.of(organisation_id) as connection:
        for statement in (
            "DELETE FROM theme_text WHERE organisation_id = %s",
            "DELETE FROM theme WHERE organisation_id = %s",
            "DELETE FROM themes_made WHERE organisation_id = %s",
            f"UPDATE checkpoint SET position = 0 WHERE organisation_id = %s AND follower = '{FOLLOWER}'",
        ):
            connection.execute(statement, (organisation_id,))  # type: ignore[arg-type]
