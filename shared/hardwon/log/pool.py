"""A process's connections to the database, and the keys by which what it reads there can be opened."""

from typing import Any

from psycopg import Connection
from psycopg_pool import ConnectionPool

from hardwon.log.keys import PersonKeys


class Pool(ConnectionPool[Connection[Any]]):
    """Autocommit connections of the application role."""

    person_keys: PersonKeys = PersonKeys()
    """Without a wrapping key where none was given: then sealed words can be neither read nor written."""
