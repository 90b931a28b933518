"""The command ``hardwon-bench``."""

import click
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from hardwon.bootstrap import open_pool
from hardwon.config import DatabaseSettings
from hardwon.ports import Embedder
from hardwon_bench import living, pages, searching, walls, wording
from hardwon_bench.database import database, megabytes
from hardwon_bench.measuring import Times, load
from hardwon_bench.searching import Found, worker
from hardwon_local.servers import Servers
from hardwon_worker.embedding import load_embedder
from hardwon_worker.settings import WorkerSettings

_RELATIONS = ("lesson", "lesson_vector", "lesson_words", "term")
_LESSONS = click.option(
    "--lessons", default=100_000, show_default=True, help="Of the large organisation; ten small ones have a tenth."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Measure how fast Hardwon is, beside peers, on made-up text and an embedded PostgreSQL of its own.

    Other load on the machine spoils the figures; it is told with them.
    """


@main.command()
@_LESSONS
@click.option("--questions", default=300, show_default=True, help="Measured, one at a time and two at once.")
def search(lessons: int, questions: int) -> None:
    """Hybrid search as the worker does it, whole and in parts, and what its leg of vectors finds."""
    console, embedder = Console(), load_embedder(str(WorkerSettings.model_fields["embedding_model"].default))

    def same(_source: str) -> Embedder:
        return embedder

    with database() as (started, owner):
        filled = searching.fill(started, owner, lessons, questions, same)
        with worker(started, same) as parts:
            found = searching.measure(parts, filled)
        sizes = {relation: megabytes(owner, relation) for relation in _RELATIONS}
    console.print(_table(found, f"search among {lessons:,} lessons, {questions} questions, {load()}"))
    console.print(
        f"recall of the vector leg: {', '.join(f'@{count} {share}' for count, share in found.recall.items())}"
    )
    console.print(f"megabytes on disk: {', '.join(f'{relation} {size:.0f}' for relation, size in sizes.items())}")


@main.command()
@_LESSONS
@click.option("--questions", default=200, show_default=True)
def words(lessons: int, questions: int) -> None:
    """Ways to find lessons by their words, side by side: time of a question, size, cost of a hundred more lessons."""
    table = Table(title=f"words of {lessons:,} lessons, {questions} questions", title_justify="left")
    for name in ("way", "built, s", "p50, ms", "p99, ms", "MB", "100 more, ms"):
        table.add_column(name, justify="left" if name == "way" else "right")
    with (
        database() as (started, owner),
        open_pool(DatabaseSettings(database_url=started.app_database_url), "hardwon-bench") as pool,
    ):
        for each in wording.compare(pool, owner, lessons, questions):
            told = (each.built, each.asked.p50, each.asked.p99, each.megabytes, each.more)
            table.add_row(each.way, *map(str, told))
    Console().print(table, load())


@main.command("pages")
@_LESSONS
@click.option("--requests", default=200, show_default=True, help="For each page, one at a time.")
def pages_of(lessons: int, requests: int) -> None:
    """Web pages of a large organisation, without the network and the worker's part of a search."""
    table = Table(title=f"pages among {lessons:,} lessons, {requests} requests each, {load()}", title_justify="left")
    for name in ("ms", "p50", "p95", "p99"):
        table.add_column(name, justify="left" if name == "ms" else "right")
    with database() as (started, owner), open_pool(_settings(started), "hardwon-bench") as pool:
        lived = living.fill(pool, owner, lessons)
        for name, times in pages.measure(started, pool, lived, requests).items():
            table.add_row(name, *map(str, (times.p50, times.p95, times.p99)))
    Console().print(table)


@main.command("walls")
@click.option("--times", default=2_000, show_default=True, help="Of each kind of id at each endpoint, in turns.")
def between_organisations(times: int) -> None:
    """Whether an answer's time tells another organisation's things from what is nowhere."""
    with database() as (started, _), open_pool(_settings(started), "hardwon-bench") as pool:
        found = walls.measure(started, pool, times)
    table = Table(title=f"asked {times:,} times each, over loopback, {load()}", title_justify="left")
    for name in ("median, ms", "another's", "nowhere", "another's took longer", "by chance"):
        table.add_column(name, justify="left" if name == "median, ms" else "right")
    for name, told in found.items():
        table.add_row(name, *map(str, (told.foreign, told.nowhere, told.longer, told.by_chance)))
    Console().print(table)


def _settings(started: Servers) -> DatabaseSettings:
    return DatabaseSettings(
        database_url=started.app_database_url, person_key=SecretStr(started.person_key_path.read_text("ascii"))
    )


def _table(found: Found, title: str) -> Table:
    table = Table(title=title, title_justify="left")
    for name in ("ms", "p50", "p99", "of the peer, p50"):
        table.add_column(name, justify="left" if name == "ms" else "right")

    def add(name: str, times: Times) -> None:
        table.add_row(name, str(times.p50), str(times.p99), f"{times.p50 / found.exact.p50:.2f}")

    for name, times in (found.whole | found.parts).items():
        add(name, times)
    add("peer: all vectors compared by numpy", found.exact)
    return table
