"""Is the service alive, and can it work? Ask /healthz for the first, /readyz for the second."""

from collections import Counter
from collections.abc import Callable
from typing import Literal

from flask import Response, jsonify
from flask_openapi3 import OpenAPI
from pydantic import BaseModel
from redis import Redis
from redis.exceptions import RedisError

from hardwon import work
from hardwon.log import epoch
from hardwon.projections.following import halted, set_aside
from hardwon.schema.revision import latest_revision
from hardwon_api.context import Deps

_TIMEOUT = 1.0


class Health(BaseModel):
    """The process answers."""

    status: Literal["alive"]


class Halted(BaseModel):
    """A follower that met an event it cannot apply, and waits for a person; in which logs, the workers' lines and the pages tell."""

    follower: str
    organisations: int


class SetAside(BaseModel):
    """Texts that a follower could not work on, however often it tried, and passes until they change; for `suggestions`, projects."""

    follower: str
    texts: int


class Readiness(BaseModel):
    """What answers and what does not."""

    status: Literal["ready", "not ready"]
    checks: dict[str, str]
    halted: list[Halted]
    set_aside: list[SetAside]


class NotReady(Exception):
    """A dependency answers, but not as it should."""


def asking(deps: Deps) -> Callable[[], dict[str, str]]:
    """Return what asks every dependency how it is: "ok", or what is wrong."""
    url = deps.settings.redis_url.get_secret_value()
    redis = Redis.from_url(url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT)
    revision = latest_revision()

    def database() -> None:
        with deps.pool.across(timeout=_TIMEOUT) as connection:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if found is None or found[0] != revision:
            raise NotReady(f"the schema is at revision {found and found[0]}, not {revision}: run hardwon migrate")

    def broker() -> None:
        redis.ping()

    def worker() -> None:
        if not redis.exists(work.WORKER_KEY):
            raise NotReady("no worker has swept in the last seconds")

    def logs() -> None:
        with deps.pool.across(timeout=_TIMEOUT) as connection:
            restored = epoch.restored(connection)
        if restored:
            raise NotReady(f"{restored} restored logs wait to be accepted: run hardwon accept-restore")

    checks = {"database": database, "redis": broker, "worker": worker, "logs": logs}
    return lambda: {name: _told(check) for name, check in checks.items()}


def queues(deps: Deps) -> dict[str, int] | None:
    """Return how many tasks wait for a worker; None where Redis does not answer."""
    url = deps.settings.redis_url.get_secret_value()
    try:
        with Redis.from_url(url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT) as redis:
            return {name: int(redis.llen(name)) for name in (work.INTERACTIVE, work.BULK)}
    except RedisError:
        return None


def register(app: OpenAPI, deps: Deps) -> None:
    ask = asking(deps)

    @app.get("/healthz", operation_id="healthz", responses={200: Health})
    def healthz() -> Response:
        """Tell whether this process is alive. Needs no token."""
        return jsonify({"status": "alive"})

    @app.get("/readyz", operation_id="readyz", responses={200: Readiness, 503: Readiness})
    def readyz() -> tuple[Response, int]:
        """Tell whether the service can work, and name what is down or halted. Needs no token."""
        told = ask()
        ready = all(state == "ok" for state in told.values())
        answers = told["database"] == "ok"
        body = Readiness(
            status="ready" if ready else "not ready",
            checks=told,
            halted=_halted(deps) if answers else [],
            set_aside=_set_aside(deps) if answers else [],
        )
        return jsonify(body.model_dump(mode="json")), 200 if ready else 503


def _told(check: Callable[[], None]) -> str:
    try:
        check()
    except NotReady as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a dependency, this page says so
        return f"does not answer ({type(error).__name__})"
    return "ok"


def _halted(deps: Deps) -> list[Halted]:
    """Return the followers that wait for a person. Neither the event nor whose it is: this page needs no token."""
    with deps.pool.across() as connection:
        found = Counter(follower for _, follower, _ in halted(connection))
    return [Halted(follower=follower, organisations=count) for follower, count in sorted(found.items())]


def _set_aside(deps: Deps) -> list[SetAside]:
    found = Counter[str]()
    with deps.pool.across() as connection:
        for _, follower, texts in set_aside(connection):
            found[follower] += texts
    return [SetAside(follower=follower, texts=texts) for follower, texts in sorted(found.items())]
