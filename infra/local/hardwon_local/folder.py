"""The data folder: where it lies, whose it is, its one lock, and the small files in it."""

import base64
import fcntl
import os
import pwd
import secrets
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs

from hardwon_local.errors import AlreadyRunning, FolderUnusable
from hardwon_local.processes import Account

DATA_VARIABLE = "HARDWON_DATA"
_SERVERS_USER = "nobody"
_CHOOSE_ANOTHER = f"To use another folder, set {DATA_VARIABLE} to its path."


def default_path() -> Path:
    """Return the folder that HARDWON_DATA names, or else the usual place for this user's data."""
    if named := os.environ.get(DATA_VARIABLE):
        return Path(named).expanduser()
    if os.geteuid() == 0:  # root's home is closed to the user that the servers run as
        return Path("/var/lib/hardwon")
    return platformdirs.user_data_path("hardwon")


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def new_person_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def new_mark() -> str:
    return f"hardwon-{secrets.token_hex(8)}"


class DataFolder:
    """Everything that one Hardwon on this machine keeps. Only the holder of its lock may start servers on it."""

    def __init__(self, path: Path | str | None = None) -> None:
        self.path = Path(path or default_path()).resolve()
        self.account = _servers_account()
        """Who the servers run as; None: the user who runs this process."""

    @property
    def lock_path(self) -> Path:
        return self.path / "lock"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the one supervisor of this folder, creating it if need be; the kernel ends the lock with the process."""
        self._create()
        with os.fdopen(os.open(self.lock_path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning(self.holder(), self.path) from None
            self._write_holder(file.fileno(), str(os.getpid()))
            try:
                yield
            finally:
                self._write_holder(file.fileno(), "")

    def locked(self) -> bool:
        """Tell whether a supervisor holds this folder."""
        try:
            with self.lock_path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        except PermissionError:
            raise FolderUnusable(f"{self.lock_path} is closed to user {os.geteuid()}: do this as its owner.") from None
        return False

    def holder(self) -> int | None:
        """Return the supervisor's pid, if the process that the lock file names does hold that file."""
        with suppress(FileNotFoundError, ValueError):
            pid = int(self.lock_path.read_text("ascii"))
            return pid if _has_open(pid, self.lock_path) else None
        return None

    def mark(self) -> str:
        """Return the word that this folder's processes carry, so that a later supervisor knows them for its own."""
        return self.private("mark", new_mark)

    def private(self, name: str, make: Callable[[], str] = new_secret) -> str:
        """Return the text of a file that only its owner can read, made once."""
        path = self.path / name
        if not path.exists():
            write_private(path, make())
        return path.read_text("utf-8")

    def port(self, name: str) -> int:
        """Return the port that ``name`` had the last time, if it is still free, or else another free one."""
        path = self.path / f"{name}.port"
        with suppress(FileNotFoundError, ValueError), socket.socket() as remembered:
            port = int(path.read_text("ascii"))
            remembered.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that linger do not take it
            with suppress(OSError):
                remembered.bind(("127.0.0.1", port))
                return port
        with socket.socket() as new:
            new.bind(("127.0.0.1", 0))
            port = int(new.getsockname()[1])
        write_private(path, str(port))
        return port

    def log_path(self, name: str) -> Path:
        logs = self.path / "logs"
        logs.mkdir(mode=0o700, exist_ok=True)
        return logs / f"{name}.log"

    def server_home(self, name: str) -> Path:
        """Return a sub-folder that belongs to the user the servers run as."""
        home = self.path / name
        home.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(home, self.account.uid, self.account.gid, follow_symlinks=False)
        return home

    def _create(self) -> None:
        if self.account:
            _refuse_closed(self.path, self.account)  # before anything is made there
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                self.path.mkdir(mode=0o700)
                if self.account:  # pass through, but not list; only ever done to a folder that was made here
                    self.path.chmod(0o711)
            owner = self.path.stat().st_uid
        except OSError as error:
            raise FolderUnusable(
                f"Cannot make the data folder {self.path}: {error.strerror}. {_CHOOSE_ANOTHER}"
            ) from error
        if owner != os.geteuid():
            raise FolderUnusable(
                f"The data folder {self.path} belongs to user {owner}, and this is user {os.geteuid()}: run Hardwon as its "
                f"owner. {_CHOOSE_ANOTHER}"
            )
        if self.account:
            _refuse_closed(self.path, self.account)  # folders that were made just now obeyed the umask

    @staticmethod
    def _write_holder(lock: int, text: str) -> None:
        os.ftruncate(lock, 0)
        os.pwrite(lock, text.encode("ascii"), 0)


def write_private(path: Path, text: str, account: Account | None = None) -> None:
    """Write a file that only ``account`` (or this user) can read, whole or not at all."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    # O_EXCL: in a folder of the servers' user, root must not follow a link that lies in wait.
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        if account:
            os.fchown(file.fileno(), account.uid, account.gid)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _has_open(pid: int, path: Path) -> bool:
    """Guard against a lock file that still names the supervisor before the present one, whose pid may be in use again."""
    if not Path("/proc/self/fd").exists():
        return True
    with suppress(OSError):
        return any(os.path.realpath(file) == str(path) for file in Path(f"/proc/{pid}/fd").iterdir())
    return False


def _servers_account() -> Account | None:
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(_SERVERS_USER)
    except KeyError:
        raise FolderUnusable(
            f"PostgreSQL refuses to run as root, and this machine has no user {_SERVERS_USER!r} to run it as: run Hardwon "
            "as an ordinary user."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _refuse_closed(path: Path, account: Account) -> None:
    for folder in (each for each in (path, *path.parents) if each.exists()):
        status = folder.stat()
        owns, shares = status.st_uid == account.uid, status.st_gid == account.gid
        needed = stat.S_IXUSR if owns else stat.S_IXGRP if shares else stat.S_IXOTH
        if not status.st_mode & needed:
            raise FolderUnusable(
                f"As root, Hardwon runs its servers as user {account.name!r}, who cannot pass through {folder} "
                f"(mode {stat.S_IMODE(status.st_mode):04o}). {_CHOOSE_ANOTHER}"
            )
