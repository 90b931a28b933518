"""Whatever was killed, and however: the next start works and holds what was committed."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest
import redis
from watching import Supervisor, proc, running, until

from hardwon_local.folder import DataFolder
from hardwon_local.servers import Servers, servers


@contextmanager
def _started_within(seconds: float, folder: DataFolder) -> Iterator[Servers]:
    began = time.monotonic()
    with servers(folder) as started:
        assert time.monotonic() - began < seconds
        yield started


def _commit(database_url: str) -> None:
    with psycopg.connect(database_url) as database:
        database.execute("DROP TABLE IF EXISTS committed")
        database.execute("CREATE TABLE committed AS SELECT 'kept' AS text")


def _notes(database_url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database_url) as database:
        return database.execute("SELECT text FROM committed").fetchall()


def test_killing_the_supervisor_ends_the_servers(used_folder: DataFolder, supervise: Callable[..., Supervisor]) -> None:
    """kill -9 of `hardwon up`: both servers are gone within seconds, and what was committed is there at the next start."""
    supervisor = supervise(used_folder, "exec sleep 600")
    _commit(supervisor.said["owner_database_url"])
    redis.Redis.from_url(supervisor.said["redis_url"]).set("note", "kept")
    supervisor.kill()
    until(lambda: not running(used_folder))
    with _started_within(60, used_folder) as started:
        assert _notes(started.owner_database_url) == [("kept",)]
        assert redis.Redis.from_url(started.redis_url).get("note") == b"kept"


def test_what_outlives_the_supervisor_is_ended_by_the_next(
    used_folder: DataFolder, supervise: Callable[..., Supervisor]
) -> None:
    """A process of the killed Hardwon that ignores being asked, and its own child, are gone when the next one is up."""
    stubborn = supervise(used_folder, "trap '' TERM; sleep 600 & sleep 601")
    stubborn.kill()
    assert running(used_folder)
    with _started_within(60, used_folder):
        assert stubborn.said["pids"]["command0"] not in running(used_folder)
        told = [proc(pid, "cmdline") for pid in running(used_folder)]
        assert not [each for each in told if b"sleep" in each]


@pytest.mark.parametrize("victims", [("postgres",), ("valkey",), ("supervisor", "postgres", "valkey")], ids="-".join)
def test_killed_servers_are_recovered(
    used_folder: DataFolder, supervise: Callable[..., Supervisor], victims: tuple[str, ...]
) -> None:
    """kill -9 of a server, or of everything at once, while a query runs: the next start takes seconds and loses nothing."""
    supervisor = supervise(used_folder)
    pids = {**supervisor.said["pids"], "supervisor": supervisor.process.pid}
    _commit(supervisor.said["owner_database_url"])
    busy = psycopg.connect(supervisor.said["owner_database_url"])
    busy.pgconn.send_query(b"SELECT pg_sleep(600)")
    for victim in victims:
        with suppress(ProcessLookupError):  # it ended with the supervisor
            os.kill(pids[victim], signal.SIGKILL)
    supervisor.process.wait(60)  # it saw its server end, and gave up the used_folder
    with _started_within(60, used_folder) as started:
        assert _notes(started.owner_database_url) == [("kept",)]
        assert redis.Redis.from_url(started.redis_url).ping()
    busy.close()


def test_a_setup_that_was_cut_short_is_begun_anew(
    folder: DataFolder, launch: Callable[..., "subprocess.Popen[str]"]
) -> None:
    """kill -9 in the middle of the very first start: the next one is not misled by the half-made database."""
    process = launch(folder)
    half = folder.path / "postgres" / "data.new" / "PG_VERSION"
    until(half.exists)
    for each in (signal.SIGSTOP, signal.SIGKILL):  # stopped first, or those that see others end would tidy up
        for pid in (process.pid, *running(folder)):
            with suppress(ProcessLookupError):
                os.kill(pid, each)
    process.wait()
    assert half.exists()
    assert not (folder.path / "postgres" / "data").exists()
    with _started_within(60, folder) as started:
        _commit(started.owner_database_url)
    assert not half.exists()


def test_a_pid_that_was_given_to_another_process_does_not_stop_the_start(used_folder: DataFolder) -> None:
    """After a crash or a reboot the old server's number may be anybody's: Hardwon starts, and leaves that process alone."""
    with servers(used_folder):
        pass
    account = used_folder.account
    user = account.uid if account else None
    with subprocess.Popen(["sleep", "60"], user=user) as stranger:  # the servers' own user: PostgreSQL minds no other
        pidfile = used_folder.path / "postgres" / "data" / "postmaster.pid"
        pidfile.write_text(f"{stranger.pid}\n{pidfile.parent}\n1\n5432\n\n127.0.0.1\n  1 1\nready\n")
        used_folder.lock_path.write_text(str(stranger.pid))
        with _started_within(60, used_folder):
            assert stranger.poll() is None
        stranger.kill()
