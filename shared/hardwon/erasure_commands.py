"""``hardwon erase``: erase what a person wrote."""

from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from uuid import UUID

import click

from hardwon import erasure
from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings, OwnerSettings, SettingsError, load
from hardwon.erasure import Words

COPIES = "hardwon.copies"
"""Entry points of this group, each a function without arguments, forget copies of words that their package keeps outside of the database,
and return a line that says what they did."""


@click.command()
@click.argument("person", type=click.UUID)
@click.option("--organisation", type=click.UUID, required=True, help="Whose log it is.")
@click.option("--dry-run", is_flag=True, help="Only list what would go.")
def erase(person: UUID, organisation: UUID, *, dry_run: bool) -> None:
    """Erase what the member PERSON wrote, for good.

    Destroys the key under which this person's words are kept, and forgets all that was made of them. The log stays whole: `hardwon verify`
    holds before and after. Cut short, it is run again and goes on. docs/how-to/erase-a-person.md tells what is not erased.

    Needs HARDWON_DATABASE_URL, HARDWON_PERSON_KEY, HARDWON_REDIS_URL where the worker is installed, and HARDWON_OWNER_DATABASE_URL to sweep
    the tables out; or a `hardwon up` on this machine.
    """
    settings = load(DatabaseSettings)
    with open_pool(settings, "hardwon-cli") as pool:
        log = open_log(pool)
        log.head(organisation)  # says so if there is none
        if dry_run:
            return _list(erasure.words_of(log, organisation, person))
        _list(erasure.erase(pool, log, organisation, person, click.echo))
        for line in _forget_copies():
            click.echo(line)
        erasure.conclude(log, organisation, person)
    click.echo(_sweep_out())
    click.echo(f"Member {person} is erased.")
    return None


def _list(words: Words) -> None:
    if not words.written:
        click.echo("This member wrote nothing.")
    for type_, count in sorted(words.counts().items()):
        click.echo(f"{count:6} {type_}")
    for lesson_id in words.fallen:
        click.echo(f"lesson {lesson_id}: its insight is this person's; it is retired")
    for lesson_id, fields in words.shortened.items():
        click.echo(f"lesson {lesson_id}: lives on without its {', '.join(fields)}")


def _forget_copies() -> Iterator[str]:
    found = entry_points(group=COPIES)
    for each in found:
        forget: Callable[[], str] = each.load()
        yield forget()
    if not found:
        yield "The worker is not installed here: Redis forgets by itself what it still holds, within a minute of a worker's running."


def _sweep_out() -> str:
    try:
        owner = load(OwnerSettings)
    except SettingsError:
        return "HARDWON_OWNER_DATABASE_URL is not set, so the tables were not swept out: PostgreSQL does it by and by."
    erasure.sweep_out(owner.owner_database_url.get_secret_value())
    return "The tables are swept out."
