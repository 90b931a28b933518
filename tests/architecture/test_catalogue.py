"""The schema can be distributed by organisation: every key starts with organisation_id, and every join between our tables is on it."""

import re
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from hardwon.projections.following import Pool

TOOLS_OWN = {"alembic_version"}
"""Alembic's one row; it belongs to no organisation."""

ROOT = Path(__file__).parents[2]

FIRST_COLUMNS = """
SELECT relation.relname || ' / ' || key.relname, attribute.attname
FROM pg_index
JOIN pg_class AS key ON key.oid = pg_index.indexrelid
JOIN pg_class AS relation ON relation.oid = pg_index.indrelid
JOIN pg_namespace ON pg_namespace.oid = relation.relnamespace
LEFT JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid AND attribute.attnum = pg_index.indkey[0]
WHERE pg_namespace.nspname IN ('public', 'person_keys') AND (pg_index.indisunique OR pg_index.indisprimary)
"""

FOREIGN_KEYS = """
SELECT conrelid::regclass || ' / ' || conname, attribute.attname, target.attname
FROM pg_constraint
JOIN pg_attribute AS attribute ON attribute.attrelid = conrelid AND attribute.attnum = conkey[1]
JOIN pg_attribute AS target ON target.attrelid = confrelid AND target.attnum = confkey[1]
WHERE contype = 'f' AND connamespace IN ('public'::regnamespace, 'person_keys'::regnamespace)
"""

TABLES = """
SELECT table_name, bool_or(column_name = 'organisation_id' AND is_nullable = 'NO')
FROM information_schema.columns WHERE table_schema IN ('public', 'person_keys') GROUP BY table_name
"""


def offences(connection: Connection[Any]) -> list[str]:
    """Return every table, key and foreign key that does not start with the organisation."""
    found = [f"table {name}" for name, scoped in connection.execute(TABLES) if not scoped]
    found += [f"key {name}" for name, first in connection.execute(FIRST_COLUMNS) if first != "organisation_id"]
    found += [
        f"foreign key {name}"
        for name, first, target in connection.execute(FOREIGN_KEYS)
        if (first, target) != ("organisation_id", "organisation_id")
    ]
    return sorted(offence for offence in found if not any(own in offence for own in TOOLS_OWN))


def test_every_table_key_and_foreign_key_starts_with_the_organisation(pool: Pool, owner: Connection[Any]) -> None:
    """A new table that forgets its organisation is named here."""
    assert offences(owner) == []


@pytest.mark.parametrize(
    ("breaking", "named"),
    [
        ("CREATE TABLE stray (id uuid PRIMARY KEY)", ["key stray / stray_pkey", "table stray"]),
        ("CREATE UNIQUE INDEX backwards ON lesson (lesson_id, organisation_id)", ["key lesson / backwards"]),
        ("CREATE UNIQUE INDEX computed ON lesson ((lesson_id::text))", ["key lesson / computed"]),
        (
            """
            CREATE UNIQUE INDEX target ON project (project_id, organisation_id);
            ALTER TABLE lesson ADD CONSTRAINT crossing FOREIGN KEY (project_id, organisation_id)
            REFERENCES project (project_id, organisation_id) NOT VALID
            """,  # not checked against the rows: other tests leave lessons of projects that were never followed
            ["foreign key lesson / crossing", "key project / target"],
        ),
    ],
    ids=["table", "index order", "expression", "foreign key"],
)
def test_the_control_an_offence_is_named(pool: Pool, owner: Connection[Any], breaking: str, named: list[str]) -> None:
    """A schema broken on purpose is caught, so the test above can fail."""
    with owner.transaction(force_rollback=True):
        owner.execute(breaking)  # type: ignore[arg-type]
        assert offences(owner) == named


JOIN = re.compile(r"\bJOIN\s+(?!LATERAL\b)([\w.]+)(?:\s+AS\s+(\w+))?\s+ON\s+(\S+)\s*=\s*(\S+)", re.IGNORECASE)


def test_every_join_is_on_the_organisation_first() -> None:
    """A join that forgets the organisation would mix tenants, and could not be distributed."""
    queries = [*ROOT.glob("shared/**/*.sql"), *ROOT.glob("services/**/*.sql")]
    joins = [(file.name, join) for file in queries for join in JOIN.finditer(file.read_text("utf-8"))]
    assert len(joins) > 3
    assert [
        (file, join[0])
        for file, join in joins
        if not (join[3].endswith(".organisation_id") and join[4].endswith(".organisation_id"))
    ] == []
