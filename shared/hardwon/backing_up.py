"""Backing up and restoring, by PostgreSQL's own programs: the record in one file, the keys that open it in another."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from hardwon.config import BackupSettings
from hardwon.domain.errors import Conflict, Unavailable
from hardwon.log import epoch
from hardwon.schema.backup import pg_dump_options
from hardwon.schema.migrate import ensure_application_role, migrate
from hardwon.schema.person_keys import SCHEMA

_PART = ".part"
_VARIABLES = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}


def back_up(settings: BackupSettings, file: Path, keys: Path | None) -> None:
    """Write the record to ``file``, and the keys of members' words to ``keys``; the keys last, so that none is missing.

    Raises:
        Conflict: a file is there already.
        Unavailable: pg_dump is missing or fails.

    """
    for each in (file, keys):
        if each and each.exists():
            raise Conflict(f"{each} is there already: a backup is never written over.")
    made = [_dump(settings, pg_dump_options(), file)]
    if keys:
        made.append(_dump(settings, [f"--schema={SCHEMA}"], keys))
    for part in made:  # only now: half a backup must not look like one
        part.rename(part.with_name(part.name.removesuffix(_PART)))


def restore(settings: BackupSettings, file: Path, keys: Path | None) -> int:
    """Read a backup into an empty database, and return how many logs it holds; they wait until somebody accepts them.

    Raises:
        Conflict: the database holds a log.
        Unavailable: pg_restore is missing or fails.

    """
    url = settings.owner_database_url.get_secret_value()
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('public.log_head')").fetchone() != (None,):
            raise Conflict("This database holds a log: restore into an empty one.")
    ensure_application_role(url)
    for each in (file, keys):
        if each:
            _run(settings, "pg_restore", ["--exit-on-error", "--single-transaction", "--no-owner", "--dbname="], each)
    migrate(url)
    with psycopg.connect(url) as connection:
        return epoch.mark_all(connection)


def _dump(settings: BackupSettings, options: Sequence[str], file: Path) -> Path:
    """Write a dump beside ``file``, for nobody else to read, and return where."""
    part = file.with_name(f"{file.name}{_PART}")
    try:
        part.unlink(missing_ok=True)  # what an earlier try left
        part.touch(mode=0o600)
    except OSError as error:
        raise Unavailable(f"{part} cannot be written: {error.strerror}.") from error
    _run(settings, "pg_dump", ["--format=custom", *options], part)
    return part


def _run(settings: BackupSettings, name: str, options: Sequence[str], file: Path) -> None:
    folder = str(settings.postgres_programs) if settings.postgres_programs else None
    program = shutil.which(name, path=folder)
    if program is None:
        raise Unavailable(
            f"There is no {name} in {folder or 'PATH'}: install PostgreSQL's client programs, or say where they are."
        )
    # In the environment: what stands on a command line can be read by every user of the machine.
    told = conninfo_to_dict(settings.owner_database_url.get_secret_value())
    env = dict(os.environ) | {_VARIABLES[key]: str(value) for key, value in told.items() if key in _VARIABLES}
    which = [f"--file={file}"] if name == "pg_dump" else [str(file)]
    done = subprocess.run([program, *options, *which], env=env, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise Unavailable(f"{name} failed: {done.stderr.strip()}")
