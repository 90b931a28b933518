"""Trying: a text that the model fails at, or that kills its worker, is tried alone, and after some more tries set aside for all to see.

What is begun is counted in the checkpoint before the model is asked, so that a worker which does not live to tell has told. A model that
fails at everything is to blame itself: then nothing is counted any more, and nothing set aside.
"""

import math
from collections.abc import Sequence
from uuid import UUID

import structlog
from psycopg import Connection

from hardwon.ports import Embedder
from hardwon.projections.following import Row, ensure_checkpoint
from hardwon.sql import queries
from hardwon_worker.model_files import ModelUnusable

SQL = queries("hardwon_worker", "trying.sql")
TRIES = 3
"""So many for a batch, then so many for the first text of it alone."""
_HARMLESS = "Nobody owned the test environment."
log = structlog.get_logger()


def is_suspicious(tries: int) -> bool:
    """Tell whether texts are to be tried one by one."""
    return tries >= TRIES


def is_hopeless(tries: int) -> bool:
    """Tell whether the text was tried alone often enough."""
    return tries >= 2 * TRIES


def see_that_it_works(embedder: Embedder) -> None:
    """Ask the model for something that it must be able to do, before a text is blamed; raises whatever comes of it."""
    vectors_of(embedder, [_HARMLESS])


def vectors_of(embedder: Embedder, texts: Sequence[str]) -> Sequence[Sequence[float]]:
    """Return what the model makes of these texts, and refuse what is no vector."""
    vectors = embedder.embed(texts)
    if not all(math.isfinite(sum(vector)) for vector in vectors):
        raise ModelUnusable(f"{embedder.model.name} made a vector of what are no numbers.")
    return vectors


def begin(connection: Connection[object], names: Row) -> None:
    """Count the try, for good, before it begins."""
    ensure_checkpoint(connection, names["organisation_id"], names["follower"])
    connection.execute(SQL["begin"], names)


def end(connection: Connection[object], names: Row, done: Sequence[UUID], *, suspicious: bool) -> None:
    """Say that these texts were worked on. Those behind them stay ``suspicious``: the one at fault may be any of the batch that failed."""
    connection.execute(SQL["end"], names | {"ids": list(done), "tries": TRIES if suspicious else 0})


def set_aside(connection: Connection[object], names: Row, text: UUID) -> None:
    connection.execute(SQL["set_aside"], names | {"id": text})
    told = {"organisation_id": str(names["organisation_id"]), "follower": names["follower"], "id": str(text)}
    log.error("text_set_aside", **told, tries=2 * TRIES)
