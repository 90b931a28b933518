"""The ``hardwon`` command: what an operator needs of the core; other packages add their commands by entry point."""

import os
from importlib.metadata import entry_points
from typing import Any

import click

from hardwon import organisations, tokens
from hardwon.backup_commands import accept_restore, backup, restore
from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings, OwnerSettings, SettingsError, load
from hardwon.domain.errors import HardwonError
from hardwon.erasure_commands import erase
from hardwon.member_commands import member, token
from hardwon.ranker_commands import ranker
from hardwon.rebuild_commands import rebuild
from hardwon.schema import migrate as schema
from hardwon.try_again_commands import try_again
from hardwon.verify_commands import verify

COMMANDS = "hardwon.commands"
"""Entry points of this group are further commands."""
ENVIRONMENT = "hardwon.environment"
"""Entry points of this group tell the settings of a Hardwon that runs on this machine."""


class _Commands(click.Group):
    """Our own commands and those that installed packages offer; an expected error is one line, never a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *entry_points(group=COMMANDS).names})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for found in entry_points(group=COMMANDS, name=cmd_name):
            command: click.Command = found.load()
            return command
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        try:
            return super().invoke(ctx)
        except (HardwonError, SettingsError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hardwon")
def main() -> None:
    """Hardwon carries hard-won lessons from one project to the next.

    On one machine, `hardwon up` starts everything it needs, and `hardwon demo` tells a story with it. With servers of your
    own, set HARDWON_DATABASE_URL and its companions (see docs/how-to/configure.md), run `hardwon migrate`, and start the
    services as docker-compose.yml does.
    """
    for found in entry_points(group=ENVIRONMENT):
        for name, value in found.load()().items():
            os.environ.setdefault(name, value)


main.add_command(accept_restore)
main.add_command(backup)
main.add_command(erase)
main.add_command(member)
main.add_command(ranker)
main.add_command(rebuild)
main.add_command(restore)
main.add_command(token)
main.add_command(try_again)
main.add_command(verify)


@main.command()
def migrate() -> None:
    """Bring the database's schema to this version of Hardwon.

    Needs HARDWON_OWNER_DATABASE_URL: PostgreSQL 16 or newer with pgvector, as the role that shall own the tables. Creates the
    role hardwon_app for the services where it is missing; give it a password with ALTER ROLE. Running it again is harmless.
    """
    settings = load(OwnerSettings)
    revision = schema.migrate(settings.owner_database_url.get_secret_value())
    click.echo(f"The schema is at revision {revision}.")


@main.command()
@click.argument("name")
def register(name: str) -> None:
    """Register an organisation called NAME and print its token.

    The token is shown this once; only its digest is kept. Needs HARDWON_DATABASE_URL, or a `hardwon up` on this machine.
    """
    with open_pool(load(DatabaseSettings), "hardwon-cli") as pool:
        organisation_id = organisations.register(open_log(pool), name, "hardwon register")
        token = tokens.first(pool, organisation_id)
    click.echo(f"organisation {organisation_id}\ntoken        {token}")
