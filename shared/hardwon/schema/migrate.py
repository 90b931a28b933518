"""Migrating: bring the schema to this code's version, once, however many ask at a time."""

from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from psycopg.errors import DeadlockDetected
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from hardwon.schema import person_keys, rebuilding, walls

APPLICATION_ROLE = "hardwon_app"

# Any number that nothing else in the database locks; migrations wait for each other on it.
_MIGRATION_LOCK = 4_207_849_484
_ATTEMPTS = 20


def migrate(owner_database_url: str) -> str:
    """Run what is missing as the owner and return the revision reached; creates the application role where it is missing."""
    engine = create_engine(make_url(owner_database_url).set(drivername="postgresql+psycopg"))
    attempts_left = _ATTEMPTS
    try:
        while True:
            attempts_left -= 1
            try:
                return _migrate(engine)
            except OperationalError as error:
                # It locks table after table, as do those who work meanwhile: PostgreSQL may end one of both, and has undone all of it.
                if attempts_left == 0 or not isinstance(error.orig, DeadlockDetected):
                    raise
    finally:
        engine.dispose()


def _migrate(engine: Engine) -> str:
    with engine.begin() as connection, as_file(files("hardwon.schema")) as folder:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        _ensure_application_role(connection)
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        rebuilding.ensure(connection)
        person_keys.ensure(connection)  # a restored backup is at this revision, and lacks them
        walls.ensure(connection)
        return MigrationContext.configure(connection).get_current_revision() or ""


def ensure_application_role(owner_database_url: str) -> None:
    """Make the role that the services use where it is missing, as whoever grants it rights needs it."""
    engine = create_engine(make_url(owner_database_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        _ensure_application_role(connection)
    engine.dispose()


def _ensure_application_role(connection: Connection) -> None:
    """Make the role that the services use; it gets a password from whoever runs the database, never from here."""
    exists = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": APPLICATION_ROLE})
    if exists.first() is None:
        connection.execute(text(f"CREATE ROLE {APPLICATION_ROLE} LOGIN"))
