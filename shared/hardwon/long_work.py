"""Long work that somebody asks for on a page and a worker does slice by slice: how far it is, and how it ended the last time.

Whatever is done so can be done again from its start: these rows carry wishes and progress, never truth, and are in no backup.
"""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from hardwon.projections.following import Row
from hardwon.projections.reading import fetch
from hardwon.sql import queries

SQL = queries("hardwon", "long_work.sql")
VERIFY = "verify"
"""Walk the organisation's log, and see whether it holds."""
REBUILD = "rebuild:"
"""Fold a read model anew; its name follows."""
State = dict[str, Any]
"""From which the next slice goes on; plain JSON."""


@dataclass(frozen=True, slots=True)
class Slice:
    """What a stretch of the work came to."""

    done: int
    goal: int
    state: State | None = None
    """None: the work has ended."""
    problem: str = ""
    """Why it could not come to its end, or what it found."""
    told: State | None = None
    """What else is to be known of how it ended."""


def ask(connection: Connection[Any], organisation_id: UUID, name: str) -> None:
    """Ask for the work; while it is under way, asking again changes nothing. The next hint brings a worker to it."""
    connection.execute(SQL["ask"], {"organisation_id": organisation_id, "name": name})


def under_way(connection: Connection[Any], organisation_id: UUID) -> list[str]:
    rows = connection.execute(SQL["under_way"], {"organisation_id": organisation_id})
    return [name for (name,) in rows]


def every(connection: Connection[Any], organisation_id: UUID) -> dict[str, Row]:
    """Return all that was ever asked for, by name: ``outcome`` is how it ended the last time, while it is under way again too."""
    return {row["name"]: row for row in fetch(connection, SQL["every"], organisation_id=organisation_id)}


def take(connection: Connection[Any], organisation_id: UUID, name: str) -> State | Literal[False]:
    """Return from where the work goes on, locked until the transaction ends; False where another worker has it, or nobody wants it."""
    found = connection.execute(SQL["take"], {"organisation_id": organisation_id, "name": name}).fetchone()
    return False if found is None else found[0] or {}


def save(connection: Connection[Any], organisation_id: UUID, name: str, came: Slice) -> None:
    """Note how far the work is, or how it ended."""
    names: Row = {"organisation_id": organisation_id, "name": name, "done": came.done, "goal": came.goal}
    if came.state is None:
        outcome: State = {"problem": came.problem or None, "done": came.done, **(came.told or {})}
        connection.execute(SQL["ended"], names | {"outcome": Jsonb(outcome)})
    else:
        connection.execute(SQL["went_on"], names | {"state": Jsonb(came.state)})
