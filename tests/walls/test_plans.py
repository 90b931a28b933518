"""Behind the wall no query loses an index that it goes down without it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from own_database import own_database
from psycopg import Connection, sql
from rows import fill, tables, unchecked

from hardwon.schema.migrate import APPLICATION_ROLE
from hardwon.sql import queries
from hardwon_worker.vectors import LESSONS, POINTS

ROOT = Path(__file__).parents[2]
LEFT_OUT = {
    *("epoch.sql:mark_all", "epoch.sql:restored", "epoch.sql:begin"),  # asked by the owner, who stands outside
    *("radar.sql:lessons_before", "radar.sql:points_before"),  # parts of closest, with which they are planned
    *("vectors.sql:lesson_says", "vectors.sql:point_says"),  # parts of save
    "vectors.sql:unembedded_points",  # the first three columns of the key lead to the one vector, whose text is then compared
}
TYPES = {"longest": "interval", "idle": "interval", "dimensions": "int"}
"""Of parameters, where PostgreSQL cannot tell from what is around them."""

JOINED = {
    "recommendations.sql:unanswered": {
        "AS MATERIALIZED": "AS NOT MATERIALIZED",
        "AND lesson.lesson_id = ANY(ARRAY(SELECT lesson_id FROM said))": "",
    },
    "standing.sql:standing": {
        """FROM discussion_point AS point
        WHERE""": """FROM jsonb_array_elements_text(lesson.points) AS answered (point_id), discussion_point AS point
        WHERE""",
        "ANY(ARRAY(SELECT jsonb_array_elements_text(lesson.points)::uuid))": "answered.point_id::uuid",
    },
}
"""How these queries once joined what they now find by arrays of keys."""


def asked() -> Iterator[tuple[str, str]]:
    """Yield every query of the product, with its parameters numbered."""
    radar = queries("hardwon_worker", "radar.sql")
    indexed = "(vector.embedding::halfvec(3)) <=> asked.embedding::halfvec(3)"
    filled = {"{near}": radar["lessons_before"], "{distance}": indexed, "{model}": "'m'", "{dimensions}": "3"}
    for subject in (LESSONS, POINTS):
        yield f"vectors.sql:save of {subject.table}", numbered(subject.save.as_string())
    for member in (ROOT / "shared", *ROOT.glob("services/*")):
        for file in sorted(member.glob("hardwon*/**/*.sql")):
            for name, query in queries(".".join(file.relative_to(member).parts[:-1]), file.name).items():
                text: str = query
                for part, told in filled.items():
                    text = text.replace(part, told)
                if "{vectors}" not in text and not re.match(r"(--.*\n)*(SET|DROP|CREATE) ", text):
                    yield f"{file.name}:{name}", numbered(text)


def numbered(query: str) -> str:
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        name = found[1]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}" + (f"::{TYPES[name]}" if name in TYPES else "")

    return re.sub(r"%\((\w+)\)s", number, query).replace("%%", "%")


@pytest.fixture(scope="module")
def full(stack: Any) -> Iterator[Connection[Any]]:
    """A database with some rows of each of ten organisations in every table, where a scan of all never pays."""
    database = own_database(stack, "plans_tests")
    with psycopg.connect(database.owner_database_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # no foreign keys
        for table in ("lesson_vector", "point_vector"):
            connection.execute("SELECT ensure_vector_index('m', 3, %s)", [table])
        for table in tables(connection):
            unchecked(connection, table)
            for number in range(10):
                fill(connection, table, UUID(int=number + 1), number * 150 + 1, number * 150 + 150)
        connection.execute("VACUUM ANALYZE")
        connection.execute("SET enable_seqscan = off")
        yield connection


AS_IT_STANDS = re.compile(r'(\w+|"[^"]+")\.\w+ = (\w+|"[^"]+")\.\w+')
"""Column by column, which gives nothing away: the planner is free to go down an index by it behind the wall too, or to join all at once."""
TRIED = ("Filter", "Join Filter", "Hash Cond", "Merge Cond")
"""Where a plan tells of what no scan goes down an index by."""


@pytest.fixture
def without(full: Connection[Any], off: str) -> Iterator[None]:
    """Keep the planner from these ways."""
    for way in off.split():
        full.execute(f"SET enable_{way} = off")
    yield
    for way in off.split():
        full.execute(f"SET enable_{way} = on")


def conditions(connection: Connection[Any], query: str, role: str, *of: str) -> set[tuple[str, str]]:
    """Return what the plan's scans go down an index by, or what it only filters or joins by, as (table, condition)."""
    connection.execute(sql.SQL("SET ROLE {}").format(sql.SQL(role)))
    (found,) = (
        connection.execute(f"EXPLAIN (GENERIC_PLAN, VERBOSE, FORMAT JSON) {query}", prepare=False).fetchone() or ()
    )  # type: ignore[arg-type]
    connection.execute("RESET ROLE")
    plan = json.loads(found) if isinstance(found, str) else found
    return {
        (table, each)
        for table, node in scans(plan[0]["Plan"], "")
        for kind in of
        for each in re.split(r"\) AND \(", node.get(kind, "").strip("()"))
        if each
    }


