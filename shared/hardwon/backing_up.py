"""Backing up and restoring, by PostgreSQL's own programs: the record in one file, the keys that open it in another."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

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
        Unavailable: psql or pg_restore is missing or fails.

    """
    url = settings.owner_database_url.get_secret_value()
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('public.log_head')").fetchone() != (None,):
            raise Conflict("This database holds a log: restore into an empty one.")
    ensure_application_role(url)
    _restore_marked(settings, [each for each in (file, keys) if each])
    migrate(url)
    with psycopg.connect(url) as connection:
        return epoch.restored(connection)


def _restore_marked(settings: BackupSettings, files: Sequence[Path]) -> None:
    """Restore all and mark the logs, in one transaction: cut short anywhere, there is nothing, and never a log that looks like any other.

    The COMMIT is sent only when all was written out well: where psql's input ends before, nothing was done.
    """
    argv = [_program(settings, "psql"), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    failed: Exception | None = None
    with (
        TemporaryFile() as said,
        subprocess.Popen(argv, env=_environment(settings), stdin=subprocess.PIPE, stderr=said) as psql,  # noqa: S603 - our own words
    ):
        if psql.stdin is None:
            raise AssertionError("a pipe was asked for")
        try:
            with psql.stdin as script:
                script.write(b"BEGIN;\n")
                script.flush()
                for file in files:
                    _run(settings, "pg_restore", ["--no-owner", "--file=-", str(file)], stdout=script)
                script.write(f"{epoch.SQL['mark_all']};\nCOMMIT;\n".encode())
        except (Unavailable, BrokenPipeError) as error:
            failed = error
        code = psql.wait()
        said.seek(0)
        complaint = said.read().decode(errors="replace").strip()
    if code:
        raise Unavailable(f"psql failed: {complaint}") from failed
    if failed:
        raise failed


def _dump(settings: BackupSettings, options: Sequence[str], file: Path) -> Path:
    """Write a dump beside ``file``, for nobody else to read, and return where."""
    part = file.with_name(f"{file.name}{_PART}")
    try:
        part.unlink(missing_ok=True)  # what an earlier try left
        part.touch(mode=0o600)
    except OSError as error:
        raise Unavailable(f"{part} cannot be written: {error.strerror}.") from error
    _run(settings, "pg_dump", ["--format=custom", *options, f"--file={part}"])
    return part


def _run(settings: BackupSettings, name: str, arguments: Sequence[str], stdout: IO[bytes] | None = None) -> None:
    argv = [_program(settings, name), *arguments]
    done = subprocess.run(argv, env=_environment(settings), stdout=stdout, stderr=subprocess.PIPE, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise Unavailable(f"{name} failed: {done.stderr.decode(errors='replace').strip()}")


def _program(settings: BackupSettings, name: str) -> str:
    folder = str(settings.postgres_programs) if settings.postgres_programs else None
    program = shutil.which(name, path=folder)
    if program is None:
        raise Unavailable(
            f"There is no {name} in {folder or 'PATH'}: install PostgreSQL's client programs, or say where they are."
        )
    return program


def _environment(settings: BackupSettings) -> dict[str, str]:
    """Return how the programs find the database: what stands on a command line can be read by every user of the machine."""
    told = conninfo_to_dict(settings.owner_database_url.get_secret_value())
    return dict(os.environ) | {_VARIABLES[key]: str(value) for key, value in told.items() if key in _VARIABLES}
