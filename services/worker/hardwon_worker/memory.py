"""What an organisation's projects said of lessons, remembered: how lessons like this one fared with questions like this one.

Kernel regression over (question, lesson) pairs (Nadaraya, "On Estimating Regression", 1964), drawn toward the mean verdict where little
is known. Nothing is stored of it: it is fitted anew from the feedback in the log. docs/decisions/0013 has the measurements.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from hardwon_worker.fusing import Floats, unit

Ints = npt.NDArray[np.int64]
_POWER = 2
"""Cosines are raised to it: what is only a little alike must not drown what is alike."""
_DOUBT = 2.0
"""So many times the usual evidence is set against the evidence at hand."""
_LOUDEST = 3
"""No project weighs more than so many times what a project in the middle does."""
_SAMPLE = 300
"""Questions on which the spread of the memory is measured."""
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Judgements:
    """Feedback as arrays: one entry of ``question`` to ``learned`` for each judged lesson."""

    questions: Floats
    """Vectors, (questions, dimensions)."""
    lessons: Floats
    """Vectors, (lessons, dimensions)."""
    question: Ints
    """Row of ``questions``."""
    lesson: Ints
    """Row of ``lessons``."""
    project: Ints
    """Who judged; numbered in the order in which the projects asked."""
    owner: Ints
    """Whose lesson it is, in the same numbers; -1 for a project that never judged."""
    worth: Floats
    """0 (not relevant) to 1 (adopted)."""
    default: Floats
    """The score without what was learned, as it was when the lesson was suggested."""
    learned: Floats
    """What the memory that was on then added to it."""

    def only(self, wanted: npt.NDArray[np.bool_]) -> "Judgements":
        told = ("question", "lesson", "project", "owner", "worth", "default", "learned")
        return replace(self, **{name: getattr(self, name)[wanted] for name in told})


@dataclass(frozen=True, slots=True)
class Memory:
    """Fitted judgements; ``of`` says what they mean for new questions."""

    mean: Floats
    """Of all texts judged or asked: what they have in common tells nothing."""
    texts: Floats
    """Centred, of length 1, (texts, dimensions)."""
    left: Ints
    right: Ints
    """Of each judgement the texts that were judged to belong together, or not."""
    weight: Floats
    """Of each judgement, by how much its project said."""
    surprise: Floats
    """Weight times how much better than the mean the judgement was."""
    doubt: float
    """Evidence that is set against the evidence at hand."""
    spread: float
    """Of what is remembered, before it is divided by it."""

    def of(self, question: Floats, lessons: Floats) -> Floats:
        """Return for each lesson how much better than usual those like it fared with questions like this one.

        Args:
            question: vector, (dimensions,).
            lessons: vectors, (lessons, dimensions).

        Returns:
            (lessons,), 0 where nothing is known; its spread over known lessons is about 1.

        """
        better, evidence = self.gathered(question, self.near(lessons))
        fared: Floats = better / (evidence + self.doubt) / self.spread
        return fared

    def near(self, lessons: Floats) -> Floats:
        """Return how alike the lessons and all texts are, (lessons, texts)."""
        return _alike(unit(lessons - self.mean), self.texts)

    def gathered(self, question: Floats, told: Floats) -> tuple[Floats, Floats]:
        """Return for each lesson the surprise, and the weight, of all judgements, each as far as it is like this question and lesson.

        Args:
            question: vector, (dimensions,).
            told: what ``near`` returned of the lessons, (lessons, texts).

        """
        asked = _alike(self.texts, unit(question - self.mean))[self.left]
        better: Floats = told @ np.bincount(self.right, asked * self.surprise, len(self.texts))
        evidence: Floats = told @ np.bincount(self.right, asked * self.weight, len(self.texts))
        return better, evidence


def fit(given: Judgements) -> Memory | None:
    """Remember the judgements; None where they all say the same, which tells nothing apart."""
    if not len(given.worth) or given.worth.min() == given.worth.max():
        return None
    _, inverse, said = np.unique(given.project, return_inverse=True, return_counts=True)
    weight: Floats = np.minimum(1, _LOUDEST * np.median(said) / said)[inverse]
    asked, question = np.unique(given.question, return_inverse=True)
    told, lesson = np.unique(given.lesson, return_inverse=True)
    questions, lessons = given.questions[asked], given.lessons[told]
    texts = np.concatenate([questions, lessons])
    mean: Floats = texts.mean(axis=0)
    surprise = weight * (given.worth - np.average(given.worth, weights=weight))
    # Whether two texts belong together does not depend on which of them asked: each judgement counts both ways.
    left, right = np.r_[question, lesson + len(questions)], np.r_[lesson + len(questions), question]
    raw = Memory(mean, unit(texts - mean), left, right, np.r_[weight, weight], np.r_[surprise, surprise], _TINY, 1.0)
    return _scaled(raw, questions[:: len(questions) // _SAMPLE + 1], lessons)


def _scaled(raw: Memory, questions: Floats, lessons: Floats) -> Memory:
    """Set the doubt by how much evidence there usually is, and the spread so that the memory speaks about as loudly as other scores."""
    told = raw.near(lessons)  # once for all questions: it is by far the most of the work
    gathered = [raw.gathered(each, told) for each in questions]
    doubt = _DOUBT * float(np.median([evidence for _, evidence in gathered]))
    spread = float(np.std([better / (evidence + doubt) for better, evidence in gathered]))
    return replace(raw, doubt=max(doubt, _TINY), spread=max(spread, _TINY))


def _alike(left: Floats, right: Floats) -> Floats:
    """Return how alike unit vectors are, 0 to 1: (left, right), or (left,) of one ``right``."""
    alike: Floats = np.maximum(left @ right.T, 0) ** _POWER
    return alike
