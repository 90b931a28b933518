"""PostgreSQL itself keeps organisations apart: whatever a query forgets to say, it meets its own organisation's rows only."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection, sql
from psycopg.errors import InsufficientPrivilege
from rows import fill, tables, unchecked

from hardwon.ids import new_id
from hardwon.schema.migrate import APPLICATION_ROLE, migrate

ROOT = Path(__file__).parents[2]
MINE, THEIRS = new_id(), new_id()
OPEN = """
SELECT relation::regclass::text FROM unnest(%s::text[]) AS relation
WHERE NOT (SELECT relrowsecurity FROM pg_class WHERE oid = relation::regclass)
    OR (SELECT array_agg((polname, polcmd, pg_get_expr(polqual, polrelid), polwithcheck IS NULL, polroles)::text) FROM pg_policy
        WHERE polrelid = relation::regclass)
    IS DISTINCT FROM ARRAY[('organisation'::name, '*'::"char", '(organisation_id = acting_for())', true, ARRAY[0::oid])::text]
"""
WINDOWS = """
SELECT nspname || '.' || relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('v', 'm') AND nspname NOT IN ('pg_catalog', 'information_schema')
"""
WITH_OWNERS_RIGHTS = """
SELECT proname, proconfig FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
WHERE prosecdef AND nspname NOT IN ('pg_catalog', 'information_schema')
"""


def identified(connection: Connection[Any]) -> list[str]:
    return [each.as_string(connection) for each in tables(connection)]


def test_every_table_stands_behind_the_wall(owner: Connection[Any]) -> None:
    """A table that a later migration makes too. Nothing is to be done for it: `migrate` ends with schema/walls.py, which finds it."""
    open_ = [row[0] for row in owner.execute(OPEN, [identified(owner)])]
    assert open_ == [], (
        "these have another policy, or none: make tables in a migration, and let schema/walls.py wall them"
    )


def test_the_control_an_open_table_is_named_and_the_next_migration_walls_it(stack: Any, owner: Connection[Any]) -> None:
    """So that the test above can fail; and nobody has to remember anything."""
    with owner.transaction(force_rollback=True):
        owner.execute("CREATE TABLE later (organisation_id uuid NOT NULL PRIMARY KEY)")
        owner.execute("ALTER POLICY organisation ON lesson USING (true)")
        assert {row[0] for row in owner.execute(OPEN, [identified(owner)])} == {"later", "lesson"}
    owner.execute("CREATE TABLE later (organisation_id uuid NOT NULL PRIMARY KEY)")
    migrate(stack.owner_database_url)
    assert owner.execute(OPEN, [identified(owner)]).fetchall() == []
    owner.execute("DROP TABLE later")


def test_what_reaches_over_the_wall_is_known(owner: Connection[Any]) -> None:
    """Views and functions with the owner's rights are few, and so is the code that looks over all organisations."""
    own = {"own.discussion_point", "own.event", "own.lesson_words", "own.project", "own.retrospective", "own.term"}
    every = {"every.log", "every.hash", "every.checkpoint", "every.set_aside", "every.waiting"}
    assert {row[0] for row in owner.execute(WINDOWS)} == own | every
    functions = owner.execute(WITH_OWNERS_RIGHTS).fetchall()
    assert {name for name, _ in functions} == {"ensure_vector_index"}
    assert all("search_path" in str(settings) for _, settings in functions)
    columns = "SELECT DISTINCT column_name FROM information_schema.columns WHERE table_schema = 'every'"
    told = {"organisation_id", "position", "hash", "epoch", "restored_at", "follower", "halted", "needs_newer"}
    assert {row[0] for row in owner.execute(columns)} == told, "every organisation's, so nothing that anybody wrote"
    sources = [*ROOT.glob("shared/hardwon/**/*.py"), *ROOT.glob("services/*/hardwon_*/**/*.py")]
    across = {file.name for file in sources if ".across(" in file.read_text("utf-8")}
    assert across == {"store.py", "health.py", "metrics.py", "following.py", "witness.py"}


def test_own_views_show_what_their_tables_hold(owner: Connection[Any]) -> None:
    """A column that is added to a table is missing in its view until a migration makes the view anew."""
    columns = """
    SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position) FROM information_schema.columns
    WHERE table_schema = %s AND table_name IN (SELECT table_name FROM information_schema.views WHERE table_schema = 'own')
    GROUP BY table_name ORDER BY table_name
    """
    shown, held = (dict(owner.execute(columns, [schema]).fetchall()) for schema in ("own", "public"))
    computed = {"discussion_point": ["text_position"], "project": ["name_in_small"]}
    assert shown == {table: [*names, *computed.get(table, ())] for table, names in held.items()}


