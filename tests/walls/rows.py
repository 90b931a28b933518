"""Rows of any table, for tests that must hold for tables that nobody has thought of yet."""

from typing import Any
from uuid import UUID

from psycopg import Connection, sql

WALLED = """
SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'organisation_id'
WHERE relkind IN ('r', 'p') AND nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY nspname, relname
"""
_COLUMNS = """
SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""
_CHECKS = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'"
# Of the row numbered n: the same in every table, so that joins meet.
_VALUES = {
    "uuid": "md5(n::text)::uuid",
    "bigint": "n",
    "integer": "n",
    "smallint": "1",
    "text": "'text ' || n",
    "text[]": "ARRAY['text ' || n]",
    "bytea": "convert_to('bytes ' || n, 'UTF8')",
    "boolean": "false",
    "jsonb": "jsonb_build_object('project_id', md5(n::text)::uuid, 'lesson_id', md5(n::text)::uuid, 'actor', 'tests')",
    "double precision": "n",
    "real": "n",
    "timestamp with time zone": "now() + n * interval '1 second'",
    "integer[]": "ARRAY[n]",
    "smallint[]": "ARRAY[1]::smallint[]",
    "halfvec": "array_fill(n, ARRAY[3])::halfvec",
    "vector": "array_fill(n, ARRAY[3])::vector",
    "sparsevec": "(format('{%%s:1}/1000000000', n))::sparsevec",
}
_TEXTS = {"state": "'current'", "model": "'m'", "kind": "'went_wrong'"}
"""Columns whose text the queries name."""


def tables(connection: Connection[Any]) -> list[sql.Identifier]:
    """Return every table whose rows are an organisation's."""
    return [sql.Identifier(*row) for row in connection.execute(WALLED)]


def unchecked(connection: Connection[Any], table: sql.Identifier) -> None:
    """Let the table take whatever ``fill`` makes; for a transaction that is rolled back, or a database of the test's own."""
    for (check,) in connection.execute(_CHECKS, [table.as_string(connection)]).fetchall():
        connection.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(table, sql.Identifier(check)))


def fill(
    connection: Connection[Any], table: sql.Identifier, organisation_id: UUID, first: int, last: int | None = None
) -> int:
    """Give the organisation the rows numbered from ``first`` to ``last``, and return how many that made."""
    columns = connection.execute(_COLUMNS, [table.as_string(connection)]).fetchall()
    values = [
        "%(organisation_id)s::uuid"
        if name == "organisation_id"
        else _TEXTS.get(name, _VALUES[type_])
        if type_ == "text"
        else _VALUES[type_]
        for name, type_ in columns
    ]
    into = sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    numbers = sql.SQL("generate_series(%(first)s::int, %(last)s::int) AS n")
    chosen = sql.SQL(", ".join(values))
    insert = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT DO NOTHING")
    names = {"organisation_id": organisation_id, "first": first, "last": last or first}
    return connection.execute(insert.format(table, into, chosen, numbers), names).rowcount
