"""What a project is offered, and why: by matching what it says of itself, or, where that is too little, by what is common.

The steps have files of their own: aspects.py takes the profile apart, retrieval.py finds, scoring.py adds up, choosing.py makes the list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from uuid import UUID

import numpy as np

from hardwon.domain.values import Profile, Reason, Suggestion
from hardwon.ports import Embedder
from hardwon.projections.following import Pool
from hardwon_worker.aspects import TRAIT, WHOLE, Aspect, as_text, aspects_of, is_thin, told_in
from hardwon_worker.choosing import VARIED, choose
from hardwon_worker.fitting import fitting
from hardwon_worker.matches import Match
from hardwon_worker.recalling import Recall
from hardwon_worker.retrieval import Retrieval
from hardwon_worker.scoring import Candidate, brought, learned_of, supported
from hardwon_worker.sentences import sentences
from hardwon_worker.standing import standings, traits
from hardwon_worker.stories import Story, unanswered
from hardwon_worker.themes import commonest, themes
from hardwon_worker.training import Training
from hardwon_worker.vectors import LiveModel

LOOKED_AT = 100
"""So many lessons each aspect brings, and so many in all are looked at closely."""
COMMON_AMONG = 1_000
"""Among so many of the latest lessons, and of stories that no lesson tells, it is looked for what an organisation meets again and again."""
COMMON = 0.9
"""The share of what is common in the choice for a project that says little of itself; the rest is being near to it."""
MET_BY = 3
"""A theme is common if so many projects met it."""


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
    ranker: str
    """Recorded with the suggestions; another name whenever equal data would be ranked otherwise."""


class Ranker(Protocol):
    """Ranks an organisation's lessons for a project, never its own."""

    def rank(self, asking: Asking, live: LiveModel, embedder: Embedder) -> Ranked: ...


class HybridRanker:
    """Ranks by how well each lesson matches the profile, in meaning and words; by what is common where the profile says too little."""

    NAME = "hybrid-5"

    def __init__(self, pool: Pool, retrieval: Retrieval, training: Training) -> None:
        self._pool, self._retrieval, self._training = pool, retrieval, training
        self._recall = Recall()

    def rank(self, asking: Asking, live: LiveModel, embedder: Embedder) -> Ranked:
        way = self._by_what_is_common if is_thin(asking.profile) else self._by_matching
        suggestions, looked_at, ranker = way(asking, live, embedder)
        considered = self._retrieval.considered(asking.organisation_id, asking.project_id, asking.known_position)
        return Ranked(suggestions, considered, looked_at - len(suggestions), ranker)

    def _by_matching(
        self, asking: Asking, live: LiveModel, embedder: Embedder
    ) -> tuple[tuple[Suggestion, ...], int, str]:
        """Return what matches the profile, how many lessons were looked at, and the ranker's name."""
        aspects = aspects_of(asking.profile)
        vectors = embedder.embed([each.text for each in aspects])
        found = [
            (aspect, self._matches(asking, live, aspect, vector))
            for aspect, vector in zip(aspects, vectors, strict=True)
        ]
        candidates = sorted(brought(found), key=lambda each: (-each.matching, each.match.lesson_id))[:LOOKED_AT]
        version, memory = self._training.speaking(asking.organisation_id, live, embedder)
        known = standings(self._pool, asking.organisation_id, [each.match.lesson_id for each in candidates])
        learned = learned_of(memory, np.asarray(vectors[0]), candidates)
        told = [
            (each, np.asarray(vector)) for each, vector in zip(aspects, vectors, strict=True) if each.weight > TRAIT
        ]
        fits = fitting(candidates, known, told, partial(self._recall.vectors, embedder))
        scored = supported(candidates, known, traits(asking.profile), learned, fits)
        suggestions = _suggested(choose(scored, asking.offered), asking.profile, embedder)
        return suggestions, len(candidates), f"{self.NAME}+learned-{version}" if memory else self.NAME

    def _matches(self, asking: Asking, live: LiveModel, aspect: Aspect, vector: Sequence[float]) -> list[Match]:
        question = self._retrieval.question(asking.organisation_id, live, aspect.text, other_than=asking.project_id)
        return self._retrieval.search(asking.organisation_id, live, question, vector, LOOKED_AT)

    def _by_what_is_common(
        self, asking: Asking, live: LiveModel, embedder: Embedder
    ) -> tuple[tuple[Suggestion, ...], int, str]:
        """Return what the organisation meets most often, how many lessons were looked at, and the ranker's name."""
        (whole,) = embedder.embed([as_text(asking.profile)])
        lessons = self._retrieval.latest(
            asking.organisation_id, live, whole, COMMON_AMONG, other_than=asking.project_id
        )
        stories = unanswered(self._pool, asking.organisation_id, live, COMMON_AMONG, other_than=asking.project_id)
        return _common(lessons, stories, asking, embedder), len(lessons), self.NAME


