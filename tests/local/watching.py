"""Helpers of the supervisor's tests."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from hardwon_local.folder import DataFolder
from hardwon_local.processes import end_leftovers, marked
from hardwon_local.servers import Servers

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the user that the servers run as")


@dataclass
class Supervisor:
    """A supervisor in its own process, ready; ``said`` is what tests/local/supervisor.py prints."""

    process: "subprocess.Popen[str]"
    said: dict[str, Any]

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def new_ground() -> Iterator[Path]:
    """Make a folder that the servers' user can pass through; pytest's own are closed to all but their owner."""
    path = Path(tempfile.mkdtemp(prefix="hardwon-test-"))
    path.chmod(0o711)
    try:
        yield path
    finally:
        for mark in path.rglob("mark"):
            end_leftovers(mark.read_text("ascii"), patience=5)
        shutil.rmtree(path)


def until(condition: Callable[[], object], *, patience: float = 60) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"not within {patience:g} seconds"
        time.sleep(0.02)


def running(folder: DataFolder) -> list[int]:
    """Return the processes of a folder's servers and of what runs beside them."""
    return marked(folder.mark())


def proc(pid: int, name: str) -> bytes:
    """Return what the kernel tells of a process; nothing of one that has ended meanwhile, as a server's session does at any moment."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/{name}").read_bytes()
    return b""


def setting(started: Servers, name: str) -> object:
    """Return the value of one of PostgreSQL's settings."""
    with psycopg.connect(started.owner_database_url) as database:
        row = database.execute("SELECT current_setting(%s)", [name]).fetchone()
    return row and row[0]


def valkey_setting(started: Servers, name: str) -> object:
    with redis.Redis.from_url(started.redis_url) as valkey:
        return valkey.config_get(name)[name]
