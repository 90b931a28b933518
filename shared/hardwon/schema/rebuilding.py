"""The schema in which read models are rebuilt: a table like each of theirs. A migration makes it anew, which ends older code's rebuilds."""

from importlib.resources import files

from sqlalchemy import Connection, text

SCHEMA = "rebuilding"


def ensure(connection: Connection) -> None:
    connection.execute(text(files("hardwon.schema").joinpath("rebuilding.sql").read_text("utf-8")))