def _suggested(chosen: Sequence[Candidate], profile: Profile, embedder: Embedder) -> tuple[Suggestion, ...]:
    """Say of each lesson which part of the profile brought it, and which sentences of both come nearest to each other."""
    if not chosen:
        return ()
    said = told_in(profile)
    asked = [said if each.aspect.name == WHOLE and not each.aspect.quoted else [each.aspect] for each in chosen]
    passages = best_passages([each.match.text for each in chosen], asked, embedder)
    return tuple(
        Suggestion(
            each.match.lesson_id, rank, each.score, (_similar(*passage, each.matching), *each.others), each.learned
        )
        for rank, (each, passage) in enumerate(zip(chosen, passages, strict=True), start=1)
    )


def _similar(aspect: Aspect, passage: str, weight: float) -> Reason:
    return Reason("similar_text", aspect.name, passage, weight, asked=aspect.text if aspect.quoted else "")


def best_passages(
    texts: Sequence[str], asked: Sequence[Sequence[Aspect]], embedder: Embedder
) -> list[tuple[Aspect, str]]:
    """Return for each text which of what was asked of it, and which of its sentences, are nearest to each other."""
    told = [sentences(each) for each in texts]
    wanted = list(dict.fromkeys(aspect.text for each in asked for aspect in each))
    flat = [sentence for each in told for sentence in each]
    vectors = np.asarray(embedder.embed([*wanted, *flat]))
    place = {text: at for at, text in enumerate(wanted)}
    starts = np.cumsum([len(wanted), *(len(each) for each in told)])
    best = []
    for aspects, each, start in zip(asked, told, starts, strict=False):
        cosines = vectors[[place[aspect.text] for aspect in aspects]] @ vectors[start : start + len(each)].T
        aspect, sentence = divmod(int(cosines.argmax()), len(each))
        best.append((aspects[aspect], each[sentence]))
    return best


def _common(
    lessons: Sequence[Match], stories: Sequence[Story], asking: Asking, embedder: Embedder
) -> tuple[Suggestion, ...]:
    """Suggest what the organisation meets most often; among equals, what is nearer to the project."""
    if not lessons:
        return ()
    told: list[Match | Story] = [*lessons, *stories]
    known = themes(np.stack([each.vector for each in told]), [each.project_id for each in told])
    near = np.argsort(np.argsort([each.similarity for each in lessons], kind="stable")) / len(lessons)
    total = len({each.project_id for each in told})
    before = np.array([each.lesson_id in asking.offered for each in lessons])
    chosen = commonest(known, near, COMMON, VARIED, before, MET_BY)
    said = [told_in(asking.profile)] * len(chosen)
    passages = best_passages([lessons[place].text for place, _, _ in chosen], said, embedder)
    fits = [_similar(*passage, round(each[-1], 4)) for each, passage in zip(chosen, passages, strict=True)]
    return tuple(
        Suggestion(lessons[place].lesson_id, rank, round(round(votes, 4) + fit.weight, 4), reasons)
        for rank, ((place, votes, _), fit) in enumerate(zip(chosen, fits, strict=True), start=1)
        for reasons in [_why_common(lessons[place], votes, fit, known.met_by(place), total)]
    )


def _why_common(lesson: Match, votes: float, fit: Reason, met_by: int, total: int) -> tuple[Reason, ...]:
    theme = Reason("common_theme", "", sentences(lesson.text)[0], round(votes, 4), met_by, total)
    return (theme, fit) if fit.weight else (theme,)
