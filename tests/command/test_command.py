"""The `hardwon` command as an operator meets it, on a real database."""

import re
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from psycopg import Connection

from hardwon import organisations
from hardwon.cli import main
from hardwon.ports import Log
from hardwon.projections.following import Pool
from hardwon.schema.migrate import latest_revision


@pytest.fixture
def run(stack: Any, pool: Pool) -> Any:
    """Run the command with this suite's servers in its environment."""
    env = {"HARDWON_DATABASE_URL": stack.database_url, "HARDWON_OWNER_DATABASE_URL": stack.owner_database_url}

    def run(*arguments: str, **overridden: str | None) -> Result:
        return CliRunner().invoke(main, list(arguments), env={**env, **overridden})

    return run


def test_an_organisation_is_registered_and_its_token_works(run: Any, pool: Pool) -> None:
    """The token that is printed once speaks for the organisation that was registered."""
    said = run("register", "A ferry company").output
    organisation, token = re.findall(r"organisation (\S+)\ntoken +(\S+)", said)[0]
    with pool.connection() as connection:
        principal = organisations.authenticate(connection, token)
    assert principal
    assert principal.organisation_id == UUID(organisation)


def test_verify_proves_or_names_the_first_bad_position(
    run: Any, log: Log, organisation: UUID, owner: Connection[Any]
) -> None:
    """An untouched log ends with code 0 and its head hash; an altered one with code 1 and the position."""
    holds = run("verify", "--organisation", str(organisation))
    assert holds.exit_code == 0
    assert f"1 events hold; head hash {log.head(organisation).hash.hex()}" in holds.output
    owner.execute('UPDATE event SET data = \'{"name": "Nicer"}\' WHERE organisation_id = %s', (organisation,))
    broken = run("verify", "--organisation", str(organisation))
    assert broken.exit_code == 1
    assert "BROKEN at position 1" in broken.output


def test_verify_of_an_unknown_organisation_says_so(run: Any) -> None:
    """A mistyped id is an error in one line, not an empty success and no traceback."""
    said = run("verify", "--organisation", str(UUID(int=7)))
    assert said.exit_code == 1
    assert said.output.startswith("Error: There is no log")


def test_migrating_again_is_harmless(run: Any) -> None:
    """The command says the revision reached, however often it runs."""
    assert run("migrate").output == run("migrate").output == f"The schema is at revision {latest_revision()}.\n"


def test_a_missing_setting_is_one_line(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an address the command says which variable to set."""
    monkeypatch.setattr("hardwon.cli.ENVIRONMENT", "no.such.group")
    said = run("verify", HARDWON_DATABASE_URL=None)
    assert (said.exit_code, said.output.count("\n")) == (1, 1)
    assert "HARDWON_DATABASE_URL is not set" in said.output


def test_help_lists_every_command(run: Any) -> None:
    """The core's commands and those of hardwon-local stand together."""
    said = run("--help").output
    assert all(f"\n  {name} " in said for name in ("demo", "down", "migrate", "register", "up", "verify"))
