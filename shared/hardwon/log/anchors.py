"""Anchors: heads of logs, kept where nobody who could change the database can change them too.

One JSON object a line: ``{"organisation_id", "position", "hash" (hexadecimal), "at" (RFC 3339)}``. A chain of hashes alone does not
show that its end was cut off, or that all of it was written anew; an anchor does.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from hardwon.domain.errors import Invalid
from hardwon.log import wire
from hardwon.log.sealing import Head
from hardwon.ports import Log

Anchors = Mapping[UUID, Mapping[int, bytes]]
"""Organisation -> position -> the hash that was published of it."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a log ended at a moment."""

    organisation_id: UUID
    head: Head
    at: datetime

    def as_json(self) -> dict[str, str | int]:
        return {
            "organisation_id": str(self.organisation_id),
            "position": self.head.position,
            "hash": self.head.hash.hex(),
            "at": wire.timestamp(self.at),
        }


def moved(log: Log, published: Mapping[UUID, int], at: datetime) -> list[Anchor]:
    """Return an anchor for each log that has grown since the position that was published of it."""
    grown = [id_ for id_, position in sorted(log.heads().items()) if position > published.get(id_, 0)]
    return [Anchor(id_, log.head(id_), at) for id_ in grown]


def write(anchors: Iterable[Anchor]) -> str:
    return "".join(json.dumps(anchor.as_json()) + "\n" for anchor in anchors)


def read(path: Path) -> Anchors:
    """Return what was published in a file.

    Raises:
        Invalid: a line is no anchor; names it.

    """
    found: dict[UUID, dict[int, bytes]] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            told = json.loads(line.decode("utf-8"))
            position, hash_ = int(told["position"]), bytes.fromhex(told["hash"])
            # The first one counts: a worker publishes again when it is started, and whoever wrote the log anew would only have to wait.
            found.setdefault(UUID(told["organisation_id"]), {}).setdefault(position, hash_)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            raise Invalid(f"{path}:{number}: this line is no anchor.", field="/anchors") from None
    return found
