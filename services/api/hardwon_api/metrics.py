"""Metrics for Prometheus: what the API does, and how far behind the followers of the logs are."""

import time
from collections import Counter as Counted
from collections.abc import Iterator

from flask import Response, g, request
from flask_openapi3 import OpenAPI
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from psycopg import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from hardwon import work
from hardwon.projections.following import lag, set_aside
from hardwon_api.context import Deps

_TIMEOUT = 1.0


class _Followers(Collector):
    """Read from the database at each scrape, over all organisations."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        url = deps.settings.redis_url.get_secret_value()
        self._redis = Redis.from_url(url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT)

    def collect(self) -> Iterator[Metric]:
        behind = GaugeMetricFamily(
            "hardwon_follower_lag_events", "most events that a follower is behind", labels=["follower"]
        )
        halted = GaugeMetricFamily(
            "hardwon_follower_halted", "organisations for which it is halted", labels=["follower"]
        )
        aside = GaugeMetricFamily(
            "hardwon_texts_set_aside",
            "texts that a follower could not work on; for suggestions, projects",
            labels=["follower"],
        )
        streams = GaugeMetricFamily("hardwon_streams_open", "live streams open now", value=self._deps.streams.open)
        gate = GaugeMetricFamily("hardwon_requests_now", "requests under /v1", labels=["state"])
        gate.add_metric(["working"], self._deps.gate.inside)
        gate.add_metric(["waiting"], self._deps.gate.waiting)
        try:
            with self._deps.pool.across(timeout=1.0) as connection:
                for follower, events, organisations in lag(connection):
                    behind.add_metric([follower], events)
                    halted.add_metric([follower], organisations)
                texts: Counted[str] = Counted()
                for _, follower, count in set_aside(connection):
                    texts[follower] += count
                for follower, count in texts.items():
                    aside.add_metric([follower], count)
        except OperationalError:
            pass  # the scrape still tells of the API; /readyz tells of the database
        yield from (behind, halted, aside, streams, gate, self._queues())

    def _queues(self) -> Metric:
        waiting = GaugeMetricFamily("hardwon_queue_length", "tasks that wait for a worker", labels=["queue"])
        try:
            for queue in (work.INTERACTIVE, work.BULK):
                waiting.add_metric([queue], float(self._redis.llen(queue)))
        except RedisError:
            pass  # likewise
        return waiting


def register(app: OpenAPI, deps: Deps) -> None:
    """Count every request, and offer it all at /metrics."""
    registry = CollectorRegistry()
    registry.register(_Followers(deps))
    requests = Counter("hardwon_requests", "requests answered", ["method", "route", "status"], registry=registry)
    seconds = Histogram(
        "hardwon_request_seconds", "time until the answer began", ["method", "route"], registry=registry
    )

    @app.before_request
    def _start() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def _count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "unknown"
        requests.labels(request.method, route, response.status_code).inc()
        seconds.labels(request.method, route).observe(time.perf_counter() - g.began)
        return response

    @app.get("/metrics", operation_id="metrics", responses={200: {"content": {"text/plain": {}}}})
    def metrics() -> Response:
        """Read the metrics of this process and of the followers, for Prometheus. Needs no token."""
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
