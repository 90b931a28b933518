"""Choosing what a project is offered, and saying why. What finds and scores the lessons stands behind ``Ranker``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import numpy as np
import numpy.typing as npt

from hardwon.domain.events import Profile, Reason, Suggestion
from hardwon.ports import Embedder
from hardwon_worker.retrieval import Near, Retrieval
from hardwon_worker.sentences import sentences
from hardwon_worker.vectors import LiveModel

MOST = 10
"""So many suggestions a project gets at most."""
VARIED = 5
"""Among so many of the first, each comes from another project: ten times the same team's story is one story."""
LOOKED_AT = 100
RELEVANT = 0.25
"""Cosine to the profile below which a lesson is held back; docs/decisions/0007 tells how it was found, and for which model."""

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asking:
    """A project that shall be offered lessons, and how far the lessons are known."""

    organisation_id: UUID
    project_id: UUID
    profile: Profile
    known_position: int


@dataclass(frozen=True, slots=True)
class Ranked:
    suggestions: tuple[Suggestion, ...]
    considered: int
    hidden: int


class Ranker(Protocol):
    """Ranks an organisation's lessons for a project, never its own."""

    @property
    def name(self) -> str:
        """Recorded with each suggestion; a new name whenever equal data would be ranked otherwise."""
        ...

    def rank(self, asking: Asking, live: LiveModel, embedder: Embedder) -> Ranked: ...


class VectorRanker:
    """Ranks by the cosine between the profile, as readable text, and each lesson."""

    name = "vectors-1"

    def __init__(self, retrieval: Retrieval) -> None:
        self._retrieval = retrieval

    def rank(self, asking: Asking, live: LiveModel, embedder: Embedder) -> Ranked:
        aspects = aspects_of(asking.profile)
        whole, *parts = embedder.embed([as_text(asking.profile), *aspects.values()])
        near = self._retrieval.nearest(asking.organisation_id, live, whole, LOOKED_AT, other_than=asking.project_id)
        chosen = choose(near)
        return Ranked(
            _explained(chosen, list(aspects), parts, embedder),
            self._retrieval.considered(asking.organisation_id, asking.project_id, asking.known_position),
            len(near) - len(chosen),
        )


def aspects_of(profile: Profile) -> dict[str, str]:
    """Return the parts of a profile that say something about the work, each as text; those left empty are left out."""
    aspects = {
        "summary": profile.summary,
        "domain": profile.domain,
        "technologies": ", ".join(profile.technologies),
        "practices": ", ".join(profile.practices),
        "tags": ", ".join(profile.tags),
        "phase": profile.phase,
        "name": profile.name,
    }
    return {name: text.strip() for name, text in aspects.items() if text.strip()}


def as_text(profile: Profile) -> str:
    """Return what is compared with the lessons: the profile as a person would tell it."""
    aspects = aspects_of(profile)
    return "\n".join([aspects.pop("name", ""), *aspects.values()])


def choose(near: Iterable[Near]) -> list[Near]:
    """Return up to ``MOST`` relevant lessons: first the best of each of ``VARIED`` projects, then the best of the rest.

    Where fewer projects have something relevant, there is no rest: a list that goes on with more of the same says less.
    """
    relevant = sorted(
        (each for each in near if score(each) >= RELEVANT), key=lambda each: (-score(each), each.lesson_id)
    )
    best_of_project: dict[UUID, Near] = {}
    for each in relevant:
        best_of_project.setdefault(each.project_id, each)
    varied = list(best_of_project.values())[:VARIED]
    if len(varied) < VARIED:
        return varied
    return varied + [each for each in relevant if each not in varied][: MOST - VARIED]


def score(near: Near) -> float:
    """Return the cosine as it is recorded: so coarse that the model's rounding on another machine does not show."""
    return round(near.similarity, 4)


def best_passages(
    near: Sequence[Near], wanted: Sequence[Sequence[float]], embedder: Embedder
) -> list[tuple[int, str, float]]:
    """Return for each lesson which of ``wanted`` and which of its sentences are nearest to each other, and how near."""
    texts = [sentences(each.text) for each in near]
    vectors = iter(embedder.embed([sentence for each in texts for sentence in each]))
    asked = np.asarray(wanted, np.float32)
    found = []
    for each in texts:
        cosines: Matrix = asked @ np.asarray([next(vectors) for _ in each], np.float32).T
        aspect, sentence = divmod(int(cosines.argmax()), len(each))
        found.append((aspect, each[sentence], round(float(cosines[aspect, sentence]), 4)))
    return found


def _explained(
    chosen: Sequence[Near], aspects: Sequence[str], parts: Sequence[Sequence[float]], embedder: Embedder
) -> tuple[Suggestion, ...]:
    """Say of each lesson which of its sentences came nearest to which part of the profile."""
    if not chosen:
        return ()
    passages = best_passages(chosen, parts, embedder)
    return tuple(
        Suggestion(near.lesson_id, rank, score(near), (Reason("similar_text", aspects[aspect], passage, weight),))
        for rank, (near, (aspect, passage, weight)) in enumerate(zip(chosen, passages, strict=True), start=1)
    )
