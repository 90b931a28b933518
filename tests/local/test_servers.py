"""What a person who starts Hardwon on one machine may rely on."""

import os
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis
from watching import Supervisor, as_root, running
from redis.backoff import NoBackoff
from redis.retry import Retry

from hardwon_local.errors import AlreadyRunning, FolderUnusable, StillRunning
from hardwon_local.folder import DataFolder
from hardwon_local.servers import Servers, down, servers


def _write(started: Servers) -> None:
    with psycopg.connect(started.owner_database_url) as database:
        database.execute("CREATE TABLE note (text text)")
        database.execute("INSERT INTO note VALUES ('kept')")
    redis.Redis.from_url(started.redis_url).set("note", "kept")


def _read(started: Servers) -> tuple[object, object]:
    with psycopg.connect(started.owner_database_url) as database:
        row = database.execute("SELECT text FROM note").fetchone()
    return row and row[0], redis.Redis.from_url(started.redis_url).get("note")


def _setting(started: Servers, name: str) -> str:
    with psycopg.connect(started.owner_database_url) as database:
        row = database.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row
    return str(row[0])


def _valkey_setting(started: Servers, name: str) -> object:
    return redis.Redis.from_url(started.redis_url).config_get(name)[name]


def test_what_was_stored_is_there_after_a_stop_and_a_start(folder: DataFolder) -> None:
    """I stop Hardwon and start it again: PostgreSQL and Valkey hold what they held, at the same addresses."""
    with servers(folder, durable=False) as started:
        _write(started)
        addresses = started.owner_database_url, started.redis_url
    assert not running(folder)
    with servers(folder, durable=False) as again:
        assert _read(again) == ("kept", b"kept")
        assert (again.owner_database_url, again.redis_url) == addresses


def test_a_data_folder_may_have_any_name(ground: Path) -> None:
    """My data folder has spaces and umlauts, and lies so deep that no socket file would fit below it."""
    path = ground / "größere Projekte (alt)" / ("ein langer Name " * 6).strip() / "Ordner's 学び %d #1"
    assert len(os.fsencode(path)) > 107
    with servers(DataFolder(path), durable=False) as started:
        _write(started)
        assert _setting(started, "unix_socket_directories") == ""
    with servers(DataFolder(path), durable=False) as again:
        assert _read(again) == ("kept", b"kept")


def test_a_second_start_is_refused_and_names_the_first(
    folder: DataFolder, supervise: Callable[..., Supervisor]
) -> None:
    """I start Hardwon twice on one folder: the second says which process has it, and the first goes on."""
    first = supervise(folder)
    with pytest.raises(AlreadyRunning) as refused, servers(folder):
        pass
    assert refused.value.pid == first.process.pid
    assert str(first.process.pid) in str(refused.value)
    assert str(folder.path) in str(refused.value)
    assert redis.Redis.from_url(first.said["redis_url"]).ping()


def test_down_stops_what_up_started(folder: DataFolder, supervise: Callable[..., Supervisor]) -> None:
    """`hardwon down` ends the supervisor, its servers and what ran beside them; with nothing running it says so."""
    supervisor = supervise(folder, "sleep 600")
    assert len(running(folder)) >= 3
    assert down(folder) is True
    assert "stopped in order" in supervisor.process.communicate()[0]
    assert supervisor.process.returncode == 0
    assert not running(folder)
    assert down(folder) is False


def test_down_leaves_a_stranger_alone(folder: DataFolder) -> None:
    """The lock file names a process that does not hold it: `hardwon down` must not end whoever has that number now."""
    with subprocess.Popen(["sleep", "600"]) as stranger:
        with folder.lock():
            folder.lock_path.write_text(str(stranger.pid))
            with pytest.raises(StillRunning, match="Process unknown holds"):
                down(folder, patience=0.2)
        folder.lock_path.write_text(str(stranger.pid))
        assert down(folder) is False
        assert stranger.poll() is None
        stranger.kill()


