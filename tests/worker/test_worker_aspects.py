"""A project's papers are taken apart into the points that people made."""

from uuid import uuid4

import numpy as np
import pytest

from hardwon.domain.suggesting import RELEVANT
from hardwon.domain.values import Artefact, Profile
from hardwon_worker.aspects import WHOLE, Aspect, aspects_of, is_thin, told_in
from hardwon_worker.matches import Match
from hardwon_worker.scoring import brought


def points(text: str) -> list[str]:
    profile = Profile("P", artefacts=(Artefact("risks", text),))
    return [each.text for each in aspects_of(profile) if each.quoted]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "# Risks\n\n- Vendor lock-in\n* Scope creep\n2. Late doors\n> Quoted.",
            ["Vendor lock-in", "Scope creep", "Late doors", "Quoted."],
        ),
        ("供应商可能迟交。\n没有人愿意付钱。", ["供应商可能迟交。", "没有人愿意付钱。"]),
        (" ".join(f"Sentence {n} of the charter." for n in range(20)), 2),
        ("## Only a heading\n\n", []),
    ],
    ids=["list", "Chinese", "one paragraph", "heading"],
)
def test_a_paper_is_told_in_points(text: str, told: list[str] | int) -> None:
    """Each line of a list is a point, however short; a long paragraph is cut between sentences and nothing of it is lost."""
    found = points(text)
    if isinstance(told, int):
        assert len(found) == told
        assert " ".join(found) == text
    else:
        assert found == told


def test_every_paper_has_its_turn() -> None:
    """A long charter does not crowd out the risks: passages are taken from the papers in turn."""
    charter = Artefact("charter", "\n".join(f"Point {n} of the charter" for n in range(100)))
    told = aspects_of(Profile("P", artefacts=(charter, Artefact("risks", "The supplier is late"))))
    papers = [each for each in told if each.quoted]
    assert len(papers) == 24
    assert papers[1].text == "The supplier is late"


def test_what_says_too_little() -> None:
    """A name and traits are too little, and so is a paper that says nothing; a summary or a point is not."""
    assert is_thin(Profile("P", technologies=("Python",), artefacts=(Artefact("charter", "# Charter"),)))
    assert not is_thin(Profile("P", artefacts=(Artefact("risks", "Late doors"),)))
    assert not is_thin(Profile("P", summary="Doors for trams."))


def test_what_was_begun_with_a_line_says_it_once() -> None:
    """It is called what it is: enough to match, and asked for once."""
    line = "New doors for all trams"
    profile = Profile(line, summary=line)
    assert not is_thin(profile)
    assert [each.text for each in aspects_of(profile)] == [line]
    assert [(each.name, each.text) for each in told_in(profile)] == [("name", line)]


def test_a_sentence_is_quoted_in_its_clauses() -> None:
    """What stands between commas is a worry of its own where it says something by itself, and stays whole where it only counts up."""
    two = "Workshop fits them at night, or by day; the drivers' council is wary."
    listed = "It answers questions about timetables, fares and doors."
    told = told_in(Profile("P", summary=f"{two} {listed}"))
    assert [each.text for each in told[:-1]] == [
        "Workshop fits them at night, or by day",
        "the drivers' council is wary.",
        listed,
    ]


def test_a_paper_does_not_hide_what_the_profile_finds() -> None:
    """A lesson to which the profile is relevant stays, also where a paper's point stands out more and is not relevant itself."""
    lesson = uuid4()

    def match(score: float, similarity: float) -> Match:
        return Match(lesson, uuid4(), "It broke.", "", "", "en", np.zeros(3), score, similarity, shares_words=True)

    whole, paper = Aspect(WHOLE, "Trams"), Aspect("minutes", "Minutes in English", quoted=True)
    found = [(whole, [match(1.0, RELEVANT + 0.1)]), (paper, [match(3.0, RELEVANT - 0.1)])]
    for order in (found, found[::-1]):
        (candidate,) = brought(order)
        assert candidate.aspect == whole
