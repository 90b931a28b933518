"""What a person who starts Hardwon on one machine may rely on."""

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis
from watching import Supervisor, as_root, running, setting, valkey_setting

from hardwon_local.errors import AlreadyRunning, FolderUnusable, StillRunning
from hardwon_local.folder import DataFolder
from hardwon_local.servers import Servers, down, servers


def _write(started: Servers) -> None:
    with psycopg.connect(started.owner_database_url) as database:
        database.execute("DROP TABLE IF EXISTS note")
        database.execute("CREATE TABLE note AS SELECT 'kept' AS text")
    redis.Redis.from_url(started.redis_url).set("note", "kept")


def _read(started: Servers) -> tuple[object, object]:
    with psycopg.connect(started.owner_database_url) as database:
        row = database.execute("SELECT text FROM note").fetchone()
    return row and row[0], redis.Redis.from_url(started.redis_url).get("note")


def test_what_was_stored_is_there_after_a_stop_and_a_start(used_folder: DataFolder) -> None:
    """I stop Hardwon and start it again: PostgreSQL and Valkey hold what they held, at the same addresses."""
    with servers(used_folder, durable=False) as started:
        _write(started)
        addresses = started.owner_database_url, started.redis_url
    assert not running(used_folder)
    with servers(used_folder, durable=False) as again:
        assert _read(again) == ("kept", b"kept")
        assert (again.owner_database_url, again.redis_url) == addresses


def test_a_data_folder_may_have_any_name(ground: Path) -> None:
    """My data folder has spaces and umlauts, and lies so deep that no socket file would fit below it."""
    path = ground / "größere Projekte (alt)" / ("ein langer Name " * 6).strip() / "Ordner's 学び %d #1"
    assert len(os.fsencode(path)) > 107
    with servers(DataFolder(path), durable=False) as started:
        _write(started)
        assert setting(started, "unix_socket_directories") == ""
    with servers(DataFolder(path), durable=False) as again:
        assert _read(again) == ("kept", b"kept")


def test_a_second_start_is_refused_and_names_the_first(
    used_folder: DataFolder, supervise: Callable[..., Supervisor]
) -> None:
    """I start Hardwon twice on one folder: the second says which process has it, and the first goes on."""
    first = supervise(used_folder)
    with pytest.raises(AlreadyRunning) as refused, servers(used_folder):
        pass
    assert refused.value.pid == first.process.pid
    assert str(first.process.pid) in str(refused.value)
    assert str(used_folder.path) in str(refused.value)
    assert redis.Redis.from_url(first.said["redis_url"]).ping()


def test_down_stops_what_up_started(used_folder: DataFolder, supervise: Callable[..., Supervisor]) -> None:
    """`hardwon down` ends the supervisor, its servers and what ran beside them; with nothing running it says so."""
    supervisor = supervise(used_folder, "exec sleep 600")
    assert len(running(used_folder)) >= 3
    assert down(used_folder) is True
    assert "stopped in order" in supervisor.process.communicate()[0]
    assert supervisor.process.returncode == 0
    assert not running(used_folder)
    assert down(used_folder) is False


def test_down_leaves_a_stranger_alone(folder: DataFolder) -> None:
    """The lock file names a process that does not hold it: `hardwon down` must not end whoever has that number now."""
    with subprocess.Popen(["sleep", "60"]) as stranger:
        with folder.lock():
            folder.lock_path.write_text(str(stranger.pid))
            with pytest.raises(StillRunning, match="Process unknown holds"):
                down(folder, patience=0.2)
        folder.lock_path.write_text(str(stranger.pid))
        assert down(folder) is False
        assert stranger.poll() is None
        stranger.kill()


def test_folders_above_the_data_folder_are_left_as_they_are(ground: Path) -> None:
    """Starting Hardwon opens none of my folders to others."""
    parent = ground / "mine"
    parent.mkdir(mode=0o711)
    before = [path.stat().st_mode for path in (parent, *parent.parents)]
    with servers(DataFolder(parent / "data"), durable=False):
        assert [path.stat().st_mode for path in (parent, *parent.parents)] == before
    assert stat.S_IMODE((parent / "data").stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)


@as_root
def test_root_is_told_which_folder_is_closed_to_the_servers(ground: Path) -> None:
    """As root I choose a folder below a closed one: I am told which, and how to choose another; nothing is opened."""
    closed = ground / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(FolderUnusable) as refused, servers(DataFolder(closed / "deep" / "data")):
        pass
    assert f"through {closed} (mode 0700)" in str(refused.value)
    assert "HARDWON_DATA" in str(refused.value)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert not list(closed.iterdir())


def test_only_who_asks_for_it_gives_up_durability(used_folder: DataFolder) -> None:
    """A test may trade what would survive a power cut for speed."""
    with servers(used_folder, durable=False) as started:
        assert setting(started, "fsync") == "off"
        assert valkey_setting(started, "appendfsync") == "no"
