"""What the tests of the container files share."""

import re
import subprocess
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs/how-to/run-with-containers.md"


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the secrets by the very commands that the page tells, in a folder of the test's."""
    commands = re.search(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert commands
    ground = tmp_path_factory.mktemp("repository")
    subprocess.run(["sh", "-ec", commands[1]], cwd=ground, check=True)
    return ground / "infra/docker/secrets"
