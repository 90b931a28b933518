"""``hardwon rebuild``: fold a read model anew, beside the one that answers."""

import time
from uuid import UUID

import click

from hardwon.choosing_organisation import opened
from hardwon.ports import Log
from hardwon.progress import progress
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, Projection
from hardwon.projections.rebuilding import rebuild as rebuild_beside

_BY_NAME = {projection.name: projection for projection in PROJECTIONS}


@click.command()
@click.argument("projection", type=click.Choice(list(_BY_NAME)))
@click.option("--organisation", type=click.UUID, help="Rebuild this organisation's only.")
def rebuild(projection: str, organisation: UUID | None) -> None:
    """Fold the read model PROJECTION anew from the log.

    The old rows answer until the new ones are complete. Cut short, run it again: it goes on where it stopped. Run it after a mend of what
    made a read model wrong or halted it. Needs HARDWON_DATABASE_URL, or a `hardwon up` on this machine.
    """
    with opened() as (pool, log):
        for id_ in [organisation] if organisation else sorted(log.heads()):
            click.echo(_rebuilt(pool, log, _BY_NAME[projection], id_))


def _rebuilt(pool: Pool, log: Log, projection: Projection, organisation_id: UUID) -> str:
    head, began = log.head(organisation_id).position, time.monotonic()
    label = f"{projection.name} of {organisation_id}"
    with progress(label, head) as tell:
        rebuild_beside(pool, projection, organisation_id, tell)
    seconds = time.monotonic() - began
    return f"{label}: {head} events in {seconds:.1f} s, {head / max(seconds, 0.001):,.0f} a second"
