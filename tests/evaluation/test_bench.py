"""The bench measures: at a tiny size it comes to its figures, so that it does not rot."""

import re

import pytest
from click.testing import CliRunner

from hardwon_bench.cli import main
from hardwon_bench.pages import ADDRESSES
from hardwon_bench.walls import ENDPOINTS

pytestmark = pytest.mark.timeout(300)


def test_search_is_measured() -> None:
    """Whole and in parts, beside its peer, with the recall of its leg of vectors."""
    said = CliRunner().invoke(main, ["search", "--lessons", "120", "--questions", "5"])
    assert said.exit_code == 0, said.output
    assert "recall of the vector leg: @10 1.0" in said.output
    assert "one at a time" in said.output


def test_pages_are_measured() -> None:
    """Each page is asked for by somebody who is signed in, and answered."""
    said = CliRunner().invoke(main, ["pages", "--lessons", "120", "--requests", "2"], env={"COLUMNS": "200"})
    assert said.exit_code == 0, said.output
    assert all(name in said.output for name in ADDRESSES)


def test_what_time_tells_of_other_organisations_is_measured() -> None:
    """At each endpoint both ids are asked for, in a real process, and refused alike."""
    said = CliRunner().invoke(main, ["walls", "--times", "3"], env={"COLUMNS": "200"})
    assert said.exit_code == 0, said.output
    assert all(name in said.output for name in ENDPOINTS)


@pytest.mark.parametrize("way", ["sparsevec and GIN", "postings", "tantivy", "bm25s"])
def test_ways_with_words_are_compared(way: str, words: str) -> None:
    """Each way is built, asked and added to."""
    (line,) = (line for line in words.splitlines() if way in line)
    assert len(re.findall(r"\d+\.\d+", line)) == 5


@pytest.fixture(scope="module")
def words() -> str:
    said = CliRunner().invoke(main, ["words", "--lessons", "120", "--questions", "5"], env={"COLUMNS": "200"})
    assert said.exit_code == 0, said.output
    return said.output
