"""What the tests of the supervisor share: a data folder on real ground, and supervisors in processes of their own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hardwon_local.folder import DataFolder
from hardwon_local.processes import end_leftovers, marked

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the user that the servers run as")


@dataclass
class Supervisor:
    """A supervisor in its own process, ready; ``said`` is what tests/local/supervisor.py prints."""

    process: "subprocess.Popen[str]"
    said: dict[str, Any]

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def ground() -> Iterator[Path]:
    """Make a folder that the servers' user can pass through; pytest's own are closed to all but their owner."""
    path = Path(tempfile.mkdtemp(prefix="hardwon-test-"))
    path.chmod(0o711)
    yield path
    for mark in path.rglob("mark"):
        end_leftovers(mark.read_text("ascii"), patience=0.1)
    shutil.rmtree(path)


@pytest.fixture
def folder(ground: Path) -> DataFolder:
    return DataFolder(ground / "data")


@pytest.fixture
def launch() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Return what starts a supervisor's process on a folder, with shell commands to run beside the servers."""
    launched: list[subprocess.Popen[str]] = []

    def launch(folder: DataFolder, *commands: str) -> "subprocess.Popen[str]":
        argv = [sys.executable, str(Path(__file__).with_name("supervisor.py")), str(folder.path), *commands]
        launched.append(subprocess.Popen(argv, stdout=subprocess.PIPE, text=True))
        return launched[-1]

    yield launch
    for process in launched:
        process.kill()
        process.communicate()


@pytest.fixture
def supervise(launch: Callable[..., "subprocess.Popen[str]"]) -> Callable[..., Supervisor]:
    """Return what starts a supervisor and waits until its servers are ready."""

    def supervise(folder: DataFolder, *commands: str) -> Supervisor:
        process = launch(folder, *commands)
        assert process.stdout
        while (line := process.stdout.readline()) and not line.startswith("{"):
            pass
        assert line, f"the supervisor ended with code {process.wait()}"
        return Supervisor(process, json.loads(line))

    return supervise


def until(condition: Callable[[], object], *, patience: float = 10) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"not within {patience:g} seconds"
        time.sleep(0.02)


def running(folder: DataFolder) -> list[int]:
    """Return the processes of a folder's servers and of what runs beside them."""
    return marked(folder.mark())
