"""What an organisation meets again and again, found in its lessons and stories: for a project that says too little to compare.

Each lesson, and each story that no lesson tells, spreads one vote over those like it; the lessons chosen are those that together gather
the most votes. What all texts of the organisation share, and what those of one project share, is taken away before: it tells who wrote,
and not what happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt

from hardwon_worker.fusing import Floats, unit

ALIKE = 0.1
"""Cosine, between lessons without what they share anyway, from which they say something of each other."""
SAME = 0.3
"""Cosine from which two lessons are of the same theme: it is said of how many projects met it."""
_MANNER_FROM = 1
"""A project's mean is drawn toward nothing as if it had so many more lessons that say nothing."""


@dataclass(frozen=True, slots=True)
class Themes:
    """The texts of other projects, lessons first, and how they are like each other."""

    projects: Sequence[UUID]
    """Of each text."""
    alike: Floats
    """How much of its vote each text (row) gives to each (column), (texts, texts); a row's sum is 1."""
    same: npt.NDArray[np.bool_]
    """Whether two texts are of the same theme, (texts, texts)."""

    def met_by(self, lesson: int) -> int:
        """Return how many projects met the lesson's theme, its own among them."""
        return len({self.projects[int(at)] for at in np.flatnonzero(self.same[lesson])})


def themes(vectors: Floats, projects: Sequence[UUID]) -> Themes:
    """Compare all texts with each other; ``vectors`` is (texts, dimensions), of unit length."""
    told = without_manner(vectors, projects)
    cosines = told @ told.T
    alike = np.maximum(cosines - ALIKE, 0)
    np.fill_diagonal(alike, np.maximum(alike.diagonal(), 1 - ALIKE))
    return Themes(projects, alike / alike.sum(axis=1, keepdims=True), (cosines >= SAME) | np.eye(len(told), dtype=bool))


def commonest(
    known: Themes, relevance: Floats, share: float, count: int, offered: npt.NDArray[np.bool_], met_by: int
) -> list[tuple[int, float, float]]:
    """Return up to ``count`` lessons of as many projects: each time the one with the most votes that none chosen before it has.

    Args:
        known: the lessons, and behind them the stories that no lesson tells.
        relevance: of each lesson to the asking project, 0 to 1, (lessons,).
        share: of the votes in the choice, 0 to 1; the rest is relevance.
        count: how many to choose at most.
        offered: which lessons were offered before; their votes are given away, (lessons,).
        met_by: so many projects must have met the theme of a lesson.

    Returns:
        place of the lesson, and what its votes and its relevance add to its score; the best first.

    """
    lessons = len(relevance)
    given = known.alike[:, :lessons][:, offered].max(axis=1, initial=0)
    free = ~offered & np.array([known.met_by(at) >= met_by for at in range(lessons)])
    owner = np.array([project.int for project in known.projects[:lessons]], object)
    chosen: list[tuple[int, float, float]] = []
    most = 0.0
    while len(chosen) < count and free.any():
        votes = np.maximum(known.alike[:, :lessons] - given[:, None], 0).sum(axis=0)
        most = most or float(votes.max())
        gain = np.where(free, share * votes / most + (1 - share) * relevance, -1)
        best = int(gain.argmax())
        chosen.append((best, float(share * votes[best] / most), float((1 - share) * relevance[best])))
        given = np.maximum(given, known.alike[:, best])
        free &= owner != owner[best]
    return chosen


def without_manner(vectors: Floats, projects: Sequence[UUID]) -> Floats:
    """Return the vectors without what all texts share and what those of one project share, of unit length."""
    told = vectors - vectors.mean(axis=0)
    names, owner = np.unique([project.int for project in projects], return_inverse=True)
    sums, sizes = np.zeros((len(names), told.shape[1])), np.bincount(owner)
    np.add.at(sums, owner, told)
    return unit(told - (sums / (sizes + _MANNER_FROM)[:, None])[owner])
