"""The schema of persons' keys: part of a migration, and made anew where a restored backup left it out."""

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

SCHEMA = "person_keys"


def ensure(connection: "Connection") -> None:
    """Make what is missing of it; doing it again changes nothing."""
    from sqlalchemy import text  # noqa: PLC0415 - services need the name only, and start sooner

    connection.execute(text(files("hardwon.schema").joinpath("person_keys.sql").read_text("utf-8")))
