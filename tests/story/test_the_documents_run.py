"""What the README and the how-to tell people to type works as it stands."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from hardwon_local.running import Running

ROOT = Path(__file__).parents[2]
BLOCKS = re.compile(r"```sh\n(.*?)```", re.DOTALL)

pytestmark = pytest.mark.timeout(240)


def run(script: str, hardwon: Running) -> str:
    """Run a shell script against the service with a fresh organisation's token; it must end well."""
    env = dict(os.environ) | {"HARDWON_URL": hardwon.url, "HARDWON_TOKEN": hardwon.register("A reader")}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], check=False, env=env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_every_line_of_the_how_to_runs(hardwon: Running) -> None:
    """All shell blocks of the API's how-to, in order, in one shell."""
    # A busy machine takes longer to begin.
    page = (ROOT / "docs/how-to/use-the-api.md").read_text("utf-8").replace("timeout 2 ", "timeout 8 ")
    said = run("\n".join(BLOCKS.findall(page)), hardwon)
    assert '"state":"ready"' in said
    assert '"outcome":"helped"' in said
    assert '"phase":"delivery"' in said
    assert "event: lesson_drawn" in said


def test_the_readmes_request_returns_suggestions(hardwon: Running) -> None:
    """The README's curl lines answer with suggestions that are ready."""
    page = (ROOT / "README.md").read_text("utf-8")
    (block,) = [block for block in BLOCKS.findall(page) if "curl" in block]
    lines = [line for line in block.splitlines() if not line.startswith(". ")]
    assert '"state":"ready"' in run("\n".join(lines), hardwon)
