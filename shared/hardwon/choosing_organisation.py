"""What commands about one organisation share: the option that names it, and what they work with."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import click

from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings, load
from hardwon.ports import Log
from hardwon.projections.following import Pool

organisation_option = click.option("--organisation", type=click.UUID, help="Needed where there are several.")


@contextmanager
def opened() -> Iterator[tuple[Pool, Log]]:
    with open_pool(load(DatabaseSettings), "hardwon-cli") as pool:
        yield pool, open_log(pool)


def one(log: Log, organisation: UUID | None) -> UUID:
    """Return the organisation that was named, or the only one.

    Raises:
        NotFound: there is none of that id.
        click.UsageError: none was named, and there are several.

    """
    if organisation:
        log.head(organisation)  # says so if there is none
        return organisation
    known = sorted(log.heads())
    if len(known) != 1:
        told = ", ".join(str(each) for each in known[:10]) or "none"
        raise click.UsageError(f"Say which organisation with --organisation; there are {len(known)}: {told}.")
    return known[0]
