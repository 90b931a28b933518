"""Choosing what a project is offered, and saying why. What finds and scores the lessons stands behind ``Ranker``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import numpy as np
import numpy.typing as npt

from hardwon.domain.events import Profile, Reason, Suggestion
from hardwon.ports import Embedder
from hardwon_worker.retrieval import Match, Retrieval
from hardwon_worker.sentences import sentences
from hardwon_worker.themes import commonest, themes
from hardwon_worker.vectors import LiveModel

MOST = 10
"""So many suggestions a project gets at most."""
VARIED = 5
"""Among so many of the first, each comes from another project: ten times the same team's story is one story."""
LOOKED_AT = 100
COMMON_AMONG = 1_000
"""Among so many of the latest lessons it is looked for what an organisation meets again and again."""
COMMON = 0.9
"""The share of what is common in the choice for a project that says little of itself; the rest is being near to it."""
MET_BY = 3
"""A theme is common if so many projects met it."""
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
    offered: frozenset[UUID] = frozenset()
    """What the project was offered before; it is never offered again."""


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


class HybridRanker:
    """Ranks by how well each lesson matches the profile, in meaning and words; by what is common where the profile says too little."""

    name = "hybrid-1"

    def __init__(self, retrieval: Retrieval) -> None:
        self._retrieval = retrieval

    def rank(self, asking: Asking, live: LiveModel, embedder: Embedder) -> Ranked:
        way = self._by_what_is_common if is_thin(asking.profile) else self._by_matching
        suggestions, looked_at = way(asking, live, embedder)
        considered = self._retrieval.considered(asking.organisation_id, asking.project_id, asking.known_position)
        return Ranked(suggestions, considered, looked_at - len(suggestions))

    def _by_matching(self, asking: Asking, live: LiveModel, embedder: Embedder) -> tuple[tuple[Suggestion, ...], int]:
        """Return what matches the profile, and how many lessons were looked at."""
        aspects, text = aspects_of(asking.profile), as_text(asking.profile)
        whole, *parts = embedder.embed([text, *aspects.values()])
        question = self._retrieval.question(asking.organisation_id, text, whole)
        found = self._retrieval.search(asking.organisation_id, live, question, LOOKED_AT, other_than=asking.project_id)
        found = [each for each in found if each.lesson_id not in asking.offered]
        return _explained(choose(found), list(aspects), parts, embedder), len(found)

    def _by_what_is_common(
        self, asking: Asking, live: LiveModel, embedder: Embedder
    ) -> tuple[tuple[Suggestion, ...], int]:
        """Return what the organisation meets most often, and how many lessons were looked at."""
        (whole,) = embedder.embed([as_text(asking.profile)])
        lessons = self._retrieval.latest(
            asking.organisation_id, live, whole, COMMON_AMONG, other_than=asking.project_id
        )
        lessons = [each for each in lessons if each.lesson_id not in asking.offered]
        return _common(lessons), len(lessons)


def is_thin(profile: Profile) -> bool:
    """Tell whether the profile is a name and some traits only: then being like it says hardly more than chance."""
    return not profile.summary.strip()


def _common(lessons: Sequence[Match]) -> tuple[Suggestion, ...]:
    """Suggest what the organisation meets most often; among equals, what is nearer to the project."""
    if not lessons:
        return ()
    known = themes(np.stack([each.vector for each in lessons]), [each.project_id for each in lessons])
    near = np.argsort(np.argsort([each.similarity for each in lessons], kind="stable")) / len(lessons)
    total = len({each.project_id for each in lessons})
    chosen = [each for each in commonest(known, near, COMMON, VARIED) if known.met_by(each[0]) >= MET_BY]
    return tuple(
        Suggestion(
            lessons[place].lesson_id,
            rank,
            round(votes + relevance, 4),
            (
                Reason(
                    "common_theme", "", sentences(lessons[place].text)[0], round(votes, 4), known.met_by(place), total
                ),
            ),
        )
        for rank, (place, votes, relevance) in enumerate(chosen, start=1)
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


def choose(found: Iterable[Match]) -> list[Match]:
    """Return up to ``MOST`` relevant lessons, best first: the best of each of ``VARIED`` projects, then the best of the rest.

    Where fewer projects have something relevant, there is no rest: a list that goes on with more of the same says less.
    """
    relevant = [each for each in found if each.similarity >= RELEVANT]
    best_of_project: dict[UUID, Match] = {}
    for each in relevant:
        best_of_project.setdefault(each.project_id, each)
    varied = list(best_of_project.values())[:VARIED]
    if len(varied) < VARIED:
        return varied
    return varied + [each for each in relevant if each not in varied][: MOST - VARIED]


def best_passages(
    found: Sequence[Match], wanted: Sequence[Sequence[float]], embedder: Embedder
) -> list[tuple[int, str, float]]:
    """Return for each lesson which of ``wanted`` and which of its sentences are nearest to each other, and how near."""
    texts = [sentences(each.text) for each in found]
    vectors = iter(embedder.embed([sentence for each in texts for sentence in each]))
    asked = np.asarray(wanted, np.float32)
    best = []
    for each in texts:
        cosines: Matrix = asked @ np.asarray([next(vectors) for _ in each], np.float32).T
        aspect, sentence = divmod(int(cosines.argmax()), len(each))
        best.append((aspect, each[sentence], round(float(cosines[aspect, sentence]), 4)))
    return best


def _explained(
    chosen: Sequence[Match], aspects: Sequence[str], parts: Sequence[Sequence[float]], embedder: Embedder
) -> tuple[Suggestion, ...]:
    """Say of each lesson which of its sentences came nearest to which part of the profile."""
    if not chosen:
        return ()
    passages = best_passages(chosen, parts, embedder)
    return tuple(
        Suggestion(match.lesson_id, rank, match.score, (Reason("similar_text", aspects[aspect], passage, weight),))
        for rank, (match, (aspect, passage, weight)) in enumerate(zip(chosen, passages, strict=True), start=1)
    )
