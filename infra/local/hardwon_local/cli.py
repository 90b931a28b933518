"""``hardwon up``, ``hardwon down`` and ``hardwon demo``: added to the ``hardwon`` command by entry points."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console

from hardwon.bootstrap import configure_logs
from hardwon.config import LogSettings, load
from hardwon.sample import sample_story
from hardwon_local import demo as story_telling
from hardwon_local import servers
from hardwon_local.folder import DataFolder
from hardwon_local.processes import stopping_on_signals
from hardwon_local.running import Running, running
from hardwon_local.stories import projects_set_story

_KEPT = "token"
_FOLDER_HELP = "Where all data is kept. Default: $HARDWON_DATA, or this user's data folder (as root: /var/lib/hardwon)."
_folder = click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help=_FOLDER_HELP)
_port = click.option(
    "--port", type=click.IntRange(1, 65535), help="The API's port. Default: the one of the last time, or any free one."
)


@click.command()
@_folder
@_port
def up(folder: Path | None, port: int | None) -> None:
    """Start all of Hardwon on this machine and stay up until Ctrl-C.

    PostgreSQL with pgvector, Valkey, the API, and a worker with the embedding model, on one data folder and on loopback only.
    The first time, an organisation is registered and its token printed. Everything stops with this command; what was recorded
    stays, and is there again at the next start, also after a crash.
    """
    console = Console()
    with _started(console, DataFolder(folder), port) as hardwon:
        token = hardwon.servers.folder.private(_KEPT, lambda: hardwon.register("My organisation"))
        _tell_how_to_go_on(console, hardwon, token)
        hardwon.stay()


@click.command()
@_folder
def down(folder: Path | None) -> None:
    """Stop the Hardwon that runs on the data folder."""
    where = DataFolder(folder)
    stopped = servers.down(where)
    click.echo(f"Stopped the Hardwon on {where.path}." if stopped else f"No Hardwon runs on {where.path}.")


@click.command()
@_folder
@_port
@click.option("--once", is_flag=True, help="Stop everything when the story is told.")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Tell the story with a projects set of your own: a folder with projects.jsonl and problems.jsonl.",
)
def demo(folder: Path | None, port: int | None, data: Path | None, *, once: bool) -> None:
    """Watch a lesson of one team's past arrive at another team's new project.

    Starts everything as `hardwon up` does, registers an organisation with its finished projects, their stories and lessons, then
    a new project, and shows which lessons it is offered and why. Stays up afterwards, for you to try it by hand.
    """
    story = projects_set_story(data) if data else sample_story()
    console = Console()
    with _started(console, DataFolder(folder), port) as hardwon:
        token = hardwon.register(story.name)
        # So that `hardwon up` opens it again, unless it has its own.
        hardwon.servers.folder.private(_KEPT, lambda: token)
        story_telling.tell(story, hardwon.url, token, console)
        if not once:
            _tell_how_to_go_on(console, hardwon, token)
            hardwon.stay()


@contextmanager
def _started(console: Console, folder: DataFolder, port: int | None) -> Iterator[Running]:
    """Start everything with a display of the steps, and end quietly on Ctrl-C."""
    configure_logs(load(LogSettings).model_copy(update={"log_level": "error", "log_format": "console"}), "hardwon-up")
    with stopping_on_signals():
        try:
            with console.status("starting Hardwon") as status, running(folder, status.update, port=port) as hardwon:
                status.stop()
                yield hardwon
        except KeyboardInterrupt:
            console.print("Stopped. What was recorded stays in", str(folder.path), highlight=False)


def _tell_how_to_go_on(console: Console, hardwon: Running, token: str) -> None:
    script = hardwon.write_environment(token)
    console.print()
    console.print(
        f"Hardwon is up at [bold]{hardwon.url}[/bold], its documentation at {hardwon.url}/docs", soft_wrap=True
    )
    console.print(f"Open it, signed in (good once): {hardwon.entry_address(token)}", highlight=False, soft_wrap=True)
    console.print("Token:", token, highlight=False, soft_wrap=True)
    console.print("In another terminal:", highlight=False)
    console.print(f"  . '{script}'", highlight=False, soft_wrap=True)
    console.print(
        '  curl -H "Authorization: Bearer $HARDWON_TOKEN" "$HARDWON_URL/v1/projects"', highlight=False, soft_wrap=True
    )
    console.print("Ctrl-C stops everything.")
