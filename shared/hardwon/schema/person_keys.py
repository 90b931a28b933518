"""The schema of persons' keys: part of a migration, and made anew where a restored backup left it out."""

from importlib.resources import files

from sqlalchemy import Connection, text

SCHEMA = "person_keys"


def ensure(connection: Connection) -> None:
    """Make what is missing of it; doing it again changes nothing."""
    connection.execute(text(files("hardwon.schema").joinpath("person_keys.sql").read_text("utf-8")))
