"""Helpers of the supervisor's tests."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from hardwon_local.folder import DataFolder
from hardwon_local.processes import marked

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the user that the servers run as")


@dataclass
class Supervisor:
    """A supervisor in its own process, ready; ``said`` is what tests/local/supervisor.py prints."""

    process: "subprocess.Popen[str]"
    said: dict[str, Any]

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def until(condition: Callable[[], object], *, patience: float = 10) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"not within {patience:g} seconds"
        time.sleep(0.02)


def running(folder: DataFolder) -> list[int]:
    """Return the processes of a folder's servers and of what runs beside them."""
    return marked(folder.mark())
