"""From matches to candidates: what else speaks for a lesson is added to its score, cause by cause, so that each can be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import log2
from typing import NamedTuple
from uuid import UUID

import numpy as np

from hardwon.domain.suggesting import RELEVANT
from hardwon.domain.values import Reason
from hardwon_worker.aspects import Aspect
from hardwon_worker.fusing import Floats
from hardwon_worker.matches import Match
from hardwon_worker.memory import Memory
from hardwon_worker.standing import Standing, Traits

# All in the unit of a match's score, in which the best of a hundred is some 2 above the middle: what else speaks for a lesson
# decides between lessons that match about as well, and never makes one that does not match.
MIDDLING = 1.0
"""What a match in the middle of those found is worth: matches are scored by how far they stand from it, above or below."""
SHARED, MOST_SHARED = 0.1, 3
"""For each trait that the lesson's project shares with the asking one, and for how many at most."""
EVIDENCE, HALF_EVIDENCE = 0.3, 2.0
"""What boundless evidence would add, and the evidence that adds half of it."""
RECENT, HALF_LIFE = 0.1, 730
"""What a lesson of today adds, and the days in which that halves. It only breaks ties: an old lesson is no worse for its age."""
AGAIN = 0.15
"""For each doubling of the projects that tell the same."""
_ROUNDED = 4


class Fit(NamedTuple):
    """What of a lesson fits the asking project besides its match."""

    near: bool
    """Its project, or the case that it is meant for, is near to the asking one."""
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A lesson that might be suggested, and all that speaks for it."""

    match: Match
    aspect: Aspect
    """That brought it."""
    matching: float
    """What that adds to the score."""
    others: tuple[Reason, ...] = ()
    stories: frozenset[str] = frozenset()
    near: bool = False
    """As ``Fit.near``."""
    same: tuple[Match, ...] = ()
    """Lessons that say the same and match less."""

    @property
    def is_relevant(self) -> bool:
        return self.near or self.match.similarity >= RELEVANT

    @property
    def score(self) -> float:
        return round(self.matching + sum(each.weight for each in self.others), _ROUNDED)

    @property
    def learned(self) -> float:
        return sum(each.weight for each in self.others if each.kind == "learned")

    def with_reason(self, reason: Reason | None) -> "Candidate":
        return replace(self, others=(*self.others, reason)) if reason else self


def brought(found: Sequence[tuple[Aspect, Sequence[Match]]]) -> list[Candidate]:
    """Return each lesson once, as the aspect brought it that it matches best, if need be among those to which it is relevant at all."""
    best: dict[UUID, Candidate] = {}
    for aspect, matches in found:
        for match in matches:
            each = Candidate(match, aspect, round(aspect.weight * (MIDDLING + match.score), _ROUNDED))
            known = best.get(match.lesson_id)
            if known is None or _fits(each) > _fits(known):
                best[match.lesson_id] = each
    return list(best.values())


def _fits(candidate: Candidate) -> tuple[bool, float]:
    return candidate.match.similarity >= RELEVANT, candidate.matching


def supported(
    candidates: Sequence[Candidate],
    known: Mapping[UUID, Standing],
    traits: Traits,
    learned: Floats,
    fitting: Sequence[Fit],
) -> list[Candidate]:
    """Return the candidates with what the organisation knows of them, the best first.

    Args:
        candidates: as they were brought.
        known: how their lessons stand; one gone meanwhile is left out.
        traits: of the asking project.
        learned: what feedback says of each, (candidates,).
        fitting: what else of each fits the asking project.

    """
    standing = [known.get(each.match.lesson_id) for each in candidates]
    newest = max((each.drawn_at for each in standing if each), default=None)
    told = [
        replace(
            candidate,
            others=(*fits.reasons, *_reasons(each, traits, float(said), newest)),
            stories=each.stories,
            near=fits.near,
        )
        for candidate, each, said, fits in zip(candidates, standing, learned, fitting, strict=True)
        if each and newest
    ]
    return in_order(told)


def in_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda each: (-each.score, each.match.lesson_id))


def told_again(candidate: Candidate) -> Candidate:
    """Return the candidate with what it adds that several projects tell the same."""
    projects = len({each.project_id for each in (candidate.match, *candidate.same)})
    weight = round(AGAIN * log2(projects), _ROUNDED)
    return candidate.with_reason(Reason("told_again", "", "", weight, projects) if projects > 1 else None)


def learned_of(memory: Memory | None, question: Floats, candidates: Sequence[Candidate]) -> Floats:
    """Return what feedback says of each candidate, (candidates,); all 0 where nothing was learned."""
    if memory is None or not candidates:
        return np.zeros(len(candidates))
    return memory.of(question, np.stack([each.match.vector for each in candidates]))


def _reasons(standing: Standing, traits: Traits, learned: float, newest: datetime) -> tuple[Reason, ...]:
    shared = sorted(standing.traits.keys() & traits.keys())[:MOST_SHARED]
    evidence = EVIDENCE * standing.evidence / (standing.evidence + HALF_EVIDENCE)
    # Not from today on: the same log must give the same list tomorrow.
    recent = RECENT * 0.5 ** ((newest - standing.drawn_at).days / HALF_LIFE)
    told = [
        *(Reason("shared_trait", each[0], traits[each], SHARED) for each in shared),
        Reason("evidence", "", "", round(evidence, _ROUNDED), standing.stood_by),
        Reason("recent", "", "", round(recent, _ROUNDED)),
        Reason("learned", "", "", round(learned, _ROUNDED)),
    ]
    return tuple(each for each in told if each.weight)
