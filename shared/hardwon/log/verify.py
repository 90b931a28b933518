"""Verifying: walk a log from its start and recompute every hash; whoever altered, removed, swapped or added an event is seen."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from hardwon.domain.errors import LogBroken
from hardwon.log import wire
from hardwon.log.sealing import Head
from hardwon.ports import Log

_PAGE = 1_000
BEGINNING = Head()


@dataclass(frozen=True, slots=True)
class Verified:
    """The walk's outcome: ``broken_at`` is the first bad position, None where the whole log holds."""

    organisation_id: UUID
    events: int
    head_hash: bytes
    broken_at: int | None = None
    problem: str = ""


class Walk:
    """Goes from one event to the next, page by page, up to ``goal``. One that was cut short goes on from what it had reached."""

    def __init__(
        self,
        log: Log,
        organisation_id: UUID,
        goal: Head,
        reached: Head = BEGINNING,
        anchored: Mapping[int, bytes] = MappingProxyType({}),
    ) -> None:
        self._log, self._organisation_id, self._goal, self._anchored = log, organisation_id, goal, anchored
        self._began, self._versions, self._limit = reached.position, dict[str, int](), _PAGE
        self.position, self.hash = reached.position, reached.hash

    def step(self) -> Verified | None:
        """Walk one page; return the outcome, once there is one."""
        if self.position >= self._goal.position:
            return self._ended()
        try:
            limit = min(self._limit, self._goal.position - self.position)
            page = self._log.read(self._organisation_id, after=self.position, limit=limit)
        except LogBroken as error:
            if self._limit == 1:
                return self._broken(self.position + 1, error.message)
            self._limit = 1  # the hole lies somewhere in this page: walk up to it
            return None
        if not page:
            return self._broken(self.position + 1, "the events from here to the head are missing")
        self._look_up({stored.stream for stored in page})
        for stored in page:
            if problem := self._check(stored):
                return self._broken(stored.position, problem)
            self.hash, self.position = stored.hash, stored.position
        return None

    def _look_up(self, streams: Collection[str]) -> None:
        """Learn how far the streams had come where this walk began."""
        new = [stream for stream in streams if stream not in self._versions]
        if self._began and new:
            self._versions |= self._log.counts(self._organisation_id, new, self._began)

    def _check(self, stored: wire.StoredEvent) -> str:
        version = self._versions[stored.stream] = self._versions.get(stored.stream, 0) + 1
        problem = _problem(stored, self.hash, version)
        if not problem and self._anchored.get(stored.position, stored.hash) != stored.hash:
            return "another hash was published of this position: the log was written anew up to here"
        return problem

    def _ended(self) -> Verified:
        if self.hash != self._goal.hash:
            return self._broken(self.position, "the head does not carry the last event's hash")
        if (published := max(self._anchored, default=0)) > self.position:
            problem = f"the log ends here, and its head was published at position {published}: its end was cut off"
            return self._broken(self.position + 1, problem)
        return Verified(self._organisation_id, self.position, self.hash)

    def _broken(self, position: int, problem: str) -> Verified:
        return Verified(self._organisation_id, self.position, self.hash, position, problem)


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
    walk = Walk(log, organisation_id, head, anchored=anchored)
    while (outcome := walk.step()) is None:
        progress(walk.position, head.position)
    return outcome


def _problem(stored: wire.StoredEvent, previous: bytes, version: int) -> str:
    if wire.chain_hash(previous, stored) != stored.hash:
        return "the event's content does not match its hash"
    if stored.version != version:
        return f"{stored.stream} goes on with version {stored.version} where {version} was due"
    return ""
