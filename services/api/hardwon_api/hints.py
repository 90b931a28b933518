"""Hinting the worker: best effort, one for a burst of writes. A hint that is lost is made good by the worker's sweep."""

import threading
import time
from uuid import UUID

import structlog
from celery import Celery
from kombu import Exchange, Queue
from redis import Redis

from hardwon import work
from hardwon_api.settings import ApiSettings

_TIMEOUT = 0.25  # seconds that a write may lose to a broker that does not answer
_PAUSE = 2.0  # seconds in which nobody asks a broker that did not answer
_HINT_LASTS = 2  # seconds; a worker that takes longer to pick one up gets another
_EXPIRES = 60  # seconds after which a hint that no worker took is dropped, so that hints cannot pile up

log = structlog.get_logger()


def producer(settings: ApiSettings) -> Celery:
    """Return a Celery app that only sends. It keeps no results: the reader of results is in searching.py."""
    app = Celery("hardwon-api", broker=settings.redis_url.get_secret_value(), set_as_current=False)
    timeouts = {"socket_timeout": _TIMEOUT, "socket_connect_timeout": _TIMEOUT}
    app.conf.update(
        broker_transport_options=timeouts,
        # The default exchange routes by the queue's name alone: no binding is kept in Redis that a flush could take away.
        task_queues=[Queue(name, Exchange(""), routing_key=name) for name in (work.INTERACTIVE, work.BULK)],
        task_publish_retry=False,
    )
    return app


class CeleryHints:
    """Implements ``hardwon.ports.Hints``."""

    def __init__(self, settings: ApiSettings, app: Celery) -> None:
        url = settings.redis_url.get_secret_value()
        self._redis = Redis.from_url(url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT)
        self._app = app
        self._lock = threading.Lock()
        self._not_before = 0.0

    def send(self, organisation_id: UUID) -> None:
        if time.monotonic() < self._not_before:
            return
        try:
            key = work.HINT_KEY.format(organisation_id=organisation_id)
            with self._redis.pipeline(transaction=False) as asked:
                asked.set(key, "1", nx=True, ex=_HINT_LASTS)
                asked.llen(work.INTERACTIVE)
                fresh, waiting = asked.execute()
            if fresh and waiting < work.LONGEST_QUEUE:
                self._app.send_task(
                    work.FOLLOW, [str(organisation_id)], queue=work.INTERACTIVE, ignore_result=True, expires=_EXPIRES
                )
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the broker, the write is safe and must not fail
            with self._lock:
                self._not_before = time.monotonic() + _PAUSE
            log.warning("hint_lost", organisation_id=str(organisation_id), error=type(error).__name__)
