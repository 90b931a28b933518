"""A backup holds the record and no more: each table was decided on."""

from typing import Any

from psycopg import Connection

from hardwon.projections.following import Pool
from hardwon.schema import rebuilding
from hardwon.schema.backup import DERIVED, FLEETING, RECORD
from hardwon.schema.person_keys import SCHEMA

TABLES = """
SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""


def test_every_table_is_backed_up_or_made_again(pool: Pool, owner: Connection[Any]) -> None:
    """Who adds a table says whether its rows are the record or made from the log; what holds words in plain must not be backed up."""
    found = owner.execute(TABLES).fetchall()
    public = {name for schema, name in found if schema == "public"}
    assert public == RECORD | {*DERIVED, *FLEETING}
    assert not RECORD & {*DERIVED, *FLEETING}
    # "control" is what tests/contract/logs.py makes.
    assert {schema for schema, _ in found} - {"control"} == {"public", SCHEMA, rebuilding.SCHEMA}
