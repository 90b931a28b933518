"""Ids: time-ordered where Hardwon chooses, derived where a client's key must always lead to the same one."""

import hashlib
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a new UUIDv7."""
    return uuid7()


def id_for_key(organisation_id: UUID, key: str) -> UUID:
    """Return the id that an Idempotency-Key stands for: the key itself if it is a UUID, else a UUIDv8 of its digest."""
    try:
        return UUID(key)
    except ValueError:
        digest = hashlib.sha256(organisation_id.bytes + key.encode()).digest()[:16]
        bits = int.from_bytes(digest) & ~(0xF << 76) & ~(0x3 << 62)
        return UUID(int=bits | 8 << 76 | 2 << 62)
