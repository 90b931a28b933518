"""Following what other followers hold: a batch and the checkpoint behind it in one transaction, by one worker at a time."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar
from uuid import UUID

from psycopg import Connection

from hardwon.projections.following import Pool, checkpoints, ensure_checkpoint, lock_checkpoint, move_checkpoint

Outcome = TypeVar("Outcome")
Take = Callable[[Connection[Any], int, int], tuple[int, Outcome]]
"""From a connection, where the follower is and how far it can go, to how far it is now and what came of it."""


def is_behind(pool: Pool, organisation_id: UUID, follower: str, needed: Collection[str]) -> bool:
    """Tell whether all that the follower needs is further than the follower is."""
    with pool.of(organisation_id) as connection:
        after, goal = _stretch(connection, organisation_id, follower, needed)
    return after < goal


def take_batch(
    pool: Pool, organisation_id: UUID, follower: str, needed: Collection[str], take: Take[Outcome]
) -> Outcome | None:
    """Return what came of the next batch; None where nothing is left, or another worker is at it.

    The checkpoint stays locked meanwhile, so nothing is taken twice; what ``take`` did outside of this transaction before its worker was
    killed, it must know again.
    """
    with pool.of(organisation_id) as connection:
        ensure_checkpoint(connection, organisation_id, follower)
        with connection.transaction():
            after = lock_checkpoint(connection, organisation_id, follower)
            goal = _stretch(connection, organisation_id, follower, needed)[1]
            if after is None or goal <= after:
                return None
            until, outcome = take(connection, after, goal)
            move_checkpoint(connection, organisation_id, follower, until)
    return outcome


def _stretch(
    connection: Connection[Any], organisation_id: UUID, follower: str, needed: Collection[str]
) -> tuple[int, int]:
    """Return how far the follower is, and how far it can go: as far as all the followers that it needs are."""
    at = {name: each.position for name, each in checkpoints(connection, organisation_id).items()}
    return at.get(follower, 0), min(at.get(name, 0) for name in needed)
