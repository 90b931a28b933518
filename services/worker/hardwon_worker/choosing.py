"""From candidates to a list that is worth reading: nothing twice, several projects, several themes, happy and unhappy stories."""

from collections.abc import Container, Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np

from hardwon_worker.scoring import Candidate, in_order, told_again

MOST = 10
"""So many suggestions a project gets at most."""
VARIED = 5
"""Among so many of the first, each comes from another project: ten times the same team's story is one story."""
SAME = 0.9
"""Cosine from which two lessons say the same."""
DIVERSITY = 0.5
"""What being all like a lesson chosen before takes away (maximal marginal relevance, Carbonell and Goldstein 1998)."""
_BALANCED = 3
"""From so many suggestions on, both sorts of story must be among them."""
_HAPPY, _UNHAPPY = "went_well", "went_wrong"


def choose(candidates: Sequence[Candidate], offered: Container[UUID] = ()) -> list[Candidate]:
    """Return up to ``MOST`` of the candidates, which come best first: the order in which they are worth reading.

    What was offered before does not come back, in other words neither.

    Where fewer than ``VARIED`` projects have something relevant, each has its best in the list and there is no rest: a list that goes on
    with more of the same says less.
    """
    relevant = [
        each
        for each in collapsed([each for each in candidates if each.is_relevant])
        if not any(match.lesson_id in offered for match in (each.match, *each.same))
    ]
    chosen: list[Candidate] = []
    while len(chosen) < MOST:
        projects = {each.match.project_id for each in chosen}
        open_to = [
            each
            for each in relevant
            if each not in chosen and (len(chosen) >= VARIED or each.match.project_id not in projects)
        ]
        if not open_to:
            break
        chosen.append(max(open_to, key=lambda each: each.score - DIVERSITY * _likeness(each, chosen)))
    return _balanced(chosen, relevant)


def collapsed(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return one of each group that says the same, the best, and count the projects that tell it."""
    kept: list[Candidate] = []
    for each in candidates:
        same = next((at for at, other in enumerate(kept) if _cosine(each, other) >= SAME), None)
        if same is None:
            kept.append(each)
        else:
            kept[same] = replace(kept[same], same=(*kept[same].same, each.match))
    return in_order([told_again(each) for each in kept])


def _balanced(chosen: list[Candidate], relevant: Sequence[Candidate]) -> list[Candidate]:
    """Let the last suggestion make way where all that is told went wrong, or all went well, and the other sort is there too."""
    told = frozenset().union(*(each.stories for each in chosen))
    others = {each.match.project_id for each in chosen[:-1]} if len(chosen) <= VARIED else set()
    for wanted, other in ((_HAPPY, _UNHAPPY), (_UNHAPPY, _HAPPY)):
        if len(chosen) >= _BALANCED and other in told and wanted not in told:
            fitting = (each for each in relevant if wanted in each.stories and each.match.project_id not in others)
            missing = next(fitting, None)
            if missing:
                return [*chosen[:-1], missing]
    return chosen


def _likeness(candidate: Candidate, chosen: Sequence[Candidate]) -> float:
    return max((max(0.0, _cosine(candidate, each)) for each in chosen), default=0.0)


def _cosine(one: Candidate, other: Candidate) -> float:
    return float(np.dot(one.match.vector, other.match.vector))
