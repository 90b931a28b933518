"""``hardwon try-again``: answer the projects after all that were set aside."""

from uuid import UUID

import click

from hardwon.choosing_organisation import one, opened, organisation_option
from hardwon.projections import recommendations


@click.command("try-again")
@organisation_option
def try_again(organisation: UUID | None) -> None:
    """Let workers try the projects again that were set aside, and name them.

    A project is set aside when looking for its suggestions ended a worker, or failed, six times: /readyz and the metrics count it
    under `suggestions`. Run this when the cause is mended: with more memory, or another model. Needs HARDWON_DATABASE_URL, or a
    `hardwon up` on this machine.
    """
    with opened() as (pool, log):
        organisation_id = one(log, organisation)
        with pool.of(organisation_id) as connection:
            found = recommendations.try_again(connection, organisation_id)
    for each in found:
        click.echo(each)
    click.echo(f"{len(found)} projects will be tried again.")
