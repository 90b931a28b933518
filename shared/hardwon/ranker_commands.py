"""``hardwon ranker``: what an organisation's ranker learned, and which version of it speaks."""

from collections.abc import Iterator
from uuid import UUID

import click

from hardwon import handlers
from hardwon.choosing_organisation import one, opened, organisation_option
from hardwon.domain.commands import SwitchRanker
from hardwon.domain.events import RankerTrained
from hardwon.domain.ranker import DEFAULT, Ranker
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata


@click.group()
def ranker() -> None:
    """Show what the ranker learned from feedback, and switch between its versions."""


@ranker.command()
@organisation_option
def show(organisation: UUID | None) -> None:
    """List every trained version with its figures, and which one speaks now.

    A version is trained by the worker when enough feedback is new; it is switched on only if, on feedback that it has not seen, it does
    better than what spoke before. docs/how-to/follow-the-ranker.md tells what the figures mean.
    """
    with opened() as (_, log):
        known = handlers.current_ranker(log, one(log, organisation))
    for line in _told(known):
        click.echo(line)


@ranker.command()
@click.argument("version", type=int)
@organisation_option
@click.option("--reason", required=True, help="Kept in the log.")
def switch(version: int, organisation: UUID | None, reason: str) -> None:
    """Let VERSION speak from now on; 0 is the default, which knows no feedback.

    It holds until a person switches again, a newly trained version does better, or the latest feedback no longer bears a learned one
    out. What was suggested before stays as it was.
    """
    with opened() as (_, log):
        organisation_id = one(log, organisation)
        request = Request(new_id(), Metadata("hardwon ranker"))
        recorded = handlers.change_ranker(log, organisation_id, SwitchRanker(version, reason), request)
    click.echo(f"Version {version} speaks from now on." if recorded else f"Version {version} speaks already.")


def _told(known: Ranker) -> Iterator[str]:
    yield f"{_mark(known, DEFAULT)} {DEFAULT}  the default, which knows no feedback"
    for version, trained in sorted(known.versions.items()):
        yield f"{_mark(known, version)} {version}  {_figures(trained)}"


def _mark(known: Ranker, version: int) -> str:
    return "*" if known.active == version else " "


def _figures(trained: RankerTrained) -> str:
    figures = ", ".join(f"{name} {value:g}" for name, value in trained.figures.items()) or "too much alike to be tried"
    passed = "passed" if trained.switched_on else "not passed"
    said = f"{trained.verdicts} verdicts of {trained.projects} projects up to position {trained.data_position}"
    return f"{passed}: {said}; {figures}"
