"""What the servers are like while they run: the tests here only look, at one pair of servers."""

import stat
from collections.abc import Iterator

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from watching import as_root, proc, running, setting, valkey_setting

from hardwon_local.folder import DataFolder
from hardwon_local.servers import Servers, servers


@pytest.fixture(scope="module")
def started(used_folder: DataFolder) -> Iterator[Servers]:
    with servers(used_folder) as started:
        yield started


def test_passwords_stay_private(started: Servers) -> None:
    """Other users of the machine see my passwords neither in files nor in the list of processes."""
    secrets = [started.folder.private(f"{name}.password").encode() for name in ("postgres", "app", "valkey")]
    assert len(set(secrets)) == 3
    told = [proc(pid, "cmdline") for pid in running(started.folder)]
    assert any(told)
    assert not [secret for secret in secrets if any(secret in each for each in told)]
    assert not [secret for secret in secrets if secret.decode() in repr(started)]
    for path in started.folder.path.rglob("*"):
        if path.is_file() and not path.is_relative_to(started.folder.path / "binaries"):
            holds = any(secret in path.read_bytes() for secret in secrets)
            assert not holds or stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_wrong_or_missing_password_is_refused(started: Servers) -> None:
    """Another user of the machine who finds the ports gets no further."""
    wrong = started.owner_database_url.replace(started.postgres.owner_password, "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=started.valkey.port, retry=Retry(NoBackoff(), 0)).ping()


@as_root
def test_root_is_dropped_for_the_servers(started: Servers) -> None:
    """I start Hardwon as root: no server runs as root, and the data is the servers' user's."""
    assert started.folder.account
    for pid in running(started.folder):
        status = proc(pid, "status").decode().splitlines()
        if not status:
            continue
        ids = {line.split(":")[0]: line.split()[1:] for line in status if line.startswith(("Uid", "Gid", "Groups"))}
        assert set(ids["Uid"]) == {str(started.folder.account.uid)}
        assert set(ids["Gid"]) == {str(started.folder.account.gid)}
        assert ids["Groups"] == []


def test_the_database_is_fit_for_lessons(started: Servers) -> None:
    """Vectors can be stored, and a search finds a word that stands in typographic quotes."""
    with psycopg.connect(started.owner_database_url) as database:
        database.execute("CREATE EXTENSION IF NOT EXISTS vector")
        row = database.execute(
            "SELECT to_tsvector('simple', 'the “Straße” — naïve') @@ to_tsquery('simple', 'straße')"
        ).fetchone()
        assert row == (True,)
        assert setting(started, "server_encoding") == "UTF8"
        assert setting(started, "data_checksums") == "on"


def test_the_services_role_owns_nothing(started: Servers) -> None:
    """The address for the services logs in as a role that may not even make a table before a migration says so."""
    with psycopg.connect(started.app_database_url) as database:
        assert database.execute(
            "SELECT current_user::text, rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == ("hardwon_app", False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.execute("CREATE TABLE mine ()")


def test_what_was_committed_survives_a_power_cut(started: Servers) -> None:
    """Unless I ask for speed, both servers write to the disk what they confirm, Valkey within a second."""
    assert setting(started, "fsync") == "on"
    assert valkey_setting(started, "appendonly") == "yes"
    assert valkey_setting(started, "appendfsync") == "everysec"
    assert valkey_setting(started, "maxmemory-policy") == "noeviction"
