"""Child processes that end with their supervisor, whatever ends it."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import structlog

from hardwon_local.errors import ServerFailed, StillRunning

MARK_VARIABLE = "HARDWON_SUPERVISED_BY"
"""Environment variable in which every child, and whatever it starts, carries its data folder's mark."""

SERVER_ENVIRONMENT = {"LC_ALL": "C.UTF-8"}
"""All that the servers see of the environment: a user's PGDATA or PGPORT is not meant for them."""

_PR_SET_PDEATHSIG = 1
_LOG_KEPT = 10_000_000  # bytes; a longer log is set aside at the next start
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Account:
    """The user that the servers run as when root starts them."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, and how to ask it to stop."""

    name: str
    argv: Sequence[str | Path]
    env: Mapping[str, str]
    cwd: Path | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM


@dataclass(frozen=True, slots=True)
class Child:
    """A running program: a direct child of this process and the leader of its own session."""

    name: str
    log_path: Path
    process: "subprocess.Popen[bytes]" = field(repr=False)
    stop_signal: signal.Signals
    log_start: int
    """Where in the log file this run begins."""

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def stop(self, patience: float = 5.0) -> None:
        """Ask it to stop, wait for ``patience`` seconds, then end it and its process group by force."""
        if not self.running:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            _log.warning("child_killed", child=self.name, pid=self.pid, patience=patience)
            os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()

    def last_log_lines(self, count: int = 12) -> str:
        """Return the end of what this run wrote, for error messages."""
        with self.log_path.open("rb") as log:
            log.seek(self.log_start)
            return "\n".join(log.read().decode(errors="replace").splitlines()[-count:])


def start_child(program: Program, *, mark: str, log_path: Path) -> Child:
    """Start a program so that it ends when the calling *thread* ends: call this from the main thread.

    It runs in a session of its own: a terminal's Ctrl-C reaches the supervisor only, which stops its children in order.
    """
    log_start, account = _set_aside(log_path), program.account
    try:
        with log_path.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - argv is made by this package, no shell is involved
                program.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=program.cwd,
                env={**program.env, MARK_VARIABLE: mark},
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                preexec_fn=_ending_with_parent(program.stop_signal),  # noqa: PLW1509 - see there
            )
    except (OSError, subprocess.SubprocessError) as error:
        raise ServerFailed(f"{program.name} cannot be run from {program.argv[0]}: {error}") from error
    return Child(program.name, log_path, process, program.stop_signal, log_start)


def wait_until_ready(child: Child, unready: Callable[[], str | None], *, patience: float) -> None:
    """Ask ``unready`` until it has no more reason to give; fail when the child ends or ``patience`` seconds are over."""
    deadline = time.monotonic() + patience
    while child.running:
        if (reason := unready()) is None:
            return
        if time.monotonic() > deadline:
            raise ServerFailed(_failure(child, f"did not get ready within {patience:g} seconds: {reason}"))
        time.sleep(0.03)
    raise ServerFailed(_failure(child, f"ended with code {child.process.returncode} instead of getting ready"))


def wait_until_done(child: Child, *, patience: float) -> None:
    """Wait for a child that is to end by itself, and well."""
    try:
        code = child.process.wait(patience)
    except subprocess.TimeoutExpired:
        raise ServerFailed(_failure(child, f"was not done within {patience:g} seconds")) from None
    finally:
        child.stop(patience=0)
    if code:
        raise ServerFailed(_failure(child, f"ended with code {code}"))


def end_leftovers(mark: str, *, patience: float = 3.0) -> None:
    """End whatever a supervisor that died left behind. Only for the holder of the data folder's lock.

    The mark, not a pid from a file, tells our processes: pids are used again, a mark is not. Each was asked to stop when
    its parent died, so the wait is for those that are still at it.
    """
    deadline = time.monotonic() + patience
    while leftovers := marked(mark):
        if time.monotonic() > deadline + patience:
            raise StillRunning(f"Processes {leftovers} of an earlier run cannot be ended: end them, then start again.")
        if time.monotonic() > deadline:
            for pid in leftovers:
                _log.warning("leftover_killed", pid=pid)
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def marked(mark: str) -> list[int]:
    """Return the other processes with this mark in their command line or environment."""
    processes = _told_by_proc() if Path("/proc/self/cmdline").exists() else _told_by_ps()
    return [pid for pid, told in processes if os.fsencode(mark) in told and pid != os.getpid()]


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Within, SIGTERM, SIGHUP and Ctrl-C raise KeyboardInterrupt, once: a second one must not cut the ordered stop short.

    A signal that is ignored from outside stays so: ``nohup`` and a shell's ``&`` mean it.
    """

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature that Python calls
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    heard = (
        each for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(each) != signal.SIG_IGN
    )
    before = {each: signal.getsignal(each) for each in heard}
    try:
        for each in before:
            signal.signal(each, stop)
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _ending_with_parent(signal_: signal.Signals) -> Callable[[], None] | None:
    """Return what a child does between fork and exec so that the kernel signals it when its parent is gone.

    Popen calls it after it changed the user, which would have cleared the request. Between fork and exec only plain
    system calls are safe, hence the library is loaded and every value fetched beforehand. macOS has no such request.
    """
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def end_with_parent() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal_))
        if os.getppid() != parent:  # it died before the request was made
            os._exit(1)

    return end_with_parent


def _set_aside(log_path: Path) -> int:
    size = log_path.stat().st_size if log_path.exists() else 0
    if size <= _LOG_KEPT:
        return size
    log_path.replace(log_path.with_name(f"{log_path.name}.old"))
    return 0


def _failure(child: Child, what: str) -> str:
    child.process.poll()
    said = child.last_log_lines() or "(nothing)"
    return f"{child.name} {what}. The end of its log, {child.log_path}:\n{said}"


def _told_by_proc() -> Iterator[tuple[int, bytes]]:
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            told = b""
            for file in (
                "cmdline",
                "environ",
            ):  # of another user's process only the first can be read, even by a root without ptrace
                with suppress(OSError):
                    told += (process / file).read_bytes()
            yield int(process.name), told


def _told_by_ps() -> Iterator[tuple[int, bytes]]:
    listing = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,command="], check=True, capture_output=True).stdout  # noqa: S607 - ps lies elsewhere on each system
    for line in listing.splitlines():
        pid, _, command = line.strip().partition(b" ")
        yield int(pid), command
