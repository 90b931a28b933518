"""The witness: Redis remembers how long each log was seen, so that a log that is suddenly shorter is noticed, however it was restored."""

from typing import TYPE_CHECKING

import structlog
from celery import Celery

from hardwon.log import epoch
from hardwon.projections.following import Pool

if TYPE_CHECKING:
    from redis import Redis

_SEEN_KEY = "hardwon:seen"
"""Hash: ``<organisation>/<epoch>`` -> the last position that was seen. Lost with Redis, it is made anew; then nobody knows better."""
log = structlog.get_logger()


class Witness:
    """Compares the logs with what was seen of them, and remembers what it sees."""

    def __init__(self, app: Celery, pool: Pool) -> None:
        self._app, self._pool = app, pool

    def look(self) -> None:
        """Mark the logs that an older one was restored of, so that nobody follows them; remember the others."""
        redis: Redis = self._app.backend.client  # type: ignore[attr-defined]  # the types know the base class only
        with self._pool.connection() as connection:
            logs = {f"{id_}/{of}": (id_, position) for id_, of, position in epoch.heads(connection)}
            if not logs:
                return
            remembered = dict(zip(logs, redis.hmget(_SEEN_KEY, list(logs)), strict=True))
            seen = {name: int(position) for name, position in remembered.items() if position}
            shorter = {logs[name][0]: position for name, position in seen.items() if logs[name][1] < position}
            for organisation_id in epoch.mark(connection, shorter) if shorter else ():
                log.critical("log_restored", problem=epoch.RESTORED.format(organisation_id=organisation_id))
        grown = [(name, position) for name, (_, position) in logs.items() if seen.get(name, -1) < position]
        if grown:
            redis.hset(_SEEN_KEY, items=[each for pair in grown for each in pair])