def test_passwords_stay_private(folder: DataFolder) -> None:
    """Other users of the machine see my passwords neither in files nor in the list of processes."""
    with servers(folder, durable=False) as started:
        secrets = [folder.private(f"{name}.password").encode() for name in ("postgres", "app", "valkey")]
        assert len(set(secrets)) == 3
        told = [path.read_bytes() for pid in running(folder) for path in [Path(f"/proc/{pid}/cmdline")]]
        assert told
        assert not [secret for secret in secrets if any(secret in each for each in told)]
        assert not [secret for secret in secrets if secret.decode() in repr(started)]
    for path in folder.path.rglob("*"):
        if path.is_file() and not path.is_relative_to(folder.path / "binaries"):
            holds = any(secret in path.read_bytes() for secret in secrets)
            assert not holds or stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_wrong_or_missing_password_is_refused(folder: DataFolder) -> None:
    """Another user of the machine who finds the ports gets no further."""
    with servers(folder, durable=False) as started:
        wrong = started.owner_database_url.replace(started.postgres.owner_password, "wrong")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=started.valkey.port, retry=Retry(NoBackoff(), 0)).ping()


def test_folders_above_the_data_folder_are_left_as_they_are(ground: Path) -> None:
    """Starting Hardwon opens none of my folders to others."""
    parent = ground / "mine"
    parent.mkdir(mode=0o711)
    before = [path.stat().st_mode for path in (parent, *parent.parents)]
    with servers(DataFolder(parent / "data"), durable=False):
        assert [path.stat().st_mode for path in (parent, *parent.parents)] == before
    assert stat.S_IMODE((parent / "data").stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)


@as_root
def test_root_is_dropped_for_the_servers(folder: DataFolder) -> None:
    """I start Hardwon as root: no server runs as root, and the data is the servers' user's."""
    with servers(folder, durable=False) as started:
        assert started.folder.account
        for pid in running(folder):
            status = Path(f"/proc/{pid}/status").read_text().splitlines()
            ids = {line.split(":")[0]: line.split()[1:] for line in status if line.startswith(("Uid", "Gid", "Groups"))}
            assert set(ids["Uid"]) == {str(started.folder.account.uid)}
            assert set(ids["Gid"]) == {str(started.folder.account.gid)}
            assert ids["Groups"] == []


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


def test_the_database_is_fit_for_lessons(folder: DataFolder) -> None:
    """Vectors can be stored, and a search finds a word that stands in typographic quotes."""
    with servers(folder) as started, psycopg.connect(started.owner_database_url) as database:
        database.execute("CREATE EXTENSION vector")
        row = database.execute(
            "SELECT to_tsvector('simple', 'the “Straße” — naïve') @@ to_tsquery('simple', 'straße')"
        ).fetchone()
        assert row == (True,)
        assert _setting(started, "server_encoding") == "UTF8"
        assert _setting(started, "data_checksums") == "on"


def test_the_services_role_owns_nothing(folder: DataFolder) -> None:
    """The address for the services logs in as a role that may not even make a table before a migration says so."""
    with servers(folder, durable=False) as started, psycopg.connect(started.app_database_url) as database:
        assert database.execute(
            "SELECT current_user::text, rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == ("hardwon_app", False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.execute("CREATE TABLE mine ()")


def test_only_who_asks_for_it_gives_up_durability(folder: DataFolder) -> None:
    """By default what was committed survives a power cut; only a test may trade that for speed."""
    with servers(folder) as started:
        assert _setting(started, "fsync") == "on"
        assert _valkey_setting(started, "appendfsync") == "everysec"
    with servers(folder, durable=False) as started:
        assert _setting(started, "fsync") == "off"
        assert _valkey_setting(started, "appendfsync") == "no"
        assert _valkey_setting(started, "appendonly") == "yes"


def test_starting_again_is_quick(folder: DataFolder) -> None:
    """I do not wait for servers that have been set up before."""
    with servers(folder):
        pass
    began = time.monotonic()
    with servers(folder):
        assert time.monotonic() - began < 5