def scans(node: dict[str, Any], above: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each node with its table; that of a bitmap is named above it."""
    table = node.get("Relation Name", above)
    yield table, node
    for child in node.get("Plans", []):
        yield from scans(child, table)


def fallen(connection: Connection[Any], name: str, query: str, unwalled: str = "") -> list[str]:
    """Return what is an index's condition without the wall, and behind it is tried on row after row, or on pair after pair."""
    indexed = conditions(connection, unwalled or query, "NONE", "Index Cond")
    before = {sides(condition) for _, condition in conditions(connection, unwalled or query, "NONE", *TRIED)}
    tried = {sides(condition) for _, condition in conditions(connection, query, APPLICATION_ROLE, *TRIED)} - before
    return [
        f"{name}: {table}: {condition}"
        for table, condition in indexed
        if sides(condition) in tried and not AS_IT_STANDS.fullmatch(condition)
    ]


def sides(condition: str) -> frozenset[str]:
    """Return what is compared, which a join may name the other way round than an index."""
    return frozenset(re.sub("[()]", "", condition).split(" = "))


@pytest.mark.parametrize("off", ["", "sort", "hashjoin mergejoin"])
def test_no_query_loses_an_index_behind_the_wall(full: Connection[Any], without: None) -> None:
    """Also none that walks an index of vectors, with sorting off, or that could find each row of a join by its key.

    One that does reads its table by a view of the schema own.
    """
    lost = [each for name, query in asked() if name not in LEFT_OUT for each in fallen(full, name, query)]
    assert lost == []


def test_the_control_a_table_in_the_place_of_its_view_loses_its_index(full: Connection[Any]) -> None:
    """The same query, had it not been mended, reads all words of the organisation."""
    query = dict(asked())["words.sql:with_words"]
    assert ("lesson_words", "lesson_words.terms && $2") in conditions(full, query, APPLICATION_ROLE, "Index Cond")
    assert fallen(full, "unmended", query.replace("own.", ""), query) == [
        "unmended: lesson_words: lesson_words.terms && $2"
    ]


@pytest.mark.parametrize("off", ["hashjoin mergejoin"])
@pytest.mark.parametrize("name", JOINED)
def test_the_control_a_join_by_a_cast_loses_its_index(full: Connection[Any], without: None, name: str) -> None:
    """A cast may fail and tell of a row that is not the asker's, so behind the wall it is tried on no index: all rows are read."""
    query = dict(asked())[name]
    for mended, joined in JOINED[name].items():
        assert mended in query
        query = query.replace(mended, joined)
    assert [each for each in fallen(full, name, query) if each.endswith("::uuid")]


@pytest.mark.parametrize("query", ["retrieval.sql:nearest_indexed", "radar.sql:closest", "duplicates.sql:alike"])
def test_vectors_are_walked_by_their_index_behind_the_wall(full: Connection[Any], query: str) -> None:
    """The policy does not keep the planner from an index's order."""
    full.execute("SET enable_sort = off")
    full.execute(sql.SQL("SET ROLE {}").format(sql.SQL(APPLICATION_ROLE)))
    plan = str(full.execute("EXPLAIN (GENERIC_PLAN) " + dict(asked())[query], prepare=False).fetchall())  # type: ignore[operator]
    full.execute("RESET ROLE")
    assert "Index Scan using lesson_vector_" in plan
    assert "lesson_vector_pkey" not in plan or query == "duplicates.sql:alike", plan


def test_the_radar_finds_points_by_their_keys(full: Connection[Any]) -> None:
    """Those that it judges, not all of the organisation's."""
    full.execute("SET enable_sort = on")
    found = conditions(full, dict(asked())["radar.sql:closest"], APPLICATION_ROLE, "Index Cond")
    assert [each for table, each in found if table == "discussion_point" and each.startswith("point.point_id = ANY")]


def test_home_reads_the_lessons_of_few_projects(full: Connection[Any]) -> None:
    """Of the newest points, and no others, however many lessons the organisation has. Control: by IN the planner is free to read all."""
    query = dict(asked())["points.sql:unanswered_lately"]
    few = "project_id = ANY(ARRAY(SELECT DISTINCT project_id FROM lately))"
    assert few in query

    def by_project(told: str) -> bool:
        walked = conditions(full, told, APPLICATION_ROLE, "Index Cond")
        return any(table == "lesson" and condition.startswith("lesson.project_id = ANY") for table, condition in walked)

    assert by_project(query)
    assert not by_project(query.replace(few, "project_id IN (SELECT project_id FROM lately)"))


def test_projects_of_a_name_are_found_by_it(full: Connection[Any]) -> None:
    """However it is written, and however many there are. Control: of the table itself all are read."""
    query = dict(asked())["projects.sql:named"]

    def by_name(told: str) -> bool:
        walked = conditions(full, told, APPLICATION_ROLE, "Index Cond")
        return any(table == "project" and "lower(" in condition for table, condition in walked)

    assert by_name(query)
    assert not by_name(query.replace("own.project", "project").replace("name_in_small", "lower(profile ->> 'name')", 1))
