"""``hardwon backup``, ``hardwon restore`` and ``hardwon accept-restore``."""

from pathlib import Path

import click
import psycopg

from hardwon import backing_up
from hardwon.config import BackupSettings, OwnerSettings, load
from hardwon.log import epoch

_NEW = click.Path(dir_okay=False, path_type=Path)
_THERE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_NEW)
@click.option("--keys", type=_NEW, help="Write the keys of members' words to this file; keep it elsewhere.")
def backup(file: Path, keys: Path | None) -> None:
    """Back up all logs to FILE, while everything runs.

    FILE holds the record and nothing that can be made from it again. Without the keys nobody can read members' words in it, so an
    erasure reaches it too: keep the newest keys only. Needs HARDWON_OWNER_DATABASE_URL and PostgreSQL's pg_dump, or a `hardwon up` on
    this machine.
    """
    backing_up.back_up(load(BackupSettings), file, keys)
    click.echo(f"{file}: {file.stat().st_size:,} bytes")


@click.command()
@click.argument("file", type=_THERE)
@click.option("--keys", type=_THERE, help="The keys of members' words; without them these words read [erased].")
def restore(file: Path, keys: Path | None) -> None:
    """Restore the backup FILE into an empty database, the one of HARDWON_OWNER_DATABASE_URL.

    Nobody works on the restored logs until `hardwon accept-restore`: look first whether they are what you want, and with `hardwon
    verify` whether they hold.
    """
    count = backing_up.restore(load(BackupSettings), file, keys)
    click.echo(f"{count} logs are restored. Run `hardwon verify`, then `hardwon accept-restore`.")


@click.command()
def accept_restore() -> None:
    """Let restored logs count: workers go on with them.

    Begins a new epoch of each log that is shorter than it was seen, and forgets what was made of events that are there no more. Tools that
    follow the feed are told so. Needs HARDWON_OWNER_DATABASE_URL, or a `hardwon up` on this machine.
    """
    with psycopg.connect(load(OwnerSettings).owner_database_url.get_secret_value()) as connection:
        accepted = epoch.accept(connection)
    for organisation_id in accepted:
        click.echo(f"{organisation_id}: accepted, a new epoch begins")
    if not accepted:
        click.echo("No log was restored.")
