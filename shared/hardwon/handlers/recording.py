"""What every command goes through: fold the stream, decide, append."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import TypeVar
from uuid import UUID

from hardwon.domain.errors import StreamConflict
from hardwon.domain.events import DomainEvent
from hardwon.log.wire import Metadata, NewEvent, StoredEvent
from hardwon.ports import Log

State = TypeVar("State")


Carried = Callable[[Sequence[StoredEvent], DomainEvent], Mapping[str, UUID | None]]
"""From a stream's events and the one decided on to the words in it that are somebody else's, as ``NewEvent.words_of``."""


def nothing_carried(_seen: Sequence[StoredEvent], _event: DomainEvent) -> Mapping[str, UUID | None]:
    return {}


@dataclass(frozen=True, slots=True)
class Request:
    """The circumstances of a command: under which event id, by whom, when, and on which version it was decided."""

    event_id: UUID
    metadata: Metadata
    occurred_at: datetime | None = None
    expected_version: int | None = None
    """None: whatever the stream's version is now."""


def state_of(
    history: Sequence[StoredEvent], evolve: Callable[[State | None, DomainEvent], State | None]
) -> State | None:
    """Return the state that a stream's events tell; None where they tell of nothing."""
    nothing: State | None = None
    return reduce(evolve, (stored.event for stored in history), nothing)


def in_order(*histories: Sequence[StoredEvent], until: int | None = None) -> list[StoredEvent]:
    """Return the events of several streams in the order in which the log holds them, up to a position where one is named."""
    found = (stored for history in histories for stored in history if until is None or stored.position <= until)
    return sorted(found, key=lambda stored: stored.position)


def stood_at(
    log: Log,
    organisation_id: UUID,
    stream: str,
    evolve: Callable[[State | None, DomainEvent], State | None],
    until: StoredEvent | None,
) -> tuple[State, StoredEvent] | None:
    """Return the state of a stream, now or as of its event ``until``, and the event that changed it last; None where there is none."""
    history = log.read_stream(organisation_id, stream)
    if until:
        history = history[: until.version]
    known = state_of(history, evolve)
    return None if known is None else (known, history[-1])


def record(  # noqa: PLR0913 - all that a command is decided by
    log: Log,
    organisation_id: UUID,
    stream: str,
    evolve: Callable[[State | None, DomainEvent], State | None],
    decide: Callable[[State | None], Iterable[DomainEvent]],
    request: Request,
    *,
    carried: Carried = nothing_carried,
    beside: Sequence[str] = (),
) -> StoredEvent | None:
    """Fold the stream, decide, append the one event decided on; None where nothing is to be recorded.

    Where the decision goes by other streams too, ``beside``, their events are folded with it, all in the log's order, and none of them may
    have moved meanwhile.

    Who was overtaken is decided on anew, unless the request says on which version it was decided. Each time somebody else got something
    recorded, so this ends.

    Raises:
        StreamConflict: the stream is not at the version that the request says.

    """
    while True:
        try:
            return _record(log, organisation_id, stream, evolve, decide, request, carried=carried, beside=beside)
        except StreamConflict:
            if request.expected_version is not None:
                raise


def _record(  # noqa: PLR0913 - as above
    log: Log,
    organisation_id: UUID,
    stream: str,
    evolve: Callable[[State | None, DomainEvent], State | None],
    decide: Callable[[State | None], Iterable[DomainEvent]],
    request: Request,
    *,
    carried: Carried,
    beside: Sequence[str],
) -> StoredEvent | None:
    """Try once.

    A retry is decided on what its first try saw, so it comes to the same event; the log then answers as it did the first time,
    or refuses an id that comes with another payload.
    """
    history = log.read_stream(organisation_id, stream)
    first_try = next((stored for stored in history if stored.event_id == request.event_id), None)
    seen = history[: first_try.version - 1] if first_try else history
    if request.expected_version not in (None, len(seen)) and first_try is None:
        raise StreamConflict(stream, expected=request.expected_version or 0, actual=len(seen))
    others = {other: log.read_stream(organisation_id, other) for other in beside}
    told = in_order(seen, *others.values(), until=first_try.position - 1 if first_try else None)
    decided = list(decide(state_of(told, evolve)))
    if not decided:
        return None
    (event,) = decided
    words_of = carried(seen, event)
    new = NewEvent(request.event_id, stream, event, request.metadata, request.occurred_at, words_of)
    versions = {other: len(events) for other, events in others.items()}
    return log.append(organisation_id, [new], {stream: len(seen)} | versions)[0]
