"""Which lessons a search may answer with, decided before anything is ranked: a narrow search still finds its best."""

from collections.abc import Mapping
from uuid import UUID

from hardwon.projections.following import Pool, Row
from hardwon.sql import queries

SQL = queries("hardwon_worker", "narrowing.sql")
_NAMES = ("kind", "team", "theme", "first", "last")


def among(pool: Pool, organisation_id: UUID, narrowed: Mapping[str, str]) -> list[UUID] | None:
    """Return the lessons that fit all of ``narrowed``, which ``hardwon.work.SEARCH`` describes; None where nothing is asked."""
    if not narrowed:
        return None
    names: Row = dict.fromkeys(_NAMES) | dict(narrowed) | {"organisation_id": organisation_id}
    with pool.of(organisation_id) as connection:
        return [row[0] for row in connection.execute(SQL["among"], names, prepare=False)]
