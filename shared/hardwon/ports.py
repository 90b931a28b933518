"""What the core asks of the outside world, as small interfaces; bootstrap.py and the services name the real ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """Which model made a vector: vectors of different models are never compared."""

    name: str
    """Stable across machines, readable, at most 100 characters, e.g. ``all-MiniLM-L6-v2@53aa5117``."""
    dimensions: int


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def model(self) -> EmbeddingModel: ...

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one unit-length vector of ``model.dimensions`` floats a text, in the order of ``texts``."""
        ...


class Hints(Protocol):
    """Says that an organisation's log has grown. Best effort: a hint may be lost, doubled or late."""

    def send(self, organisation_id: UUID) -> None:
        """Never raises and never waits for longer than a fraction of a second."""
        ...
