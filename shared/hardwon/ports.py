"""What the core asks of the outside world, as small interfaces; bootstrap.py and the services name the real ones."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hardwon.domain.events import DomainEvent
from hardwon.log.sealing import Head
from hardwon.log.wire import EVERYTHING, NewEvent, Sought, StoredEvent, Subject


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

    def closeness(self, question: str, sentences: Sequence[str]) -> Sequence[float]:
        """Return for each sentence, of one at least, how close it comes to the question; quickly, since somebody waits for it."""
        ...


class Hints(Protocol):
    """Says that an organisation's log has grown. Best effort: a hint may be lost, doubled or late."""

    def send(self, organisation_id: UUID) -> None:
        """Never raises and never waits for longer than a fraction of a second."""
        ...


class Log(Protocol):
    """One append-only log an organisation, its positions gapless from 1. tests/contract/ is its full meaning."""

    def create(self, organisation_id: UUID) -> None:
        """Open an organisation's log; doing it again changes nothing."""
        ...

    def append(
        self, organisation_id: UUID, events: Sequence[NewEvent], expected: Mapping[str, int] = ...
    ) -> list[StoredEvent]:
        """Append all events or none, and return them as stored; an id stored before with the same payload is returned as it was.

        ``expected`` is stream -> the version that the writer decided on (0: no such stream yet).

        Raises:
            StreamConflict, EventIdReused, Invalid, NotFound: see ``hardwon.domain.errors``.

        """
        ...

    def read(self, organisation_id: UUID, after: int = 0, limit: int = 500) -> list[StoredEvent]:
        """Return up to ``limit`` events in log order, from the one behind position ``after`` on."""
        ...

    def read_stream(self, organisation_id: UUID, stream: str) -> list[StoredEvent]: ...

    def read_types(self, organisation_id: UUID, types: Collection[type[DomainEvent]], until: int) -> list[StoredEvent]:
        """Return the events of these types up to position ``until``, in log order."""
        ...

    def read_about(
        self,
        organisation_id: UUID,
        subject: Subject,
        ids: Collection[UUID],
        types: Collection[type[DomainEvent]],
        until: int,
    ) -> list[StoredEvent]:
        """Return those of them that are about one of these projects, lessons or points, in whatever stream they stand.

        Of points only what changed them is found so: ``PointReworded`` and ``PointWithdrawn``.
        """
        ...

    def read_newest(
        self, organisation_id: UUID, type_: type[DomainEvent], before: int, limit: int
    ) -> list[StoredEvent]:
        """Return the last ``limit`` events of a type in front of position ``before``, the newest first."""
        ...

    def read_back(
        self, organisation_id: UUID, before: int, limit: int, sought: Sought = EVERYTHING
    ) -> list[StoredEvent]:
        """Return the last ``limit`` events in front of a position that are looked for, the newest first."""
        ...

    def position_at(self, organisation_id: UUID, moment: datetime) -> int:
        """Return the position of the last event recorded at that moment or earlier; 0 where there was none yet."""
        ...

    def find(self, organisation_id: UUID, event_ids: Collection[UUID]) -> dict[UUID, StoredEvent]:
        """Return those of the events that exist, by id."""
        ...

    def read_words_of(self, organisation_id: UUID, person_id: UUID) -> list[StoredEvent]:
        """Return all events that hold words of this person, in log order; it walks the whole log."""
        ...

    def destroy_key(self, organisation_id: UUID, person_id: UUID) -> None:
        """Make this person's words unreadable for good, and writing in his name impossible; doing it again changes nothing."""
        ...

    def counts(self, organisation_id: UUID, streams: Collection[str], until: int) -> dict[str, int]:
        """Return of these streams how many events each has up to position ``until``; those without any are left out."""
        ...

    def ballot(self, organisation_id: UUID, person_id: UUID, retrospective_id: UUID) -> str:
        """Return under which name this member votes in this retrospective: another one in each, made with the member's key.

        Raises:
            Conflict: this member's words were erased.

        """
        ...

    def head(self, organisation_id: UUID) -> Head: ...

    def heads(self) -> dict[UUID, int]:
        """Return every organisation and the last position of its log."""
        ...
