"""The embedded PostgreSQL: made once, started as our child, reached over loopback only."""

import os
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from hardwon_local.binaries import Binaries
from hardwon_local.folder import DataFolder, write_private
from hardwon_local.processes import SERVER_ENVIRONMENT, Child, Program, start_child, wait_until_done, wait_until_ready

DATABASE = "hardwon"
OWNER_ROLE = "hardwon"
APP_ROLE = "hardwon_app"
_BUFFERS = 512 * 2**20
"""Bytes of its shared cache: what a search reads must stay there. Memory that is never touched costs nothing."""
_UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Postgres:
    child: Child
    port: int
    owner_password: str = field(repr=False)
    app_password: str = field(repr=False)

    @property
    def owner_database_url(self) -> str:
        return self._url(OWNER_ROLE, self.owner_password, DATABASE)

    @property
    def app_database_url(self) -> str:
        return self._url(APP_ROLE, self.app_password, DATABASE)

    def make_ready(self) -> None:
        """Wait until it answers, then see to it that the database and the application's role are there."""
        wait_until_ready(self.child, self._unready, patience=60)  # a crash recovery may have much to do
        with self._connect() as connection:
            _make_database(connection)
            _make_app_role(connection, self.app_password)

    def _unready(self) -> str | None:
        try:
            with self._connect() as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            return str(error)
        return None

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        url = self._url(OWNER_ROLE, self.owner_password, "postgres")  # the one database that is there from the start
        return psycopg.connect(url, autocommit=True, connect_timeout=5)

    def _url(self, role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"


def start_postgres(folder: DataFolder, binaries: Binaries, *, durable: bool) -> Postgres:
    """Start it, without waiting. ``durable=False`` trades what a power cut would destroy for speed: for tests."""
    data = _data(folder, binaries, durable=durable)
    # No process of this folder is left (servers() saw to it), so this file is stale; and if its pid meanwhile belongs to
    # any other process of this user, PostgreSQL would take that for a postmaster and refuse to start.
    (data / "postmaster.pid").unlink(missing_ok=True)
    port, mark = folder.port("postgres"), folder.mark()
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",  # a socket's path must be short, a data folder's path need not
        "cluster_name": mark,  # stands in the process title of every backend
        "shared_buffers": f"{_buffers() // 2**20}MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        **({} if durable else _UNSAFE),
    }
    arguments = [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
    program = Program(
        "postgres",
        [binaries.postgres, "-D", data, *arguments],
        env=SERVER_ENVIRONMENT,
        cwd=data,
        account=folder.account,
        stop_signal=signal.SIGINT,  # its "fast" stop; SIGTERM would wait for every client to leave
    )
    child = start_child(program, mark=mark, log_path=folder.log_path("postgres"))
    return Postgres(child, port, folder.private("postgres.password"), folder.private("app.password"))


def _buffers() -> int:
    """Return the cache's size: on a small machine an eighth of its memory, and never less than PostgreSQL's own default."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(128 * 2**20, min(_BUFFERS, memory // 8))


def _data(folder: DataFolder, binaries: Binaries, *, durable: bool) -> Path:
    """Return the folder of PostgreSQL's data; it is made under another name, so that one that was cut short is never used."""
    home = folder.server_home("postgres")
    data, new, password = home / "data", home / "data.new", home / "password"
    if data.exists():
        return data
    if new.exists():
        shutil.rmtree(new)
    write_private(password, folder.private("postgres.password"), folder.account)
    program = Program(
        "initdb",
        [
            *(binaries.initdb, "--pgdata", new, "--username", OWNER_ROLE, "--pwfile", password),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--data-checksums"),
            # Sorting that no library update changes. LC_CTYPE stays C.UTF-8, not C: under C the full-text parser takes
            # every character outside ASCII for a letter, quotes and dashes too.
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C.UTF-8"),
            *(() if durable else ("--no-sync",)),
        ],
        env=SERVER_ENVIRONMENT,
        cwd=home,
        account=folder.account,
    )
    child = start_child(program, mark=folder.mark(), log_path=folder.log_path("initdb"))
    wait_until_done(child, patience=120)
    password.unlink()
    new.rename(data)
    return data


def _make_database(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _make_app_role(connection: psycopg.Connection[tuple[object, ...]], password: str) -> None:
    """Make the role that the services use; what it may do is granted by the migrations."""
    exists = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [APP_ROLE]).rowcount
    # Hashed here: a statement that fails is logged as it was sent.
    hashed = connection.pgconn.encrypt_password(password.encode(), APP_ROLE.encode(), b"scram-sha-256").decode()
    statement = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}" if exists else "CREATE ROLE {} LOGIN PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(APP_ROLE), sql.Literal(hashed)))
