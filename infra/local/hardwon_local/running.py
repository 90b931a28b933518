"""Running all of Hardwon on this machine: the servers, the schema, the API, the worker."""

import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr

from hardwon import entry_links, organisations, tokens
from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings
from hardwon.log.pool import Pool
from hardwon.log.wire import Metadata
from hardwon.schema.migrate import migrate
from hardwon_local.binaries import postgres_programs
from hardwon_local.errors import ServerFailed
from hardwon_local.folder import DataFolder, write_private
from hardwon_local.servers import Servers, servers

_PATIENCE = 90.0  # seconds; the first start on a machine exports and quantises the embedding model
_ENVIRONMENT = "environment"

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Running:
    """A Hardwon that is up: where it answers, and how to register organisations with it."""

    servers: Servers
    url: str

    def register(self, organisation: str) -> str:
        """Register an organisation and return its token."""
        with self._pool() as pool:
            return tokens.first(pool, organisations.register(open_log(pool), organisation, "hardwon up"))

    def entry_address(self, token: str) -> str:
        """Return an address that signs in, once, the first administrator of the token's organisation."""
        organisation_id = tokens.organisation_of(token)
        if organisation_id is None:
            raise ServerFailed("What is kept as token in the data folder is none.")
        with self._pool() as pool:
            by = Metadata("hardwon up")
            return self.url + entry_links.for_first_administrator(pool, open_log(pool), organisation_id, by)

    def _pool(self) -> Pool:
        person_key = SecretStr(self.servers.person_key_path.read_text("ascii"))
        url = SecretStr(self.servers.app_database_url)
        settings = DatabaseSettings(database_url=url, person_key=person_key, database_connections=2)
        return open_pool(settings, "hardwon-up")

    def write_environment(self, token: str) -> Path:
        """Write the addresses and the token as a shell script to be sourced, and return its path."""
        values = _addresses(self.servers) | {"HARDWON_URL": self.url, "HARDWON_TOKEN": token}
        path = self.servers.folder.path / _ENVIRONMENT
        write_private(path, "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items()))
        return path

    def stay(self) -> None:
        """Stay until told to stop; a process that ends by itself is an error."""
        while (ended := self.servers.ended()) is None:
            time.sleep(0.5)
        raise ServerFailed(f"The {ended.name} ended by itself; the end of {ended.log_path}:\n{ended.last_log_lines()}")


@contextmanager
def running(folder: DataFolder, told: Told, *, port: int | None = None) -> Iterator[Running]:
    """Start everything on a data folder, and stop all of it at the end. ``told`` hears of each step."""
    told("starting PostgreSQL and Valkey")
    with servers(folder) as started:
        told("migrating the database")
        migrate(started.owner_database_url)
        told("starting the API and the worker")
        up = Running(started, f"http://127.0.0.1:{port or folder.port('api')}")
        _start_services(up)
        told("waiting for the worker to load the embedding model")
        _wait_until_ready(up)
        try:
            yield up
        finally:
            (folder.path / _ENVIRONMENT).unlink(missing_ok=True)


def environment() -> Mapping[str, str]:
    """Return the settings of the Hardwon that runs on this machine's data folder, as other commands need them; {} without one."""
    with suppress(OSError):
        folder = DataFolder()
        if folder.locked():
            script = (folder.path / _ENVIRONMENT).read_text("utf-8")
            words = shlex.split(script)
            return dict(word.split("=", 1) for word in words if "=" in word)
    return {}


def _start_services(up: Running) -> None:
    python = Path(sys.executable)
    env = dict(os.environ) | _addresses(up.servers)
    env |= {"HARDWON_MODEL_CACHE": str(up.servers.folder.path / "models")}
    host, port = up.url.removeprefix("http://").split(":")
    up.servers.start("api", [python, "-m", "hardwon_api", "--host", host, "--port", port], env)
    worker: list[str | Path] = [python, "-m", "hardwon_worker", "--pool", "threads", "--concurrency", "4", "--beat"]
    up.servers.start("worker", worker, env)


def _addresses(started: Servers) -> dict[str, str]:
    return {
        "HARDWON_DATABASE_URL": started.app_database_url,
        "HARDWON_OWNER_DATABASE_URL": started.owner_database_url,
        "HARDWON_REDIS_URL": started.redis_url,
        "HARDWON_PERSON_KEY_FILE": str(started.person_key_path),
        "HARDWON_POSTGRES_PROGRAMS": str(postgres_programs()),
    }


def _wait_until_ready(up: Running) -> None:
    deadline, told = time.monotonic() + _PATIENCE, ""
    with httpx.Client(timeout=5.0) as http:  # one: making it anew for each question took a quarter of a processor
        while True:
            if ended := up.servers.ended():
                raise ServerFailed(
                    f"The {ended.name} did not start; the end of {ended.log_path}:\n{ended.last_log_lines()}"
                )
            with suppress(httpx.HTTPError):
                if (answer := http.get(f"{up.url}/readyz")).is_success:
                    return
                told = answer.text
            if time.monotonic() > deadline:
                log = up.servers.folder.log_path("api")
                told = told or f"the API did not answer; see {log}"
                raise ServerFailed(f"Hardwon did not get ready within {_PATIENCE:g} seconds: {told}")
            time.sleep(0.1)
