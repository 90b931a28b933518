"""``hardwon verify``: prove the logs, or say where they do not hold."""

import sys
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import click
from psycopg import OperationalError

from hardwon.choosing_organisation import opened
from hardwon.domain.errors import HardwonError
from hardwon.log import anchors
from hardwon.log.verify import Verified
from hardwon.log.verify import verify as verify_log
from hardwon.log.wire import GENESIS
from hardwon.ports import Log
from hardwon.progress import progress

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _NothingProved(click.ClickException):
    """Whoever runs this by a clock must be able to tell it from a log that does not hold."""

    exit_code = 2


@click.command()
@click.option("--organisation", type=click.UUID, help="Verify this organisation's log only.")
@click.option("--anchors", "anchor_file", type=_FILE, help="Heads that were published: what HARDWON_ANCHOR_PATH names.")
def verify(organisation: UUID | None, anchor_file: Path | None) -> None:
    """Prove that no event was altered, removed, swapped or slipped in.

    Walks every log from its start and recomputes the chain of hashes. Prints the first position that does not hold, if there is
    one, and then ends with code 1; with code 2 where nothing could be proved. With heads that were published it also proves that no
    end was cut off, and no log written anew. Needs HARDWON_DATABASE_URL, or a `hardwon up` on this machine.
    """
    published = anchors.read(anchor_file) if anchor_file else {}
    try:
        with opened() as (_, log):
            everyone = [organisation] if organisation else sorted(log.heads().keys() | published.keys())
            outcomes = [_verify(log, id_, published.get(id_, {})) for id_ in everyone]
    except (HardwonError, OperationalError) as error:
        raise _NothingProved(f"Nothing was proved: {error}") from error
    for outcome in outcomes:
        click.echo(_told(outcome))
    if any(outcome.broken_at for outcome in outcomes):
        sys.exit(1)


def _verify(log: Log, organisation_id: UUID, anchored: Mapping[int, bytes]) -> Verified:
    if anchored and organisation_id not in log.heads():
        return Verified(organisation_id, 0, GENESIS, 1, "its head was published, and there is no such log any more")
    with progress(str(organisation_id), log.head(organisation_id).position) as tell:
        return verify_log(log, organisation_id, lambda done, _total: tell(done), anchored)


def _told(outcome: Verified) -> str:
    if outcome.broken_at:
        return f"{outcome.organisation_id}: BROKEN at position {outcome.broken_at}: {outcome.problem}."
    return f"{outcome.organisation_id}: {outcome.events} events hold; head hash {outcome.head_hash.hex()}."
