"""The schema in which read models are rebuilt: a table like each of theirs. A migration makes it anew, which ends older code's rebuilds."""

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

SCHEMA = "rebuilding"


def ensure(connection: "Connection") -> None:
    from sqlalchemy import text  # noqa: PLC0415 - services need the name only, and start sooner

    connection.execute(text(files("hardwon.schema").joinpath("rebuilding.sql").read_text("utf-8")))
