"""The list of recurrences is read from its end, however long it is."""

from uuid import UUID

import pytest

from hardwon.projections import recurrences
from hardwon.projections.following import Pool


@pytest.mark.parametrize(
    ("query", "index"), [("page", "recurrence_newest"), ("page_of_project", "recurrence_of_project")]
)
def test_a_page_is_read_from_its_index(pool: Pool, organisation: UUID, query: str, index: str) -> None:
    """A page of all recurrences and one of a project's come in the order of an index, without sorting."""
    names = {
        "organisation_id": organisation,
        "project_id": organisation,
        "before": 9,
        "limit": 20,
        "states": ["detected"],
    }
    with pool.of(organisation) as connection, connection.transaction():
        # These tables are too small for an index to pay, or for a sort to cost.
        connection.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
        )
        explained = str(connection.execute(f"EXPLAIN {recurrences.SQL[query]}", names).fetchall())  # type: ignore[arg-type]
    assert f"Index Scan using {index}" in explained
    assert "Sort" not in explained
