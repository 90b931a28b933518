"""The wall between organisations: a table's rows are there for the organisation that the connection acts for, and for nobody else.

Every table with an organisation_id stands behind it, whichever migration makes it. The owner stands outside: migrations, backups and
restores see all rows.
"""

from sqlalchemy import Connection, text

_UNWALLED = """
SELECT format('%I.%I', nspname, relname)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'organisation_id'
WHERE relkind IN ('r', 'p') AND nspname NOT IN ('pg_catalog', 'information_schema') AND NOT relrowsecurity
ORDER BY 1
"""


def ensure(connection: Connection) -> None:
    """Put behind the wall what does not stand there yet: the last step of every migration."""
    for table in connection.execute(text(_UNWALLED)).scalars().all():
        connection.execute(text(wall(table)))


def wall(table: str) -> str:
    """Return what puts the table behind the wall."""
    # Also what is written must be the organisation's: a policy's USING is its CHECK where it has none of its own.
    return f"""
        CREATE POLICY organisation ON {table} USING (organisation_id = public.acting_for());
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY
    """
