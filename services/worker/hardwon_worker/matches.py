"""What a search finds: lessons that are near, lessons with their scores, and what they say."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from hardwon.domain.lesson import searchable_text
from hardwon_worker.fusing import Floats


@dataclass(frozen=True, slots=True)
class Near:
    """A lesson, and the cosine of its vector to what was asked."""

    lesson_id: UUID
    similarity: float


class Scored(NamedTuple):
    """A lesson, and how well it matches what was asked."""

    lesson_id: UUID
    vector: Floats
    score: float
    similarity: float
    shares_words: bool


@dataclass(frozen=True, slots=True)
class Match:
    """What a lesson says, and how well that matches what was asked."""

    lesson_id: UUID
    project_id: UUID
    insight: str
    advice: str
    applies_when: str
    language: str
    vector: Floats
    score: float
    """By meaning and words together; comparable within one answer only."""
    similarity: float
    """Cosine of the vectors, -1 to 1."""
    shares_words: bool
    """With what was asked."""

    @property
    def text(self) -> str:
        return searchable_text(self.insight, self.advice, self.applies_when)
