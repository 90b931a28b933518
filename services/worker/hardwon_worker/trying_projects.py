"""Trying to answer a project: one whose profile ends the worker, or takes its memory, each time is set aside for all to see.

As with texts (trying.py) a try is counted before it begins, so that a worker which does not live to tell has told, and no project is
blamed for a model that fails at everything. Said otherwise, a project is tried again; so it is after `hardwon try-again`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog

from hardwon.ports import Embedder
from hardwon.projections.following import NOT_NOW, Pool, Row
from hardwon.sql import queries
from hardwon_worker import trying

SQL = queries("hardwon_worker", "trying_projects.sql")
log = structlog.get_logger()


@contextmanager
def attempt(pool: Pool, organisation_id: UUID, project_id: UUID, position: int, embedder: Embedder) -> Iterator[bool]:
    """Count a try at what the project said at ``position`` for as long as the block lasts; False: it is set aside, and not to be tried."""
    names: Row = {"organisation_id": organisation_id, "project_id": project_id, "position": position}
    with pool.of(organisation_id) as connection:
        found = connection.execute(SQL["tries"], names).fetchone() or (0,)
    if trying.is_suspicious(found[0]):
        trying.see_that_it_works(embedder)
    if trying.is_hopeless(found[0]):
        _set_aside(pool, names, found[0])
        yield False
        return
    _do(pool, "begin", names)
    try:
        yield True
    except NOT_NOW:
        _do(pool, "take_back", names)  # nothing that the project says is to blame
        raise
    _do(pool, "end", names)


def _set_aside(pool: Pool, names: Row, tries: int) -> None:
    with pool.of(names["organisation_id"]) as connection:
        fresh = connection.execute(SQL["set_aside"], names).rowcount
    if fresh:
        told = {"organisation_id": str(names["organisation_id"]), "project_id": str(names["project_id"])}
        log.error("project_set_aside", **told, tries=tries)


def _do(pool: Pool, what: str, names: Row) -> None:
    with pool.of(names["organisation_id"]) as connection:
        connection.execute(SQL[what], names)
