"""What a worker finds that is asked for something like a text, and how close is close."""

from dataclasses import dataclass
from uuid import UUID

CLOSE = 0.25
"""Cosine from which a text says something like another one: that from which a lesson is worth suggesting to a project, see
docs/decisions/0007. Beside a text nothing further away is shown; a search shows it, and says that it is not close."""


@dataclass(frozen=True, slots=True)
class Found:
    """A lesson that a search found."""

    lesson_id: UUID
    score: float
    similarity: float
    """Cosine of the texts, -1 to 1."""
    passage: str

    @property
    def close(self) -> bool:
        return self.similarity >= CLOSE


@dataclass(frozen=True, slots=True)
class NearPoint:
    """A discussion point that reads like a text."""

    point_id: UUID
    similarity: float
    """Cosine of the texts, -1 to 1."""

    @property
    def close(self) -> bool:
        return self.similarity >= CLOSE
