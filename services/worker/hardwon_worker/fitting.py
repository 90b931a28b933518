"""What a lesson's own words do not tell: how like its project is to the asking one, and whether this is the case that it is meant for."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import numpy as np

from hardwon.domain.values import Reason
from hardwon_worker.aspects import Aspect
from hardwon_worker.fusing import Floats, standardised
from hardwon_worker.recalling import Vector
from hardwon_worker.scoring import Candidate, Fit
from hardwon_worker.standing import Standing

ALIKE, MEANT = 2.25, 1.0
"""For each standard deviation by which a project, or a case, stands out among the candidates': measured in docs/decisions/0038 and 0040."""
CLOSE, CLOSE_FROM = 20.0, 0.35
"""What a project's nearness is worth besides, for each unit of cosine above the second: one that did nearly the same comes first."""
NEAR = 0.3
"""Cosine from which a project, or a case, is so near that its lesson is relevant whatever words it is told in."""
ALIKE_FROM = 0.45
"""Cosine from which a project is said to be near in itself, and not only nearer than others."""
_ROUNDED = 4


def fitting(
    candidates: Sequence[Candidate],
    known: Mapping[UUID, Standing],
    asked: Sequence[tuple[Aspect, Floats]],
    embed: Callable[[Sequence[str]], Mapping[str, Vector]],
) -> list[Fit]:
    """Return for each candidate what speaks for it besides its match. What is no nearer than others' says nothing, and nothing against it.

    Args:
        candidates: as they were brought.
        known: how their lessons stand.
        asked: the profile as a whole, then the passages of its papers, with their vectors. A trait alone would fit too much.
        embed: of the model that made the vectors.

    """
    if not candidates:
        return []
    projects = [known[each.match.lesson_id].project if each.match.lesson_id in known else "" for each in candidates]
    cases = [each.match.applies_when for each in candidates]
    texts = [each for each in dict.fromkeys((*projects, *cases)) if each.strip()]
    vectors = embed(texts)
    whole, wanted = asked[0][0], np.stack([vector for _, vector in asked])
    alike, meant = _cosines(projects, vectors, wanted[:1]), _cosines(cases, vectors, wanted)
    close = CLOSE * np.maximum(0, np.nan_to_num(alike[:, 0]) - CLOSE_FROM)
    worth = zip(ALIKE * _above(alike) + close, MEANT * _above(meant), strict=True)
    near = np.fmax(alike[:, 0], meant.max(axis=1)) >= NEAR
    fits = []
    for case, cosines, is_near, likeness, (like, fit) in zip(cases, meant, near, alike[:, 0], worth, strict=True):
        aspect = asked[int(cosines.argmax())][0]
        said = aspect.text if aspect.quoted else ""
        told = (
            Reason("similar_project", whole.name if likeness >= ALIKE_FROM else "", "", round(float(like), _ROUNDED)),
            Reason("meant_for", aspect.name, case, round(float(fit), _ROUNDED), asked=said),
        )
        fits.append(Fit(bool(is_near), tuple(each for each in told if each.weight)))
    return fits


def _cosines(texts: Sequence[str], vectors: Mapping[str, Vector], wanted: Floats) -> Floats:
    """Return the cosine of each text to each thing wanted, (texts, wanted); NaN where there is no text."""
    nothing = np.full(wanted.shape[1], np.nan)
    return np.stack([vectors.get(each, nothing) for each in texts]) @ wanted.T


def _above(cosines: Floats) -> Floats:
    """Return by how many standard deviations each one's best stands above the middle of all; 0 below it, and where there is no text."""
    best, worth = cosines.max(axis=1), np.zeros(len(cosines))
    there = ~np.isnan(best)
    if there.any():
        worth[there] = np.maximum(0, standardised(best[there]))
    return worth
