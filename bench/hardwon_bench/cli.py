"""The command ``hardwon-bench``."""

import click
from rich.console import Console
from rich.table import Table

from hardwon.ports import Embedder
from hardwon_bench import searching
from hardwon_bench.database import database, megabytes
from hardwon_bench.measuring import Times, load
from hardwon_bench.searching import Found, worker
from hardwon_worker.embedding import load_embedder
from hardwon_worker.settings import WorkerSettings

_RELATIONS = ("lesson", "lesson_vector", "lesson_words", "term")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--lessons", default=100_000, show_default=True, help="Of the large organisation; ten small ones have a tenth."
)
@click.option("--questions", default=300, show_default=True, help="Measured, one at a time and two at once.")
def main(lessons: int, questions: int) -> None:
    """Measure hybrid search as the worker does it, on made-up text and an embedded PostgreSQL of its own.

    100,000 lessons take some ten minutes to make. Other load on the machine spoils the figures; it is told with them.
    """
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
