"""The `hardwon` command as an operator meets it, on a real database."""

import re
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from psycopg import Connection

from hardwon import handlers, organisations, tokens
from hardwon.cli import main
from hardwon.domain.commands import TrainRanker
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections.following import Pool
from hardwon.schema.revision import latest_revision


@pytest.fixture
def run(stack: Any, pool: Pool) -> Any:
    """Run the command with this suite's servers in its environment."""
    env = {"HARDWON_DATABASE_URL": stack.database_url, "HARDWON_OWNER_DATABASE_URL": stack.owner_database_url}
    env |= {"HARDWON_PERSON_KEY": stack.person_key}

    def run(*arguments: str, **overridden: str | None) -> Result:
        return CliRunner().invoke(main, list(arguments), env={**env, **overridden})

    return run


def test_an_organisation_is_registered_and_its_token_works(run: Any, pool: Pool) -> None:
    """The token that is printed once speaks for the organisation that was registered."""
    said = run("register", "A ferry company").output
    organisation, token = re.findall(r"organisation (\S+)\ntoken +(\S+)", said)[0]
    principal = tokens.authenticate(pool, token)
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
    """A mistyped id, and a database that does not answer, are no broken logs: one line, a code of their own, no traceback."""
    said = run("verify", "--organisation", str(UUID(int=7)))
    assert said.exit_code == 2
    assert said.output.startswith("Error: Nothing was proved: There is no log")
    away = run("verify", HARDWON_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nowhere")
    assert (away.exit_code, away.output.startswith("Error: Nothing was proved: ")) == (2, True)


def test_progress_is_told_where_nobody_looks_on(run: Any, organisation: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run by a clock, verify writes a line now and then, on standard error: the answer stays alone on standard output."""
    monkeypatch.setattr("hardwon.progress.EVERY", 0)
    said = run("verify", "--organisation", str(organisation))
    assert said.stderr == f"{organisation}: 1 of 1 events\n"
    assert said.stdout.startswith(f"{organisation}: 1 events hold")


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
    assert all(
        f"\n  {name} " in said for name in ("demo", "down", "erase", "migrate", "ranker", "register", "up", "verify")
    )


def test_the_ranker_is_shown_and_switched_back(run: Any, log: Log, organisation: UUID) -> None:
    """An operator sees each version with its figures, goes back to the default, and is told if a version does not exist."""
    trained = TrainRanker("memory-1", "a model", 1, 240, 31, {"gain": 0.061}, switched_on=True)
    handlers.change_ranker(log, organisation, trained, Request(new_id(), Metadata("tests")))
    here = ("--organisation", str(organisation))
    shown = run("ranker", "show", *here).output.splitlines()
    assert shown[0].startswith("  0  the default")
    assert shown[1] == "* 1  passed: 240 verdicts of 31 projects up to position 1; gain 0.061"
    why = ("--reason", "It was tried enough.")
    assert run("ranker", "switch", "0", *here, *why).output == "Version 0 speaks from now on.\n"
    assert run("ranker", "switch", "0", *here, *why).output == "Version 0 speaks already.\n"
    assert handlers.current_ranker(log, organisation).active == 0
    missing = run("ranker", "switch", "7", *here, *why)
    assert missing.exit_code == 1
    assert "There is no version 7; known are 1 and 0, the default" in missing.output


def test_the_ranker_of_an_unnamed_organisation(run: Any, organisation: UUID, log: Log) -> None:
    """Where there are several organisations the command asks which; a mistyped one is said to be unknown."""
    organisations.register(log, "Another", "tests")
    said = run("ranker", "show")
    assert said.exit_code == 2
    assert "Say which organisation with --organisation" in said.output
    assert run("ranker", "show", "--organisation", str(UUID(int=7))).output.startswith("Error: There is no log")
