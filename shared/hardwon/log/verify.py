"""Verifying: walk a log from its start and recompute every hash; whoever altered, removed, swapped or added an event is seen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from hardwon.domain.errors import LogBroken
from hardwon.log import wire
from hardwon.ports import Log

_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Verified:
    """The walk's outcome: ``broken_at`` is the first bad position, None where the whole log holds."""

    organisation_id: UUID
    events: int
    head_hash: bytes
    broken_at: int | None = None
    problem: str = ""


def verify(
    log: Log,
    organisation_id: UUID,
    progress: Callable[[int, int], None],
    anchored: Mapping[int, bytes] = MappingProxyType({}),
) -> Verified:
    """Walk the whole log; ``progress`` hears (events done, events in all) after every page.

    Events appended meanwhile are left for the next walk. A log cut off at its end together with its head row, or written anew as a whole,
    holds here too, unless ``anchored`` says which hash was published of which position.
    """
    head = log.head(organisation_id)
    previous, position, versions, limit = wire.GENESIS, 0, dict[str, int](), _PAGE
    while position < head.position:
        try:
            page = log.read(organisation_id, after=position, limit=min(limit, head.position - position))
        except LogBroken as error:
            if limit == 1:
                return Verified(organisation_id, position, previous, position + 1, error.message)
            limit = 1  # the hole lies somewhere in this page: walk up to it
            continue
        if not page:
            return Verified(
                organisation_id, position, previous, position + 1, "the events from here to the head are missing"
            )
        for stored in page:
            versions[stored.stream] = versions.get(stored.stream, 0) + 1
            problem = _problem(stored, previous, versions[stored.stream])
            if not problem and anchored.get(stored.position, stored.hash) != stored.hash:
                problem = "another hash was published of this position: the log was written anew up to here"
            if problem:
                return Verified(organisation_id, position, previous, stored.position, problem)
            previous, position = stored.hash, stored.position
        progress(position, head.position)
    if previous != head.hash:
        return Verified(organisation_id, position, previous, position, "the head does not carry the last event's hash")
    if (published := max(anchored, default=0)) > position:
        problem = f"the log ends here, and its head was published at position {published}: its end was cut off"
        return Verified(organisation_id, position, previous, position + 1, problem)
    return Verified(organisation_id, position, previous)


def _problem(stored: wire.StoredEvent, previous: bytes, version: int) -> str:
    if wire.chain_hash(previous, stored) != stored.hash:
        return "the event's content does not match its hash"
    if stored.version != version:
        return f"{stored.stream} goes on with version {stored.version} where {version} was due"
    return ""
