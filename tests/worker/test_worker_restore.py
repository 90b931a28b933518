"""Backups, and what becomes of workers and readers when an older log comes back."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import pytest
from click.testing import CliRunner, Result
from erasing import rows
from redis import Redis
from structlog.testing import capture_logs
from traces import PROGRAMS

from hardwon import organisations
from hardwon.bootstrap import open_log, open_pool
from hardwon.cli import main
from hardwon.config import DatabaseSettings
from hardwon.domain.commands import RegisterProject
from hardwon.domain.errors import LogRestored
from hardwon.domain.values import Profile
from hardwon.handlers import Request, register_project
from hardwon.ids import new_id
from hardwon.log.verify import verify
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections.following import Pool
from hardwon.work import FOLLOW
from hardwon_worker.following import SWEEP


class Database(NamedTuple):
    """A database of its own, as a service of its own would have it."""

    stack: Any
    pool: Pool
    log: Log

    def run(self, *arguments: str, **overridden: str) -> Result:
        env = {
            "HARDWON_DATABASE_URL": self.stack.database_url,
            "HARDWON_OWNER_DATABASE_URL": self.stack.owner_database_url,
            "HARDWON_PERSON_KEY": self.stack.person_key,
            "HARDWON_POSTGRES_PROGRAMS": str(PROGRAMS),
        }
        return CliRunner().invoke(main, list(arguments), env=env | overridden)

    def project(self, organisation: UUID, name: str, person: UUID | None = None) -> None:
        id_ = new_id()
        request = Request(id_, Metadata("tests", person_id=person))
        register_project(self.log, organisation, RegisterProject(id_, Profile(name)), request)


@pytest.fixture
def new_database(stack: Any, pool: Pool) -> Iterator[Callable[..., Database]]:
    """Return what makes an empty database, or one with Hardwon's tables."""
    pools = []

    def make(*, migrated: bool) -> Database:
        name = f"a_{new_id().hex}"
        with psycopg.connect(stack.owner_database_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]  # a name that this test chose
        urls = {
            each: f"{getattr(stack, each).rsplit('/', 1)[0]}/{name}" for each in ("owner_database_url", "database_url")
        }
        theirs = stack._replace(**urls)
        settings = DatabaseSettings(database_url=theirs.database_url, person_key=theirs.person_key)
        pools.append(open_pool(settings, "hardwon-tests"))
        made = Database(theirs, pools[-1], open_log(pools[-1]))
        if migrated:
            assert made.run("migrate").exit_code == 0
        return made

    yield make
    for each in pools:
        each.close()


