"""What operators see: health, metrics, the OpenAPI document, and hints that may be lost."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from api_client import Client, raised
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from psycopg import Connection
from redis import Redis

from hardwon import work
from hardwon.projections import points
from hardwon.projections.following import advance
from hardwon.schema.revision import latest_revision
from hardwon_api.context import Deps
from hardwon_api.hints import CeleryHints, producer
from hardwon_api.settings import ApiSettings

NO_REDIS = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def _empty_queue(redis: Redis) -> None:
    redis.flushall()


def queued(redis: Redis) -> list[str]:
    """Return the organisations for which a hint waits."""
    messages = [json.loads(message) for message in redis.lrange(work.INTERACTIVE, 0, -1)]
    return [eval(message["headers"]["argsrepr"])[0] for message in messages]  # noqa: S307 - a repr of our own


def test_a_burst_of_writes_sends_one_hint(client: Client, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten writes in a row ask the worker once; once it has taken the hint, the next write asks again."""
    monkeypatch.setattr("hardwon_api.hints._HINT_LASTS", 60)
    project = client.project()
    for _ in range(10):
        client.record(project, raised())
    assert queued(redis) == [str(client.organisation)]
    redis.delete(work.HINT_KEY.format(organisation_id=client.organisation))
    client.record(project, raised())
    assert len(queued(redis)) == 2


def test_the_queue_has_a_bound_and_is_measured(
    client: Client, app_client: FlaskClient, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While so many tasks wait for workers that do not come, writes succeed and send none, and a search is told to come again."""
    monkeypatch.setattr(work, "LONGEST_QUEUE", 3)
    redis.rpush(work.INTERACTIVE, "1", "2", "3")
    client.project()
    assert client.get("/search?q=ferries").status_code == 503
    assert redis.llen(work.INTERACTIVE) == 3
    assert 'hardwon_queue_length{queue="interactive"} 3.0' in app_client.get("/metrics").text
    redis.flushall()
    client.project()
    assert redis.llen(work.INTERACTIVE) == 1  # the control: with room the hint is sent


def test_a_flushed_redis_takes_hints_again(client: Client, redis: Redis) -> None:
    """FLUSHALL loses the hints that were waiting, and nothing else: the very next write is hinted."""
    project = client.project()
    redis.flushall()
    client.record(project, raised())
    assert queued(redis) == [str(client.organisation)]


def test_a_write_does_not_need_redis(
    client: Client,
    app_with: Callable[..., FlaskClient],
    api_settings: ApiSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With Redis away, writes succeed, and only the first one is a little slower: for a while the others do not ask for it."""
    monkeypatch.setattr("hardwon_api.hints._PAUSE", 3_600)
    away = api_settings.model_copy(update={"redis_url": type(api_settings.redis_url)(NO_REDIS)})
    hints = CeleryHints(away, producer(away))
    pipeline, asked = hints._redis.pipeline, list[Any]()

    def counted(**how: bool) -> Any:
        asked.append(how)
        return pipeline(**how)

    monkeypatch.setattr(hints._redis, "pipeline", counted)
    client.http = app_with(hints=hints)
    project = client.project()
    for _ in range(20):
        client.record(project, raised())
    assert len(asked) == 1


def test_readiness_names_what_is_down(app_client: FlaskClient, redis: Redis, app_with: Any, deps: Deps) -> None:
    """Ready needs the database at this code's schema, Redis, and a worker that lately swept; each is told apart."""
    assert app_client.get("/healthz").json == {"status": "alive"}
    down = app_client.get("/readyz")
    assert (down.status_code, down.json["checks"]["database"], down.json["checks"]["redis"]) == (503, "ok", "ok")
    assert "worker" in down.json["checks"]["worker"]
    redis.set(work.WORKER_KEY, "now", ex=60)
    up = app_client.get("/readyz")
    redis.delete(work.WORKER_KEY)  # other tests find no worker
    assert (up.status_code, up.json["status"]) == (200, "ready")
    away = deps.settings.model_copy(update={"redis_url": type(deps.settings.redis_url)(NO_REDIS)})
    without_redis = app_with(settings=away).get("/readyz")
    assert without_redis.status_code == 503
    assert without_redis.json["checks"]["redis"].startswith("does not answer")


def test_readiness_tells_of_another_schema(app_client: FlaskClient, owner: Connection[Any]) -> None:
    """A database that was not migrated to this version is not ready, and says what to run."""
    owner.execute("UPDATE alembic_version SET version_num = '0000'")
    try:
        told = app_client.get("/readyz").json["checks"]["database"]
    finally:
        owner.execute("UPDATE alembic_version SET version_num = %s", (latest_revision(),))
    assert "hardwon migrate" in told


def test_a_halted_projection_is_on_show(client: Client, app_client: FlaskClient) -> None:
    """A poison event is told of by /readyz and /metrics, without its content, and without whose it is."""

    def evolve(*_: object) -> None:
        raise ValueError("poison with a private text")

    client.record(client.project(), raised())
    advance(client.pool, replace(points.PROJECTION, evolve=evolve), client.organisation)
    told = app_client.get("/readyz")
    assert {each["follower"]: each["organisations"] for each in told.json["halted"]}["points"] >= 1
    assert "private" not in told.text
    assert str(client.organisation) not in told.text
    metrics = app_client.get("/metrics").text
    line = next(line for line in metrics.splitlines() if line.startswith('hardwon_follower_halted{follower="points"}'))
    assert float(line.split()[-1]) >= 1


def test_metrics_count_requests_by_route(client: Client, app_client: FlaskClient) -> None:
    """Requests are counted by route, not by address, so ids make no new series."""
    client.get(f"/projects/{client.project()}")
    metrics = app_client.get("/metrics").text
    assert 'hardwon_requests_total{method="GET",route="/v1/projects/<uuid:project_id>"' in metrics
    assert "hardwon_streams_open" in metrics
    assert str(client.organisation) not in metrics


def test_the_openapi_document_is_valid_and_whole(app_client: FlaskClient) -> None:
    """OpenAPI 3.1, every address in it, tokens where they are needed, problems as problem documents."""
    document = app_client.get("/openapi.json").json
    validate(document)
    assert document["openapi"].startswith("3.1")
    routes = {
        str(rule).replace("<uuid:", "{").replace(">", "}")
        for rule in app_client.application.url_map.iter_rules()
        if str(rule).startswith("/v1") or str(rule) in {"/healthz", "/readyz", "/metrics"}
    }
    assert routes == set(document["paths"])
    operations = [(path, op) for path, item in document["paths"].items() for op in item.values()]
    assert len({op["operationId"] for _, op in operations}) == len(operations)
    record = document["paths"]["/v1/projects/{project_id}/events"]["post"]
    assert set(record["requestBody"]["content"]) == {"application/json", "application/x-ndjson"}
    assert "Idempotency-Key" in [parameter["name"] for parameter in record["parameters"]]
    for path, operation in operations:
        assert ("security" in operation) == path.startswith("/v1")
        assert operation["responses"]["default"]["content"].keys() == {"application/problem+json"}
        assert operation["responses"]["422"]["content"].keys() == {"application/problem+json"}


def test_the_documentation_page_needs_no_other_host(app_client: FlaskClient) -> None:
    """The page at /docs and all that it loads come from this service."""
    page = app_client.get("/docs/swagger")
    assert page.status_code == 200
    assert 'src="http' not in page.text
    assert app_client.get("/", follow_redirects=True).status_code == 200
