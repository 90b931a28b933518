"""The witness: Redis remembers how each log was seen, so that one that is suddenly another is noticed, however it was restored."""

from typing import TYPE_CHECKING

import structlog
from celery import Celery

from hardwon.log import epoch
from hardwon.log.epoch import Seen
from hardwon.projections.following import Pool

if TYPE_CHECKING:
    from redis import Redis

_SEEN_KEY = "hardwon:witnessed"
"""Hash: ``<organisation>/<epoch>`` -> ``<position>/<hash>``, as seen last. Lost with Redis, it is made anew; then nobody knows better."""
log = structlog.get_logger()


class Witness:
    """Compares the logs with what was seen of them, and remembers what it sees."""

    def __init__(self, app: Celery, pool: Pool) -> None:
        self._app, self._pool = app, pool

    def look(self) -> None:
        """Mark the logs that an older one was restored of, so that nobody follows them; remember the others."""
        redis: Redis = self._app.backend.client  # type: ignore[attr-defined]  # the types know the base class only
        with self._pool.across() as connection:
            logs = {f"{each.organisation_id}/{each.epoch}": each for each in epoch.heads(connection)}
            if not logs:
                return
            remembered = zip(logs.values(), redis.hmget(_SEEN_KEY, list(logs)), strict=True)
            seen = {each.organisation_id: _seen(each, told) for each, told in remembered if told}
            # Most logs are as they were: they need not be looked up.
            changed = [
                seen[each.organisation_id] for each in logs.values() if seen.get(each.organisation_id, each) != each
            ]
            others = set(epoch.mark(connection, changed)) if changed else set()
        for organisation_id in sorted(others):
            log.critical("log_restored", problem=epoch.RESTORED.format(organisation_id=organisation_id))
        # What was seen of the others is kept: it is what they are to be compared with.
        grown = {
            name: f"{each.position}/{each.hash.hex()}"
            for name, each in logs.items()
            if each.organisation_id not in others
            and (each.organisation_id not in seen or seen[each.organisation_id].position < each.position)
        }
        if grown:
            redis.hset(_SEEN_KEY, items=[each for pair in grown.items() for each in pair])


def _seen(now: Seen, told: bytes | str) -> Seen:
    position, _, hash_ = (told.decode() if isinstance(told, bytes) else told).partition("/")
    return Seen(now.organisation_id, now.epoch, int(position), bytes.fromhex(hash_))
