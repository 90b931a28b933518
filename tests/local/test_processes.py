"""How a child process is started, watched and stopped."""

import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from watching import until

from hardwon_local import processes
from hardwon_local.errors import ServerFailed
from hardwon_local.processes import (
    Child,
    Program,
    end_leftovers,
    marked,
    start_child,
    stopping_on_signals,
    wait_until_done,
    wait_until_ready,
)

STUBBORN = "trap '' TERM; echo begun; sleep 600 & sleep 601"


@pytest.fixture
def mark() -> Iterator[str]:
    mark = f"hardwon-test-{os.getpid()}-{time.monotonic_ns()}"
    yield mark
    end_leftovers(mark, patience=2)


def _start(command: str, mark: str, log_path: Path) -> Child:
    return start_child(Program("helper", ["sh", "-c", command], os.environ), mark=mark, log_path=log_path)


def test_a_child_that_does_not_stop_is_ended_with_all_it_started(mark: str, tmp_path: Path) -> None:
    """I press Ctrl-C and a worker hangs: it is gone a few seconds later, with its own children."""
    child = _start(STUBBORN, mark, tmp_path / "log")
    until(lambda: len(marked(mark)) == 3)
    child.stop(patience=0.2)
    assert not child.running
    until(lambda: not marked(mark))


def test_a_terminals_ctrl_c_reaches_the_supervisor_only(mark: str, tmp_path: Path) -> None:
    """Ctrl-C goes to the terminal's whole process group: a child is in none of it, and is stopped in its turn."""
    child = _start("sleep 600", mark, tmp_path / "log")
    assert os.getsid(child.pid) == os.getpgid(child.pid) == child.pid
    child.stop()


def test_a_child_that_fails_is_told_with_the_end_of_its_log(mark: str, tmp_path: Path) -> None:
    """A process ends instead of getting ready: I read why, at once, without looking for a log file."""
    (tmp_path / "log").write_text("an earlier run\n")
    child = _start("echo the disk is full; exit 3", mark, tmp_path / "log")
    with pytest.raises(ServerFailed, match=r"helper ended with code 3(?s:.*)the disk is full") as failed:
        wait_until_ready(child, lambda: "not yet", patience=10)
    assert "an earlier run" not in str(failed.value)
    assert str(tmp_path / "log") in str(failed.value)


def test_a_child_that_never_gets_ready_is_told_with_the_reason(mark: str, tmp_path: Path) -> None:
    """A process hangs: after its time I read what it last answered."""
    child = _start("sleep 600", mark, tmp_path / "log")
    with pytest.raises(ServerFailed, match=r"within 0.2 seconds: it is loading(?s:.*)\(nothing\)"):
        wait_until_ready(child, lambda: "it is loading", patience=0.2)
    with pytest.raises(ServerFailed, match=r"was not done within 0.1 seconds"):
        wait_until_done(child, patience=0.1)
    assert not child.running


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A program is missing: I read which."""
    program = Program("helper", [tmp_path / "missing"], {})
    with pytest.raises(ServerFailed, match=f"helper cannot be run from {re.escape(str(tmp_path / 'missing'))}"):
        start_child(program, mark="none", log_path=tmp_path / "log")


def test_a_long_log_is_set_aside(mark: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs do not grow for ever: a start keeps the old one beside the new."""
    monkeypatch.setattr(processes, "_LOG_KEPT", 10)
    for _ in range(3):
        wait_until_done(_start("echo a line of some length", mark, tmp_path / "log"), patience=10)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "log.old"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_second_signal_does_not_cut_the_stop_short(number: signal.Signals) -> None:
    """I press Ctrl-C twice, or the terminal closes while it stops: everything is still stopped in order."""
    stopped = []

    def run() -> None:
        try:
            os.kill(os.getpid(), number)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            stopped.append("in order")

    # Whoever runs the tests may have it ignored, as a shell does for a job behind &.
    before = signal.signal(number, signal.SIG_DFL)
    try:
        with pytest.raises(KeyboardInterrupt), stopping_on_signals():
            run()
    finally:
        signal.signal(number, before)
    assert stopped == ["in order"]


def test_a_signal_that_is_ignored_from_outside_stays_ignored() -> None:
    """I start Hardwon with nohup: closing the terminal does not stop it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stopping_on_signals():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.skipif(shutil.which("ps") is None, reason="this machine has no ps")
def test_processes_are_found_without_proc(tmp_path: Path) -> None:
    """On a system without /proc a leftover server is found all the same, by its arguments."""
    mark = f"hardwon-ps-{os.getpid()}-{time.monotonic_ns()}"
    program = Program("helper", [sys.executable, "-c", "import time; time.sleep(600)", mark], os.environ)
    child = start_child(program, mark=mark, log_path=tmp_path / "log")
    assert child.pid in [pid for pid, told in processes._told_by_ps() if mark.encode() in told]
    child.stop()
