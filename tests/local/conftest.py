"""What the tests of the supervisor share: a data folder on real ground, and supervisors in processes of their own."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from watching import Supervisor, new_ground

from hardwon_local.folder import DataFolder


@pytest.fixture
def ground() -> Iterator[Path]:
    with new_ground() as ground:
        yield ground


@pytest.fixture
def folder(ground: Path) -> DataFolder:
    return DataFolder(ground / "data")


@pytest.fixture(scope="session")
def used_folder() -> Iterator[DataFolder]:
    """Return a data folder that tests may find in whatever state others left it: as a user's is."""
    with new_ground() as ground:
        yield DataFolder(ground / "data")


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
        process.wait()
        if process.stdout:
            process.stdout.close()


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
