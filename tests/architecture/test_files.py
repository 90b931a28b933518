"""A file is one thing, short enough to be read at a sitting."""

from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = 300


def too_long(files: Iterable[Path]) -> list[str]:
    return [file.name for file in files if len(file.read_text("utf-8").splitlines()) > LONGEST]


def test_no_file_is_longer_than_300_lines() -> None:
    """What grows beyond is split by sense, tests too."""
    members = ("shared", "services", "infra", "eval", "bench", "tests")
    files = [file for member in members for file in (ROOT / member).rglob("*.py")]
    assert len(files) > LONGEST
    assert too_long(files) == []


def test_a_longer_file_is_named(tmp_path: Path) -> None:
    """The look above would see one."""
    (tmp_path / "short.py").write_text("x = 1\n" * LONGEST)
    (tmp_path / "long.py").write_text("x = 1\n" * (LONGEST + 1))
    assert too_long(tmp_path.iterdir()) == ["long.py"]
