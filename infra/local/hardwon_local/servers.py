"""The supervisor: one process that owns a data folder and the two servers on it."""

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from hardwon_local.binaries import find_binaries
from hardwon_local.errors import StillRunning
from hardwon_local.folder import DataFolder, new_person_key
from hardwon_local.postgres import Postgres, start_postgres
from hardwon_local.processes import Child, Program, end_leftovers, start_child
from hardwon_local.valkey import Valkey, start_valkey

PERSON_KEY = "person.key"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Servers:
    """The running servers, and whatever else was started beside them."""

    folder: DataFolder
    postgres: Postgres
    valkey: Valkey
    children: list[Child]

    @property
    def owner_database_url(self) -> str:
        return self.postgres.owner_database_url

    @property
    def app_database_url(self) -> str:
        return self.postgres.app_database_url

    @property
    def redis_url(self) -> str:
        return self.valkey.redis_url

    @property
    def person_key_path(self) -> Path:
        """The file with the key that wraps the keys of members' words; made once, and never made again where it was lost."""
        self.folder.private(PERSON_KEY, new_person_key)
        return self.folder.path / PERSON_KEY

    def start(self, name: str, argv: Sequence[str | Path], env: Mapping[str, str]) -> Child:
        """Start a further process, as this user; it is stopped before the servers, in reverse order of start."""
        child = start_child(Program(name, argv, env), mark=self.folder.mark(), log_path=self.folder.log_path(name))
        self.children.append(child)
        return child

    def ended(self) -> Child | None:
        """Return a process that ended though nobody asked it to, if there is one."""
        return next((child for child in self.children if not child.running), None)


@contextmanager
def servers(folder: DataFolder, *, durable: bool = True) -> Iterator[Servers]:
    """Start both servers on a data folder and stop everything at the end. Call it from the main thread.

    Raises:
        AlreadyRunning: another process does this on the same folder.
        FolderUnusable, BinariesMissing, ServerFailed, StillRunning: see ``hardwon_local.errors``.

    """
    began = time.monotonic()
    children: list[Child] = []
    with folder.lock(), ExitStack() as stack:
        mark = folder.mark()
        end_leftovers(mark)
        stack.callback(end_leftovers, mark, patience=1)  # what a child that had to be killed may have left
        stack.callback(_stop, children)
        binaries = find_binaries(folder)
        valkey = start_valkey(folder, binaries, durable=durable)
        children.append(valkey.child)
        postgres = start_postgres(folder, binaries, durable=durable)
        children.append(postgres.child)
        valkey.make_ready()
        postgres.make_ready()
        _log.info("servers_ready", folder=str(folder.path), seconds=round(time.monotonic() - began, 2))
        yield Servers(folder, postgres, valkey, children)


def down(folder: DataFolder, *, patience: float = 30.0) -> bool:
    """Stop the supervisor of a data folder, and with it all that runs there. Return whether there was one."""
    deadline, pid = time.monotonic() + patience, None
    while folder.locked():
        if pid is None and (pid := folder.holder()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        if time.monotonic() > deadline:
            raise StillRunning(
                f"Process {pid or 'unknown'} holds {folder.path} and did not stop in {patience:g} seconds: end it."
            )
        time.sleep(0.05)
    return pid is not None


def _stop(children: list[Child]) -> None:
    for child in reversed(children):
        child.stop()
