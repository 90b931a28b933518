"""``hardwon member`` and ``hardwon token``, as an operator types them."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from hardwon import tokens
from hardwon.cli import main
from hardwon.ids import new_id
from hardwon.projections.following import Pool

Run = Callable[..., Result]


@pytest.fixture
def run(stack: Any, organisation: UUID) -> Run:
    env = {"HARDWON_DATABASE_URL": stack.database_url, "HARDWON_PERSON_KEY": stack.person_key}

    def run(*arguments: str, **overridden: str | None) -> Result:
        whose = ("--organisation", str(organisation))
        return CliRunner().invoke(main, [*arguments, *whose], env={**env, **overridden})

    return run


def added(run: Run, name: str, *options: str) -> str:
    said = run("member", "add", name, f"{name.lower()}@ferries.example", *options)
    assert said.exit_code == 0, said.output
    return re.findall(r"member (\S+)", said.output)[0]


def test_members_come_change_and_go(run: Run) -> None:
    """Each is listed with role, address and teams; who was removed is listed no more."""
    ada = added(run, "Ada", "--role", "administrator")
    ben = added(run, "Ben", "--team", "Piers", "--team", "Trams")
    assert f"{ben}  member          Ben <ben@ferries.example> in Piers, Trams" in run("member", "list").output
    assert run("member", "change", ben, "--role", "reader", "--name", "Benno").exit_code == 0
    assert f"{ben}  reader          Benno <ben@ferries.example> in Piers, Trams" in run("member", "list").output
    assert run("member", "remove", ben).exit_code == 0
    assert ben not in run("member", "list").output
    refused = run("member", "remove", ada)
    assert (refused.exit_code, "last administrator" in refused.output) == (1, True)


def test_a_token_is_issued_listed_and_revoked(run: Run, pool: Pool, organisation: UUID) -> None:
    """It is printed once, is good for its scopes only, and for nothing once it is revoked."""
    said = run("token", "issue", "a board", "--scope", "read", "--days", "7").output
    id_, secret = re.findall(r"id +(\S+)\ntoken +(\S+)", said)[0]

    def stands_for() -> Any:
        return tokens.authenticate(pool, secret)

    assert (stands_for().organisation_id, stands_for().scopes) == (organisation, {"read"})
    listed = run("token", "list").output
    assert re.search(rf"{id_}  a board: read, until \d{{4}}-\d\d-\d\d\n", listed)
    assert secret not in listed
    assert run("token", "revoke", id_).exit_code == 0
    assert stands_for() is None
    assert id_ not in run("token", "list").output


def test_a_token_speaks_for_no_more_than_its_member(run: Run) -> None:
    """The refusal is one line that says why."""
    ben = added(run, "Ben")
    refused = run("token", "issue", "x", "--scope", "curate", "--member", ben)
    assert refused.exit_code == 1
    assert "A member has not the scope curate." in refused.output


def test_an_entry_link_is_printed_for_a_member_only(run: Run) -> None:
    """It is an address to open, at the place that HARDWON_URL names; of nobody there is none."""
    ada = added(run, "Ada", "--role", "administrator")
    said = run("member", "link", ada, HARDWON_URL="https://hardwon.example/")
    assert re.fullmatch(r"https://hardwon\.example/enter/[0-9a-f]{32}_\S{43}\n", said.output)
    nobody = run("member", "link", str(new_id()))
    assert (nobody.exit_code, "no member" in nobody.output) == (1, True)


def test_without_the_key_nobody_is_added(run: Run) -> None:
    """Names are kept sealed or not at all: the error names the setting."""
    refused = run("member", "add", "Ada", "ada@ferries.example", HARDWON_PERSON_KEY=None, HARDWON_PERSON_KEY_FILE=None)
    assert refused.exit_code == 1
    assert "HARDWON_PERSON_KEY" in refused.output
