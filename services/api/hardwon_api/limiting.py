"""How much one token may ask in a minute, counted in Redis for all API processes together."""

import time

import structlog
from flask import Flask
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import RateLimiter, SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from hardwon_api.context import asking
from hardwon_api.problems import Refusal
from hardwon_api.settings import ApiSettings

_TIMEOUT = 0.25  # seconds that a request may lose to a Redis that does not answer
_PAUSE = 5.0  # seconds in which nobody asks a Redis that did not answer
log = structlog.get_logger()


class Limits:
    """Counts requests by token. While Redis is away each process counts for itself: nobody is locked out, and nobody is without a limit."""

    def __init__(self, settings: ApiSettings) -> None:
        self._limit = RateLimitItemPerMinute(settings.requests_per_minute)
        url = settings.redis_url.get_secret_value()
        redis = storage_from_string(url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT, wrap_exceptions=True)
        self._shared = SlidingWindowCounterRateLimiter(redis)
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._not_before = 0.0

    def take(self, token: str) -> None:
        """Count one request of the token, or refuse it."""
        if time.monotonic() >= self._not_before:
            try:
                return self._take(self._shared, token)
            except (StorageError, RedisError) as error:
                self._not_before = time.monotonic() + _PAUSE
                log.warning("limits_counted_alone", error=type(error).__name__)
        return self._take(self._own, token)

    def _take(self, limiter: RateLimiter, token: str) -> None:
        if limiter.hit(self._limit, token):
            return
        seconds = max(1, round(limiter.get_window_stats(self._limit, token).reset_time - time.time()))
        raise Refusal(
            429,
            "too-many-requests",
            "That was asked too often: %(amount)d a minute is the limit.",
            amount=self._limit.amount,
            headers={"Retry-After": str(seconds)},
        )


def register(app: Flask, settings: ApiSettings) -> None:
    """Count every request that comes with a valid token."""
    limits = Limits(settings)

    @app.before_request
    def _count() -> None:
        if principal := asking():
            limits.take(principal.counted_as)
