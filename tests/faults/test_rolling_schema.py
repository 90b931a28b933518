"""The schema is migrated while the service runs: before, today's code says that it waits; meanwhile and afterwards it works."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.resources import as_file, files
from typing import Any, NamedTuple

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask.testing import FlaskClient
from outside import wait_for
from own_database import own_database
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import OperationalError

from hardwon import organisations, tokens
from hardwon.bootstrap import open_log, open_pool
from hardwon.ids import new_id
from hardwon.log.verify import verify
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, advance, checkpoints
from hardwon.schema import migrate as migrating
from hardwon.schema import person_keys, rebuilding
from hardwon.schema.migrate import migrate
from hardwon.schema.revision import latest_revision
from hardwon_api.app import create_app
from hardwon_api.context import Deps
from hardwon_api.gate import Gate
from hardwon_api.hints import CeleryHints, producer
from hardwon_api.searching import WorkerSearch
from hardwon_api.settings import ApiSettings
from hardwon_api.streams import Streams

WAITING = """
SELECT FROM pg_locks
WHERE relation = 'token'::regclass AND mode = 'AccessExclusiveLock' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class Service(NamedTuple):
    """Today's API on a database of the version before."""

    owner_database_url: str
    pool: Pool
    http: FlaskClient

    def revision(self) -> str:
        with self.pool.across() as connection:
            return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])  # type: ignore[index]


def migrate_to_the_one_before(owner_database_url: str) -> None:
    """Make the schema that the last migration found."""
    engine = create_engine(make_url(owner_database_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection, as_file(files("hardwon.schema")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        before = ScriptDirectory(str(folder)).get_revision(latest_revision()).down_revision
        command.upgrade(config, str(before))
        rebuilding.ensure(connection)
        person_keys.ensure(connection)
    engine.dispose()


@pytest.fixture
def service(stack: Any) -> Iterator[Service]:
    name = f"rolling_{new_id().hex}"
    theirs = own_database(stack, name, migrated=False)
    migrate_to_the_one_before(theirs.owner_database_url)
    settings = ApiSettings(
        database_url=theirs.database_url,
        redis_url=theirs.redis_url,
        person_key=theirs.person_key,
        requests_per_minute=10**6,
    )
    celery = producer(settings)
    with open_pool(settings, "hardwon-tests") as pool:
        parts = CeleryHints(settings, celery), WorkerSearch(settings, celery), Streams(4, 2), Gate(16)
        yield Service(
            theirs.owner_database_url, pool, create_app(Deps(settings, pool, open_log(pool), *parts)).test_client()
        )


def test_before_the_migration_it_says_what_is_missing(service: Service) -> None:
    """New processes on the old schema: /readyz names both revisions and the command; nothing ends in a 500, and no follower is halted."""
    log = open_log(service.pool)
    organisation = organisations.register(log, "Early", "tests")
    ready = service.http.get("/readyz")
    assert ready.status_code == 503
    told = f"the schema is at revision {service.revision()}, not {latest_revision()}: run hardwon migrate"
    assert ready.json["checks"]["database"] == told
    for projection in PROJECTIONS:
        with suppress(
            psycopg.ProgrammingError
        ):  # the worker's task fails; where the last migration is no matter of followers, it works
            advance(service.pool, projection, organisation)
    migrate(service.owner_database_url)
    for projection in PROJECTIONS:
        advance(service.pool, projection, organisation)
    with service.pool.of(organisation) as connection:
        found = checkpoints(connection, organisation).values()
    assert {(each.position, each.halted_by) for each in found} == {(log.head(organisation).position, None)}


def test_the_migration_runs_under_load(service: Service) -> None:
    """Four tools write meanwhile: nobody hears anything but yes, or a 503 that says when to come again, and all is recorded once."""
    answers: Counter[int] = Counter()
    stop, written = threading.Event(), []
    log = open_log(service.pool)
    organisation = organisations.register(log, "Rolling", "tests")
    token = tokens.first(service.pool, organisation)

    def write(_: int) -> None:
        while not stop.is_set():
            project = str(new_id())
            while (status := _post(service.http, token, project, answers)) != 201:
                assert status == 503
                time.sleep(0.05)
            written.append(project)

    with ThreadPoolExecutor(4) as threads:
        writers = [threads.submit(write, each) for each in range(4)]
        try:
            time.sleep(0.5)
            migrate(service.owner_database_url)
            time.sleep(0.5)
        finally:
            stop.set()
    for each in writers:
        each.result()
    assert service.revision() == latest_revision()
    assert len(written) == len(set(written)) == log.head(organisation).position - 1
    assert verify(log, organisation, lambda *_: None).broken_at is None
    assert answers[201] == len(written)
    assert set(answers) <= {201, 503}


def in_the_way_of(service: Service) -> None:
    """Do as a writer does that holds what the migration wants next, and wants what it holds, and has more patience than it."""
    name = make_url(service.owner_database_url).database
    with psycopg.connect(service.owner_database_url, autocommit=True) as owner, ThreadPoolExecutor(1) as threads:
        owner.execute(f"ALTER DATABASE {name} SET deadlock_timeout = '8s'")  # type: ignore[arg-type]  # a name of this test
        owner.execute("SET deadlock_timeout = '30s'")
        with owner.transaction():
            owner.execute("SELECT FROM token")
            asked = threads.submit(migrate, service.owner_database_url)
            wait_for(lambda: owner.execute(WAITING).fetchone() is not None, "a migration that waits")
            owner.execute("SELECT FROM event")
        asked.result()


def test_a_migration_that_somebody_is_in_the_way_of_begins_anew(service: Service) -> None:
    """PostgreSQL ends the migration because it and a writer wait for each other: it is done all the same, nobody asking for it again."""
    in_the_way_of(service)
    assert service.revision() == latest_revision()


def test_one_attempt_would_not_do(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: nothing of it is done."""
    monkeypatch.setattr(migrating, "_ATTEMPTS", 1)
    before = service.revision()
    with pytest.raises(OperationalError, match="deadlock"):
        in_the_way_of(service)
    assert service.revision() == before


def _post(http: FlaskClient, token: str, project: str, answers: Counter[int]) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    answer = http.application.test_client().post(
        "/v1/projects", json={"id": project, "name": "A project"}, headers=headers
    )
    answers[answer.status_code] += 1
    assert answer.status_code == 201 or answer.headers["Retry-After"]
    return answer.status_code
