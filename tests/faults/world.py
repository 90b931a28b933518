"""A Hardwon of the test's own: PostgreSQL, Valkey, API and worker, each a process that can be killed and started again."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

import psycopg
from outside import answers, wait_for
from redis import Redis

from hardwon import organisations, tokens
from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings
from hardwon.projections.following import Pool
from hardwon.schema.migrate import migrate
from hardwon_local.binaries import find_binaries
from hardwon_local.folder import DataFolder, new_person_key
from hardwon_local.postgres import Postgres, start_postgres
from hardwon_local.processes import Child, Program, end_leftovers, marked, start_child
from hardwon_local.servers import PERSON_KEY
from hardwon_local.valkey import Valkey, start_valkey

TESTS = Path(__file__).parent.parent
DISK = "1g"
"""The size of the disk that PostgreSQL has to itself, where this user may mount one."""


class World:
    """What runs, and the ways to break it. Its main thread starts everything: a child ends with the thread that started it."""

    postgres: Postgres
    valkey: Valkey
    api: Child
    worker: Child

    def __init__(self, folder: DataFolder, *, disk: Path | None) -> None:
        self.folder, self.disk = folder, disk
        self._binaries = find_binaries(folder)
        self.url = f"http://127.0.0.1:{folder.port('api')}"
        self.kills: list[str] = []

    def start(self) -> None:
        self.start_valkey()
        self.start_postgres()
        self.as_owner("ALTER SYSTEM SET max_wal_size = '128MB'")
        migrate(self.postgres.owner_database_url)
        self.start_api()
        self.start_worker()

    def start_postgres(self) -> None:
        """Start it, as soon as what was left of the last one is gone."""
        wait_for(lambda: not self.backends(), "the end of PostgreSQL's processes")
        self.postgres = start_postgres(self.folder, self._binaries, durable=True)
        self.postgres.make_ready()

    def start_valkey(self) -> None:
        self.valkey = start_valkey(self.folder, self._binaries, durable=True)
        self.valkey.make_ready()

    def start_api(self) -> None:
        self.start_another_api("-m", "hardwon_api")

    def start_another_api(self, *program: str) -> None:
        self.api = self._service("api", [*program, "--port", self.url.rsplit(":", 1)[1]])

    def start_worker(self) -> None:
        """Start one whose embedder needs no model."""
        self.start_another_worker(str(TESTS / "words_worker.py"), str(self.folder.path / "embedded"), "0")

    def start_another_worker(self, *program: str) -> None:
        self.worker = self._service("worker", [*program, "--beat"])

    def stop(self) -> None:
        for name in ("worker", "api", "postgres", "valkey"):
            with suppress(AttributeError):
                self._child(name).stop()
        end_leftovers(self.folder.mark(), patience=1)

    def kill(self, name: str) -> None:
        """End it as a loss of power does: no farewell."""
        self.kills.append(name)
        child = self._child(name)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.process.wait()

    def kill_a_backend(self) -> None:
        """End one of PostgreSQL's sessions: it then ends all others, and recovers by itself."""
        for pid in self.backends()[-1:]:  # none, where PostgreSQL was killed a moment ago
            self.kills.append("backend")
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def start_again(self, name: str) -> None:
        if not self._child(name).running:
            {
                "postgres": self.start_postgres,
                "valkey": self.start_valkey,
                "api": self.start_api,
                "worker": self.start_worker,
            }[name]()

    def heal(self) -> None:
        """Let everything run, and wait until all say so."""
        for name in ("postgres", "valkey", "api", "worker"):
            self.start_again(name)
        wait_for(self.is_ready, "a service that is ready", patience=120)

    def is_ready(self) -> bool:
        return answers(f"{self.url}/readyz")

    @contextmanager
    def stopped(self, *pids: int) -> Iterator[None]:
        """Let processes stand still for as long as the block lasts."""
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def backends(self) -> list[int]:
        """Return the processes of PostgreSQL, the first of them first."""
        found = []
        for pid in marked(self.folder.mark()):
            with suppress(OSError):
                if Path(f"/proc/{pid}/comm").read_text().strip() == "postgres":
                    found.append(pid)
        return sorted(found)

    def as_owner(self, *statements: str) -> None:
        """Run what only the owner can, also where the database takes no more writes."""
        url = self.postgres.owner_database_url
        with psycopg.connect(url, autocommit=True, options="-c default_transaction_read_only=off") as connection:
            for each in statements:
                connection.execute(each)  # type: ignore[arg-type]  # a statement of a test

    def redis(self) -> "Redis":
        return Redis.from_url(self.valkey.redis_url)

    def open(self) -> Pool:
        return open_pool(DatabaseSettings(database_url=self.postgres.app_database_url), "hardwon-tests")

    def register(self, name: str) -> tuple[UUID, str]:
        """Register an organisation, and return it with its token."""
        with self.open() as pool:
            organisation = organisations.register(open_log(pool), name, "tests")
            return organisation, tokens.first(pool, organisation)

    def log_of(self, name: str) -> str:
        """Return what a process has written since it was started last."""
        return self._child(name).last_log_lines(100_000)

    def _child(self, name: str) -> Child:
        child = getattr(self, name)
        return child if isinstance(child, Child) else child.child

    def _service(self, name: str, arguments: list[str]) -> Child:
        env = dict(os.environ) | {
            "HARDWON_DATABASE_URL": self.postgres.app_database_url,
            "HARDWON_REDIS_URL": self.valkey.redis_url,
            "HARDWON_PERSON_KEY": self.folder.private(PERSON_KEY, new_person_key),
            "HARDWON_REQUESTS_PER_MINUTE": "1000000",
        }
        program = Program(name, [sys.executable, *arguments], env)
        return start_child(program, mark=self.folder.mark(), log_path=self.folder.log_path(name))


@contextmanager
def a_world(ground: Path) -> Iterator[World]:
    """Start a world, its PostgreSQL on a small disk of its own where that is allowed, and end all of it."""
    folder = DataFolder(ground / "data")
    with folder.lock():
        disk = folder.server_home("postgres")
        mounted = _mount(disk, folder)
        world = World(folder, disk=disk if mounted else None)
        try:
            world.start()
            world.heal()
            yield world
        finally:
            world.stop()
            if mounted:
                subprocess.run(["umount", "--lazy", str(disk)], check=True)


def _mount(disk: Path, folder: DataFolder) -> bool:
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    account = folder.account
    options = f"size={DISK},mode=0700" + (f",uid={account.uid},gid={account.gid}" if account else "")
    told = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], capture_output=True, check=False)
    return told.returncode == 0
