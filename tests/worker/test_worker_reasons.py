"""Reasons are true: take the named cause away, and the score falls by what the reason said it was worth."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from in_process import Worker
from telling import BY_A_TEST, Teller

from hardwon import handlers, work
from hardwon.domain.commands import ChangeProfile, EndorseLesson
from hardwon.domain.values import Artefact, Reason, Suggestion
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon_worker.ranking import Asking

ABOUT = "The deploy, the release, the test of a server."
FILLING = ["The queue of orders was full.", "A cache grew stale.", "Nobody saw the disk.", "The clock went backwards."]


@dataclass
class World:
    """An organisation, and the profile of a project that asks it."""

    teller: Teller
    worker: Worker
    profile: dict[str, Any] = field(default_factory=lambda: {"summary": ABOUT})

    def suggestions(self) -> dict[UUID, Suggestion]:
        """Return what would be suggested, by lesson, to a project registered only once, so that two asked alike compare."""
        project_id = self.teller.project("New", ended_on="2020-01-01", **self.profile)
        self.worker.run(work.FOLLOW, self.teller.organisation_id)
        parts, organisation_id = self.worker.parts, self.teller.organisation_id
        live = parts.vectors.live(organisation_id)
        embedder = parts.vectors.embedders.of(live)
        assert embedder
        known, _ = handlers.current_project(parts.log, organisation_id, project_id)
        ranked = parts.answering.ranker.rank(Asking(organisation_id, project_id, known.profile, 0), live, embedder)
        return {each.lesson_id: each for each in ranked.suggestions}

    def suggestion(self, lesson_id: UUID) -> Suggestion:
        return self.suggestions()[lesson_id]


@pytest.fixture
def world(teller: Teller, worker: Worker) -> World:
    for each in FILLING:
        teller.past_project(each)
    return World(teller, worker)


def reason(given: Suggestion, kind: str) -> Reason:
    (found,) = (each for each in given.reasons if each.kind == kind)
    return found


def fell(before: Suggestion, after: Suggestion, kind: str) -> None:
    """Assert that the cause is gone, and that the score fell by what it was said to be worth."""
    assert not any(each.kind == kind for each in after.reasons)
    assert after.score == pytest.approx(before.score - reason(before, kind).weight, abs=1e-3)
    assert after.score < before.score


def test_a_shared_trait(world: World) -> None:
    """A lesson of a project with the same technology stands higher for it; without the technology it falls by just that."""
    past = world.teller.project("Past", ended_on="2020-01-01", technologies=("Zope",))
    (lesson,) = world.teller.lessons(past, "The deploy and the release broke.")
    world.profile["practices"] = ("zope",)  # the word is asked for either way; as a practice it is shared with nobody
    without = world.suggestion(lesson)
    del world.profile["practices"]
    world.profile["technologies"] = ("zope",)
    shared = world.suggestion(lesson)
    assert reason(shared, "shared_trait").passage == "zope"
    fell(shared, without, "shared_trait")


def test_a_project_that_is_near(world: World) -> None:
    """A lesson of a project that was about the same stands higher, by what the reason says, though its own words do not tell."""
    teller = world.teller
    past = teller.project("Past work", ended_on="2020-01-01")  # as the others are called
    (lesson,) = teller.lessons(past, "The deploy and the release broke.")
    without = world.suggestion(lesson)
    named = ChangeProfile(past, {"name": "The release of a server"})
    handlers.change_profile(teller.log, teller.organisation_id, named, Request(new_id(), BY_A_TEST))
    fell(world.suggestion(lesson), without, "similar_project")


@pytest.mark.parametrize(
    ("name", "case", "near"),
    [
        ("The release of a server", "", True),
        ("A garden", "you test the release of a server", True),
        ("A garden", "you test a tomato", False),
    ],
    ids=["its project", "its case", "the control: neither"],
)
def test_what_is_near_is_relevant_in_whatever_words(world: World, name: str, case: str, *, near: bool) -> None:
    """A team that did nearly the same is heard, though its lesson does not name what I do."""
    past = world.teller.project(name, ended_on="2020-01-01")
    (lesson,) = world.teller.lessons(past, "Tomatoes want warmth.", applies_when=case)
    assert (lesson in world.suggestions()) is near


def test_the_case_that_it_is_meant_for(world: World) -> None:
    """Of two lessons the one that is meant for what I do says so, in its own words; the one that is meant for something else does not."""
    cases = ("you test the release of a server", "tomatoes want warmth")
    fitting, other = (
        world.teller.lessons(
            world.teller.project("Past", ended_on="2020-01-01"), f"The {said} broke the release.", applies_when=case
        )[0]
        for said, case in zip(("deploy", "test"), cases, strict=True)
    )
    given = world.suggestion(fitting)
    meant = reason(given, "meant_for")
    assert (meant.aspect, meant.passage) == ("profile", cases[0])
    assert given.score == pytest.approx(sum(each.weight for each in given.reasons), abs=1e-3)
    assert not any(each.kind == "meant_for" for each in world.suggestion(other).reasons)


def test_evidence(world: World) -> None:
    """A lesson that another project stands behind is worth more, by what the reason says."""
    (lesson,) = world.teller.lessons(
        world.teller.project("Past", ended_on="2020-01-01"), "The deploy and the release broke."
    )
    without = world.suggestion(lesson)
    other = world.teller.project("Other", ended_on="2020-01-01")
    command = EndorseLesson(lesson, other, "")
    handlers.change_lesson(world.teller.log, world.teller.organisation_id, command, Request(new_id(), BY_A_TEST))
    endorsed = world.suggestion(lesson)
    assert reason(endorsed, "evidence").count == 1
    fell(endorsed, without, "evidence")


def test_what_is_told_again(world: World) -> None:
    """That two projects tell the same speaks for it; when one of them takes it back, that is gone."""
    (lesson,) = world.teller.lessons(
        world.teller.project("Past", ended_on="2020-01-01"), "The deploy and the release broke."
    )
    (again,) = world.teller.lessons(
        world.teller.project("Other", ended_on="2020-01-01"), "The deploy and the release broke!"
    )
    twice = world.suggestion(lesson)
    assert reason(twice, "told_again").count == 2
    world.teller.retire(again)
    once = world.suggestion(lesson)
    assert not any(each.kind == "told_again" for each in once.reasons)


def test_age(world: World) -> None:
    """An older lesson has less of what being recent adds, and nothing else changes with its age."""
    teller = world.teller
    past = teller.project("Past", ended_on="2020-01-01")
    (old,) = teller.lessons(past, "The deploy and the release broke.", at=datetime(2000, 1, 1, tzinfo=UTC))
    given = world.suggestion(old)
    assert not any(each.kind == "recent" for each in given.reasons)
    (new,) = teller.lessons(teller.project("Later", ended_on="2020-01-01"), "The server of the test failed.")
    assert reason(world.suggestion(new), "recent").weight == pytest.approx(0.1)


def test_the_paper_that_brought_it(world: World) -> None:
    """A lesson that only a listed risk brings names the risk and what it says; without the risk it is not suggested."""
    (lesson,) = world.teller.lessons(
        world.teller.project("Past", ended_on="2020-01-01"), "Supplier delivered tram doors late."
    )
    risks = "# Risks\n\n- Supplier may have tram doors late.\n- Nobody may want to pay for it.\n"
    world.profile["artefacts"] = (Artefact("risks", risks, "Risk list"),)
    given = world.suggestion(lesson)
    similar = reason(given, "similar_text")
    assert similar.aspect == "Risk list"
    assert similar.asked == "Supplier may have tram doors late."
    assert similar.passage == "Supplier delivered tram doors late."
    del world.profile["artefacts"]
    with pytest.raises(KeyError):
        world.suggestion(lesson)


def test_the_sentence_that_it_answers(world: World) -> None:
    """Each lesson quotes the sentence of my summary that it is nearest to, as I wrote it; without that sentence it is not suggested."""
    doors, tiles = (
        world.teller.lessons(world.teller.project("Past", ended_on="2020-01-01"), said)[0]
        for said in ("Supplier delivered tram doors late.", "Rain lifted every glued tile.")
    )
    supplier, rain = "Supplier may have tram doors late, e.g. by winter.", "Rain may find a tile not glued."
    world.profile["summary"] = f"{supplier} {rain}"
    both = [reason(world.suggestion(each), "similar_text") for each in (doors, tiles)]
    assert [each.aspect for each in both] == ["summary", "summary"]
    assert [each.asked for each in both] == [supplier, rain]
    assert both[0].passage == "Supplier delivered tram doors late."
    world.profile["summary"] = rain
    assert reason(world.suggestion(tiles), "similar_text").asked == rain
    with pytest.raises(KeyError):
        world.suggestion(doors)


def test_a_trait_is_named_and_not_quoted(world: World) -> None:
    """Where the domain is what a lesson is nearest to, the reason names it: it is a word or two, which nobody wrote as a sentence."""
    (lesson,) = world.teller.lessons(world.teller.project("Past", ended_on="2020-01-01"), "Tram doors jam.")
    world.profile["domain"] = "tram doors"
    similar = reason(world.suggestion(lesson), "similar_text")
    assert (similar.aspect, similar.asked) == ("domain", "")


def test_both_sorts_of_story(world: World, told: Callable[..., UUID]) -> None:
    """Where unhappy stories match best, the list still ends with a happy one that matches."""
    for number in range(12):
        told("went_wrong", f"The deploy and the release of {number} {number} {number} broke.")
    happy = told("went_well", "A test of the deploy went well.")
    assert world.suggestion(happy).rank


@pytest.fixture
def told(teller: Teller) -> Callable[..., UUID]:
    def told(kind: str, insight: str) -> UUID:
        project_id = teller.project("Past", ended_on="2020-01-01")
        return teller.story(project_id, kind, insight)

    return told
