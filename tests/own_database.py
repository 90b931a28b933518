"""A database beside that of all other tests: a worker follows every organisation it finds, and some tests leave broken ones."""

from typing import Any

import psycopg

from hardwon.schema.migrate import migrate


def own_database(stack: Any, name: str, *, migrated: bool = True) -> Any:
    """Make and migrate a database on the same server, and return the addresses with it."""
    with psycopg.connect(stack.owner_database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]  # a name that a test chose
    owner, application = (f"{url.rsplit('/', 1)[0]}/{name}" for url in (stack.owner_database_url, stack.database_url))
    if migrated:
        migrate(owner)
    return stack._replace(owner_database_url=owner, database_url=application)