def said(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def test_a_backup_is_restored_looked_at_and_accepted(
    new_database: Callable[..., Database], start_worker: Any, tmp_path: Path
) -> None:
    """The restored log holds and is what it was; workers stand still until it is accepted, and then make everything else again."""
    there, empty = new_database(migrated=True), new_database(migrated=False)
    organisation = organisations.register(there.log, "A ferry company", "tests")
    there.project(organisation, "Piers")
    start_worker(stack=there.stack).run(FOLLOW, organisation)
    said(there.run("backup", str(tmp_path / "log"), "--keys", str(tmp_path / "keys")))
    assert "1 logs are restored" in said(empty.run("restore", str(tmp_path / "log"), "--keys", str(tmp_path / "keys")))
    assert verify(empty.log, organisation, lambda *_: None).broken_at is None
    assert empty.log.read(organisation) == there.log.read(organisation)
    worker = start_worker(stack=empty.stack)
    with pytest.raises(LogRestored, match="accept-restore"):
        worker.run(FOLLOW, organisation)
    assert rows(empty.pool, organisation)["projects"] == []
    assert str(organisation) in said(empty.run("accept-restore"))
    worker.run(FOLLOW, organisation)
    assert rows(empty.pool, organisation) == rows(there.pool, organisation)
    assert "No log was restored" in said(empty.run("accept-restore"))


def test_without_the_keys_members_words_stay_shut(new_database: Callable[..., Database], tmp_path: Path) -> None:
    """A backup alone tells nobody a member's name: it reads [erased], until the keys are restored too."""
    there, without, with_keys = new_database(migrated=True), new_database(migrated=False), new_database(migrated=False)
    organisation = organisations.register(there.log, "A ferry company", "tests")
    said(there.run("member", "add", "Ada Okafor", "ada@ferries.example", "--organisation", str(organisation)))
    said(there.run("backup", str(tmp_path / "log"), "--keys", str(tmp_path / "keys")))
    assert b"Ada Okafor" not in (tmp_path / "log").read_bytes()
    said(without.run("restore", str(tmp_path / "log")))
    said(with_keys.run("restore", str(tmp_path / "log"), "--keys", str(tmp_path / "keys")))
    assert "[erased]" in said(without.run("member", "list"))
    assert "Ada Okafor <ada@ferries.example>" in said(with_keys.run("member", "list"))


def test_what_could_lose_something_is_refused(new_database: Callable[..., Database], tmp_path: Path) -> None:
    """No backup is written over, nothing is restored over a log, and a missing program is named."""
    there = new_database(migrated=True)
    said(there.run("backup", str(tmp_path / "log")))
    assert (tmp_path / "log").stat().st_mode & 0o077 == 0, "others may read it"
    half = there.run("backup", str(tmp_path / "half"), "--keys", str(tmp_path / "nowhere" / "keys"))
    assert (half.exit_code, "cannot be written" in half.output) == (1, True)
    assert not (tmp_path / "half").exists()
    again = there.run("backup", str(tmp_path / "log"))
    assert (again.exit_code, "never written over" in again.output) == (1, True)
    over = there.run("restore", str(tmp_path / "log"))
    assert (over.exit_code, "restore into an empty one" in over.output) == (1, True)
    nowhere = there.run("backup", str(tmp_path / "other"), HARDWON_POSTGRES_PROGRAMS=str(tmp_path))
    assert (nowhere.exit_code, "There is no pg_dump" in nowhere.output) == (1, True)
    (tmp_path / "garbage").write_bytes(b"no backup")
    garbage = new_database(migrated=False).run("restore", str(tmp_path / "garbage"))
    assert (garbage.exit_code, "pg_restore failed" in garbage.output) == (1, True)


def test_a_restore_that_is_cut_short_leaves_nothing(new_database: Callable[..., Database], tmp_path: Path) -> None:
    """Killed when all data was written, and before the logs are marked: no log is there that would look like any other."""
    there, empty = new_database(migrated=True), new_database(migrated=False)
    organisations.register(there.log, "A ferry company", "tests")
    said(there.run("backup", str(tmp_path / "log")))
    for name, then in (("pg_restore", "kill -9 $PPID; sleep 0.2"), ("psql", "")):
        wrapped = tmp_path / name
        wrapped.write_text(f'#!/bin/sh\n"{PROGRAMS}/{name}" "$@"\n{then}\n')
        wrapped.chmod(0o755)
    env = dict(os.environ) | {
        "HARDWON_OWNER_DATABASE_URL": empty.stack.owner_database_url,
        "HARDWON_POSTGRES_PROGRAMS": str(tmp_path),
    }
    command = [sys.executable, "-c", "from hardwon.cli import main; main()", "restore", str(tmp_path / "log")]
    assert subprocess.run(command, env=env, check=False).returncode == -signal.SIGKILL
    assert "1 logs are restored" in said(empty.run("restore", str(tmp_path / "log")))


def test_a_log_that_is_suddenly_shorter_is_not_followed(
    new_database: Callable[..., Database], start_worker: Any, stack: Any
) -> None:
    """Somebody restored the whole database in another way, checkpoints and all: Redis has seen more, so the workers stop and say why."""
    there = new_database(migrated=True)
    organisation = organisations.register(there.log, "A ferry company", "tests")
    worker = start_worker(stack=there.stack)
    for name in ("Piers", "Trams"):
        there.project(organisation, name)
    worker.run(FOLLOW, organisation)
    worker.run(SWEEP)
    cut_off(there, organisation, 2)
    with psycopg.connect(there.stack.owner_database_url) as owner:
        owner.execute("UPDATE checkpoint SET position = 2")
    with capture_logs() as logged:
        worker.run(SWEEP)
    assert [line["event"] for line in logged if line["log_level"] == "critical"] == ["log_restored"]
    with pytest.raises(LogRestored):
        worker.run(FOLLOW, organisation)
    said(there.run("accept-restore"))
    worker.run(SWEEP)  # a new epoch: what was seen of the old one says nothing any more
    worker.run(FOLLOW, organisation)


def test_without_redis_memory_a_checkpoint_tells(
    new_database: Callable[..., Database], start_worker: Any, redis: Redis
) -> None:
    """Redis was lost too, and the read models were not restored: a follower that has seen more than there is stops, by itself."""
    there = new_database(migrated=True)
    organisation = organisations.register(there.log, "A ferry company", "tests")
    worker = start_worker(stack=there.stack)
    for name in ("Piers", "Trams"):
        there.project(organisation, name)
    worker.run(FOLLOW, organisation)
    cut_off(there, organisation, 2)
    redis.flushall()
    with pytest.raises(LogRestored):
        worker.run(FOLLOW, organisation)
    said(there.run("accept-restore"))
    worker.run(FOLLOW, organisation)
    assert [row["profile"]["name"] for row in rows(there.pool, organisation)["projects"]] == ["Piers"]


@pytest.mark.parametrize("knows", ["redis", "checkpoint", "nobody"])
def test_a_log_that_grew_past_what_was_seen_is_still_another(
    knows: str, new_database: Callable[..., Database], start_worker: Any, redis: Redis
) -> None:
    """An older log was restored and has got other events than there were: told by the hash of what was seen. Where nobody kept it, nobody
    can tell (the control)."""
    there = new_database(migrated=True)
    organisation = organisations.register(there.log, "A ferry company", "tests")
    worker = start_worker(stack=there.stack)
    for name in ("Piers", "Trams"):
        there.project(organisation, name)
    worker.run(FOLLOW, organisation)
    worker.run(SWEEP)
    cut_off(there, organisation, 2)
    for name in ("Buses", "Ships", "Bicycles"):
        there.project(organisation, name)
    assert verify(there.log, organisation, lambda *_: None).broken_at is None, "nothing is wrong with it by itself"
    with psycopg.connect(there.stack.owner_database_url) as owner:
        if knows != "checkpoint":
            owner.execute("UPDATE checkpoint SET hash = NULL")
    if knows != "redis":
        redis.flushall()
    with capture_logs() as logged:
        worker.run(SWEEP)
    critical = [line["event"] for line in logged if line["log_level"] == "critical"]
    assert critical == (["log_restored"] if knows == "redis" else [])
    if knows == "nobody":
        worker.run(FOLLOW, organisation)
        return
    with pytest.raises(LogRestored):
        worker.run(FOLLOW, organisation)
    said(there.run("accept-restore"))
    worker.run(SWEEP)
    worker.run(FOLLOW, organisation)
    assert len(rows(there.pool, organisation)["projects"]) == 4


def cut_off(database: Database, organisation: UUID, position: int) -> None:
    """Bring the log back to what it was at an earlier position, as a restore does."""
    with psycopg.connect(database.stack.owner_database_url) as owner:
        names = {"organisation": organisation, "position": position}
        owner.execute("DELETE FROM event WHERE organisation_id = %(organisation)s AND position > %(position)s", names)
        owner.execute(
            """
            UPDATE log_head SET position = %(position)s,
                hash = (SELECT hash FROM event WHERE organisation_id = %(organisation)s AND position = %(position)s)
            WHERE organisation_id = %(organisation)s
            """,
            names,
        )
