"""All of Hardwon in real processes, started once for the stories."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardwon_local.folder import DataFolder
from hardwon_local.running import Running, running


@pytest.fixture(scope="session")
def hardwon() -> Iterator[Running]:
    """PostgreSQL, Valkey, the API under Granian and a worker with the real model, as `hardwon up` starts them."""
    with tempfile.TemporaryDirectory(prefix="hardwon-story-") as folder:
        Path(folder).chmod(0o711)  # as root, the servers' user must be able to pass through
        with running(DataFolder(Path(folder) / "data of the story"), lambda _step: None) as up:
            yield up
