"""The command ``hardwon-eval``."""

import json
from itertools import chain
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from hardwon_eval import sets, tasks
from hardwon_eval.measuring import Result
from hardwon_eval.newcomers import newcomers
from hardwon_eval.product import database
from hardwon_eval.sets import SetUnreadable


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures there too."
)
def main(data: Path, json_file: Path | None) -> None:
    """Measure Hardwon on the sets in the folder DATA, beside its peers, in the same run.

    A set is a folder with projects.jsonl and problems.jsonl, or with corpus.jsonl, queries.jsonl and qrels.tsv; docs/evaluation.md
    describes both. Everything runs on an embedded PostgreSQL of its own.
    """
    console = Console()
    figures: dict[str, float] = {}
    try:
        found = list(sets.find(data))
    except SetUnreadable as error:
        raise click.ClickException(str(error)) from None
    if not found:
        raise click.ClickException(
            f"{data} holds no set: no folder with projects.jsonl and problems.jsonl, or corpus.jsonl and qrels.tsv."
        )
    with database() as pool:
        for results in chain([list(newcomers(pool))], (list(tasks.run(each, pool)) for each in found)):
            for task in dict.fromkeys(result.task for result in results):
                console.print(_table([result for result in results if result.task == task]))
            for result in results:
                figures |= _flat(result)
    if json_file:
        json_file.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def _table(results: list[Result]) -> Table:
    first = results[0]
    queries = next(iter(first.figures.values())).queries
    table = Table(title=f"{first.task}: {first.set} ({queries} asked)", title_justify="left")
    table.add_column("ranker")
    for name in first.figures:
        table.add_column(f"{name} (95 %)", justify="right")
    table.add_column("ms", justify="right")
    for result in results:
        told = [f"{each.value:.3f} ({each.low:.3f} to {each.high:.3f})" for each in result.figures.values()]
        table.add_row(result.ranker, *told, "" if result.milliseconds is None else f"{result.milliseconds:.1f}")
    return table


def _flat(result: Result) -> dict[str, float]:
    prefix = f"{result.task}.{result.set}.{result.ranker}"
    told = {f"{prefix}.{name}": round(each.value, 4) for name, each in result.figures.items()}
    return told if result.milliseconds is None else told | {f"{prefix}.ms": round(result.milliseconds, 2)}
