"""``make fuzz``: atheris searches each parser for bytes that break it, guided by which lines they reach.

``fuzzing.py SECONDS`` gives each parser so many, in a process each (searching.py), after a control that must be broken. What breaks a
parser is printed, and kept in the folder that the last line names.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from parsers import PARSERS, SEEDS

CONTROL = "control"
LONGEST_INPUT = 4_096
"""Bytes; how larger ones are borne is asked one by one (test_large.py)."""


def search(name: str, seconds: int, folder: Path) -> str:
    """Search in a process of its own; return what it says of a find, nothing where there is none."""
    corpus = folder / name
    corpus.mkdir()
    for number, seed in enumerate(SEEDS.get(name, [b'{"names": 1}'])):
        (corpus / str(number)).write_bytes(seed)
    limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST_INPUT}", "-timeout=20", "-rss_limit_mb=2048"]
    command = [sys.executable, str(Path(__file__).with_name("searching.py")), name, str(corpus), *limits]
    command.append(f"-artifact_prefix={folder}/{name}-")
    ended = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    runs = [line for line in ended.stderr.splitlines() if line.startswith("Done ")]
    sys.stdout.write(f"{name:16} {runs[-1] if runs else 'broken'}\n")
    sys.stdout.flush()
    return ended.stdout + ended.stderr if ended.returncode else ""


def main(seconds: int) -> int:
    folder = Path(tempfile.mkdtemp(prefix="hardwon-fuzz-"))
    if "KeyError" not in search(CONTROL, max(seconds, 20), folder):
        sys.exit("The control was not broken: the search finds nothing, whatever it says of the others.")
    found = {name: said for name in PARSERS if (said := search(name, seconds, folder))}
    for name, said in found.items():
        sys.stdout.write(f"\n{name}:\n{said[-6_000:]}\n")
    sys.stdout.write(f"{len(PARSERS) - len(found)} of {len(PARSERS)} parsers held; corpus and finds: {folder}\n")
    return len(found)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
