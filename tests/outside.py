"""Worker processes and a broker outside of the test, which it can kill, stop and start again."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from hardwon_local.binaries import find_binaries
from hardwon_local.folder import DataFolder
from hardwon_local.valkey import Valkey, start_valkey

# One: each is made in 26 ms of the processor, and who waits for a service asks twenty times a second.
_HTTP = httpx.Client(timeout=30)
PATIENCE = 100.0  # seconds; nobody asserts how fast anything is by it, and a machine may be busy


def wait_for(true: Callable[[], bool], what: str, patience: float = PATIENCE) -> float:
    """Wait until it is true, and return how long that took; fail, saying what was awaited."""
    began = time.monotonic()
    while not true():
        waited = time.monotonic() - began
        assert waited < patience, f"{what}: not within {patience:g} seconds"
        time.sleep(0.05)
    return time.monotonic() - began


def answers(address: str) -> bool:
    """Tell whether a service answers there, and well."""
    with suppress(httpx.HTTPError):
        return _HTTP.get(address).is_success
    return False


class Broker:
    """A Valkey of the test's own."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._valkey: Valkey | None = None

    @property
    def url(self) -> str:
        assert self._valkey
        return self._valkey.redis_url

    def start(self) -> None:
        self._valkey = start_valkey(self._folder, find_binaries(self._folder), durable=False)
        self._valkey.make_ready()

    def stop(self) -> None:
        if self._valkey:
            self._valkey.child.stop()


@contextmanager
def own_broker() -> Iterator[Broker]:
    with tempfile.TemporaryDirectory(prefix="hardwon-broker-") as ground:
        folder = DataFolder(Path(ground) / "data")
        folder.account = None  # as the tests' own user: another one would need a copy of the server's program
        with folder.lock():
            broker = Broker(folder)
            broker.start()
            try:
                yield broker
            finally:
                broker.stop()


class WorkerProcess:
    """A worker in a process of its own, and what it was heard to embed."""

    def __init__(self, ground: Path, environment: dict[str, str], *, pause: float = 0.0) -> None:
        self._ground, self._pause = ground, pause
        self._environment = {**os.environ, **environment, "HARDWON_LOG_LEVEL": "debug"}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def embedded(self) -> list[str]:
        """Every text that was embedded, in the order of time, whichever process did it."""
        told = self._ground / "embedded"
        return told.read_text().splitlines() if told.exists() else []

    @property
    def log(self) -> str:
        return (self._ground / "log").read_text()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, *arguments: str) -> None:
        program = [str(Path(__file__).with_name("words_worker.py")), str(self._ground / "embedded"), str(self._pause)]
        self.run([*program, *arguments])

    def run(self, program: list[str]) -> None:
        with (self._ground / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *program], env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """End it as a machine that loses power does: no farewell, the children with it."""
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def stop(self) -> int:
        """Ask it to stop, and return the code with which it ended."""
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE)