@pytest.fixture
def rows_of_both(owner: Connection[Any]) -> Iterator[list[sql.Identifier]]:
    """Two organisations with a row each in every table, and an application that may do everything to them that the wall lets it."""
    with owner.transaction(force_rollback=True):
        owner.execute("SET LOCAL session_replication_role = replica")  # no foreign keys
        walled = tables(owner)
        for table in walled:
            unchecked(owner, table)
            assert fill(owner, table, MINE, 1) == fill(owner, table, THEIRS, 2) == 1
            owner.execute(sql.SQL("GRANT ALL ON {} TO {}").format(table, sql.Identifier(APPLICATION_ROLE)))
        yield walled


@contextmanager
def acting(owner: Connection[Any], organisation_id: UUID | None) -> Iterator[None]:
    """Work as the application does, for this organisation or for none."""
    setting = str(organisation_id or "")
    owner.execute("SELECT set_config('hardwon.organisation_id', %s, true)", [setting])
    owner.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(APPLICATION_ROLE)))
    yield
    owner.execute("RESET ROLE")


def changed(connection: Connection[Any], statement: str, table: sql.Identifier, *names: UUID) -> int:
    return connection.execute(sql.SQL(statement).format(table), names).rowcount  # type: ignore[arg-type]


def seen(connection: Connection[Any], table: sql.Identifier) -> set[UUID]:
    return {row[0] for row in connection.execute(sql.SQL("SELECT organisation_id FROM {}").format(table))}


def refused(connection: Connection[Any], write: Any) -> bool:
    try:
        with connection.transaction():
            write()
    except InsufficientPrivilege as error:
        return "row-level security" in str(error)
    return False


TAKE_AWAY = "DELETE FROM {} WHERE organisation_id = %s"
TOUCH = "UPDATE {} SET organisation_id = organisation_id WHERE organisation_id = %s"
GIVE_AWAY = "UPDATE {} SET organisation_id = %s WHERE organisation_id = %s"


def test_nobody_reads_or_writes_over_the_wall(owner: Connection[Any], rows_of_both: list[sql.Identifier]) -> None:
    """In every table: another organisation's rows are not there to be read, changed or removed, and none can be slipped to it."""
    for table in rows_of_both:
        name = table.as_string(owner)
        with acting(owner, MINE):
            assert seen(owner, table) == {MINE}, name
            assert changed(owner, TOUCH, table, THEIRS) == changed(owner, TAKE_AWAY, table, THEIRS) == 0, name
            assert refused(owner, lambda table=table: fill(owner, table, THEIRS, 3)), name
            assert refused(owner, lambda table=table: changed(owner, GIVE_AWAY, table, THEIRS, MINE)), name
            assert changed(owner, TOUCH, table, MINE) == 1, name
            assert owner.execute(sql.SQL("DELETE FROM {}").format(table)).rowcount == 1, name
        assert (MINE in seen(owner, table), THEIRS in seen(owner, table)) == (False, True), name


def test_for_nobody_there_is_nothing(owner: Connection[Any], rows_of_both: list[sql.Identifier]) -> None:
    """Where nobody said for which organisation, no row is read and none is written."""
    for table in rows_of_both:
        with acting(owner, None):
            assert seen(owner, table) == set()
            assert owner.execute(sql.SQL("DELETE FROM {}").format(table)).rowcount == 0
            assert refused(owner, lambda table=table: fill(owner, table, MINE, 3)), table


def test_the_control_without_the_wall_all_is_open(owner: Connection[Any], rows_of_both: list[sql.Identifier]) -> None:
    """The same statements reach the other organisation, so it is the wall that held them."""
    for table in rows_of_both:
        owner.execute(sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(table))
        with acting(owner, MINE):
            assert seen(owner, table) >= {MINE, THEIRS}
            assert changed(owner, TOUCH, table, THEIRS) == 1
            assert not refused(owner, lambda table=table: fill(owner, table, THEIRS, 3))
            assert changed(owner, TAKE_AWAY, table, THEIRS) >= 1


def test_own_views_show_ones_own(owner: Connection[Any], rows_of_both: list[sql.Identifier]) -> None:
    """They have the owner's rights, so they say themselves whose rows they show."""
    for view in ("event", "lesson_words", "term"):
        for organisation_id in (MINE, THEIRS, None):
            with acting(owner, organisation_id):
                assert seen(owner, sql.Identifier("own", view)) == {organisation_id} - {None}


def test_older_code_goes_on_while_it_is_let_through(stack: Any, owner: Connection[Any]) -> None:
    """For an upgrade without a pause: who says nothing sees nothing, or all as before while the role passes by the wall."""
    with psycopg.connect(stack.database_url, autocommit=True) as older:
        owner.execute("INSERT INTO log_head (organisation_id, position, hash) VALUES (%s, 0, '')", [new_id()])
        asked = "SELECT count(*) > 0 FROM log_head"
        assert older.execute(asked).fetchone() == (False,)
        owner.execute(f"ALTER ROLE {APPLICATION_ROLE} BYPASSRLS")
        try:
            assert older.execute(asked, prepare=False).fetchone() == (True,)
        finally:
            owner.execute(f"ALTER ROLE {APPLICATION_ROLE} NOBYPASSRLS")
        assert older.execute(asked, prepare=False).fetchone() == (False,)
