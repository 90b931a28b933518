"""Secrets that say whose they are: ``<organisation>_<random>``. They are handed out once, and only their digests are kept."""

import hashlib
import secrets
from uuid import UUID


def new(organisation_id: UUID) -> str:
    return f"{organisation_id.hex}_{secrets.token_urlsafe(32)}"


def organisation_of(secret: str) -> UUID | None:
    """Return the organisation that the secret names; None where it cannot be one of ours."""
    try:
        return UUID(hex=secret.partition("_")[0])
    except ValueError:
        return None


def digest(secret: str) -> bytes:
    """Return the SHA-256: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()
