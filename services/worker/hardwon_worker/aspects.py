"""What a project says of itself, taken apart: each aspect is a question of its own, and a suggestion can name the one that brought it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from hardwon.domain.values import Artefact, Profile
from hardwon_worker.sentences import sentences

WHOLE = "profile"
"""The aspect that is all the others but the papers, told in one text."""
TRAIT = 0.25
"""A trait alone says little, and a lesson that happens to hold its one rare word stands out far: so it supports more than it brings."""
_TRAITS = ("domain", "technologies", "practices", "tags", "phase")
_QUOTED = ("summary", "name")
_MOST_PASSAGES = 24
"""Of all papers together, taken from each in turn: so many searches are still quick."""
_CLAUSE = 4
"""Words from which what stands between two commas is taken by itself."""
_LONGEST = 60
"""Words of a passage: a model's vector of much longer texts says little of each of their points."""
_MARKS = re.compile(r"^\s*(?:[-*+•]|\d+[.)]|>)\s+")
_PAUSE = re.compile(r"[,;]\s+")
_HEADING = re.compile(r"^\s*#+\s")


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that a project says of itself."""

    name: str
    """``profile``, a field of it, or the title or kind of a paper."""
    text: str
    weight: float = 1.0
    """By which the scores of what it finds are multiplied."""
    quoted: bool = False
    """What the project wrote is told again where it matches; a trait is named only."""


def is_thin(profile: Profile) -> bool:
    """Tell whether the profile is a name and some traits only: then being like it says hardly more than chance."""
    return not (profile.summary.strip() or any(True for paper in profile.artefacts for _ in _passages(paper)))


def aspects_of(profile: Profile) -> list[Aspect]:
    """Return what to search for: the profile as a whole, each of its traits, and the passages of its papers."""
    told = parts_of(profile)
    traits = [Aspect(name, told[name], TRAIT) for name in _TRAITS if name in told]
    papers = [
        [Aspect(each.title or each.kind, text, quoted=True) for text in _passages(each)] for each in profile.artefacts
    ]
    in_turn = (each for each in chain.from_iterable(zip_longest(*papers)) if each)
    return [Aspect(WHOLE, as_text(profile)), *traits, *islice(in_turn, _MOST_PASSAGES)]


def parts_of(profile: Profile) -> dict[str, str]:
    """Return the fields of a profile that say something about the work, each as text; those left empty are left out.

    A project that was begun with a line is called what it is: said once.
    """
    parts = {
        "summary": profile.summary if profile.summary != profile.name else "",
        "domain": profile.domain,
        "technologies": ", ".join(profile.technologies),
        "practices": ", ".join(profile.practices),
        "tags": ", ".join(profile.tags),
        "phase": profile.phase,
        "name": profile.name,
    }
    return {name: text.strip() for name, text in parts.items() if text.strip()}


def told_in(profile: Profile) -> list[Aspect]:
    """Return what a profile says, in pieces: which of them a lesson comes nearest to can then be quoted."""
    return [
        Aspect(name, each, quoted=name in _QUOTED)
        for name, text in parts_of(profile).items()
        for each in (chain.from_iterable(map(_clauses, sentences(text))) if name in _QUOTED else [text])
    ]


def _clauses(sentence: str) -> Iterator[str]:
    """Yield the sentence's parts between its commas, where each says something by itself: two worries need not be quoted as one."""
    start = 0
    for pause in _PAUSE.finditer(sentence):
        after = _PAUSE.split(sentence[pause.end() :], maxsplit=1)[0]
        if min(len(sentence[start : pause.start()].split()), len(after.split())) >= _CLAUSE:
            yield sentence[start : pause.start()]
            start = pause.end()
    yield sentence[start:]


def as_text(profile: Profile) -> str:
    """Return the profile as a person would tell it."""
    parts = parts_of(profile)
    return "\n".join([parts.pop("name", ""), *parts.values()])


def _passages(paper: Artefact) -> Iterator[str]:
    """Yield the paper's points: its lines without their marks, long ones cut between sentences."""
    for line in paper.text.splitlines():
        text = "" if _HEADING.match(line) else _MARKS.sub("", line).strip()
        passage = ""
        for sentence in sentences(text, most=None):
            if passage and len(f"{passage} {sentence}".split()) > _LONGEST:
                yield passage
                passage = ""
            passage = f"{passage} {sentence}".strip()
        if passage:
            yield passage
