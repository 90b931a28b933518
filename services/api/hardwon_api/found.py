"""What a worker finds that is asked for something like a text, and how close is close: as close as what is suggested to a project.

Beside a text nothing further away is shown; a search shows it, and says that it is not close.
"""

from dataclasses import dataclass
from uuid import UUID

from hardwon.domain.suggesting import RELEVANT


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
        return self.similarity >= RELEVANT


@dataclass(frozen=True, slots=True)
class NearPoint:
    """A discussion point that reads like a text."""

    point_id: UUID
    similarity: float
    """Cosine of the texts, -1 to 1."""

    @property
    def close(self) -> bool:
        return self.similarity >= RELEVANT
