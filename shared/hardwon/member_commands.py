"""``hardwon member`` and ``hardwon token``: who belongs to an organisation, how members get in, and which tokens speak for it."""

from uuid import UUID

import click

from hardwon import entry_links, handlers, tokens
from hardwon.choosing_organisation import one, opened, organisation_option
from hardwon.domain.commands import AddMember, ChangeMember, MemberCommand, RemoveMember
from hardwon.domain.members import ROLES, SCOPES
from hardwon.domain.values import Role, Scope
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.projections import members
from hardwon.projections.catching_up import catch_up

_ROLE = click.Choice(list(ROLES))
_NINETY_DAYS = 90


@click.group()
def member() -> None:
    """Add, list, change and remove an organisation's members."""


@member.command()
@click.argument("name")
@click.argument("email")
@click.option("--role", type=_ROLE, default="member", show_default=True)
@click.option("--team", "teams", multiple=True, help="As projects call it; may be given several times.")
@organisation_option
def add(name: str, email: str, role: Role, teams: tuple[str, ...], organisation: UUID | None) -> None:
    """Add NAME with the address EMAIL, and print the member's id.

    Name and address are kept under a key of this person's own: `hardwon erase` destroys it. Needs HARDWON_DATABASE_URL and
    HARDWON_PERSON_KEY, or a `hardwon up` on this machine; so do the others.
    """
    member_id = new_id()
    _change(AddMember(member_id, name, email, role, teams), organisation)
    click.echo(f"member {member_id}")


@member.command(name="list")
@organisation_option
def list_members(organisation: UUID | None) -> None:
    """List the members, with their roles and addresses."""
    with opened() as (_, log):
        known = handlers.current_members(log, one(log, organisation))
    for id_, each in known.items():
        if not each.removed:
            click.echo(f"{id_}  {each.role:14}  {each.name} <{each.email}>{_in(each.teams)}")


@member.command()
@click.argument("member_id", type=click.UUID)
@click.option("--name")
@click.option("--email")
@click.option("--role", type=_ROLE)
@click.option("--team", "teams", multiple=True, help="All teams from now on.")
@organisation_option
def change(
    member_id: UUID,
    name: str | None,
    email: str | None,
    role: Role | None,
    teams: tuple[str, ...],
    organisation: UUID | None,
) -> None:
    """Change what is known of MEMBER_ID; what is not named stays. A new role holds at once, for every token of the member."""
    given = {"name": name, "email": email, "role": role, "teams": teams or None}
    _change(ChangeMember(member_id, {key: value for key, value in given.items() if value is not None}), organisation)
    click.echo("Changed.")


@member.command()
@click.argument("member_id", type=click.UUID)
@organisation_option
def remove(member_id: UUID, organisation: UUID | None) -> None:
    """Remove MEMBER_ID: the member's tokens are worth nothing from now on, and what was recorded stays."""
    _change(RemoveMember(member_id), organisation)
    click.echo("Removed.")


@member.command()
@click.argument("member_id", type=click.UUID)
@click.option(
    "--url", envvar="HARDWON_URL", default="http://127.0.0.1:8080", show_default=True, help="Where the web pages are."
)
@organisation_option
def link(member_id: UUID, url: str, organisation: UUID | None) -> None:
    """Print an address that signs MEMBER_ID in, once, within seven days: an invitation, or the way back for who lost a password.

    Whoever opens it first is taken for this member, so hand it over privately. A new one makes the one before worthless.
    """
    with opened() as (pool, log):
        path = entry_links.make(pool, log, one(log, organisation), member_id)
    click.echo(url.rstrip("/") + path)


@click.group()
def token() -> None:
    """Issue, list and revoke the tokens that speak for an organisation."""


@token.command()
@click.argument("name")
@click.option(
    "--scope", "scopes", type=click.Choice(SCOPES), multiple=True, default=("read", "write"), show_default=True
)
@click.option(
    "--days", type=click.IntRange(1), default=_NINETY_DAYS, show_default=True, help="It expires after so many."
)
@click.option(
    "--member", "member_id", type=click.UUID, help="On whose behalf it speaks, never for more than the member's role."
)
@organisation_option
def issue(name: str, scopes: tuple[Scope, ...], days: int, member_id: UUID | None, organisation: UUID | None) -> None:
    """Issue a token called NAME, after the tool that will use it, and print it.

    It is shown this once; only its digest is kept. NAME stands in the log as the actor, so it should not be a person's.
    """
    with opened() as (pool, log):
        wanted = tokens.IssueToken(new_id(), name, scopes, member_id, days)
        secret = tokens.issue(pool, log, one(log, organisation), wanted, Metadata("hardwon token"))
    click.echo(f"id     {wanted.token_id}\ntoken  {secret}")


@token.command(name="list")
@organisation_option
def list_tokens(organisation: UUID | None) -> None:
    """List the tokens that are neither revoked nor expired."""
    with opened() as (pool, log):
        organisation_id = one(log, organisation)
        with pool.of(organisation_id) as connection:
            found = tokens.every(connection, organisation_id)
    for each in found:
        until = f"until {each['expires_at']:%Y-%m-%d}" if each["expires_at"] else "for ever"
        whose = f"  on behalf of member {each['member_id']}" if each["member_id"] else ""
        click.echo(f"{each['token_id']}  {each['name']}: {', '.join(each['scopes'])}, {until}{whose}")


@token.command()
@click.argument("token_id", type=click.UUID)
@organisation_option
def revoke(token_id: UUID, organisation: UUID | None) -> None:
    """Make the token TOKEN_ID worthless, at once."""
    with opened() as (pool, log):
        tokens.revoke(pool, log, one(log, organisation), token_id, Metadata("hardwon token"))
    click.echo("Revoked.")


def _change(command: MemberCommand, organisation: UUID | None) -> None:
    with opened() as (pool, log):
        organisation_id = one(log, organisation)
        by = Request(new_id(), Metadata("hardwon member"))
        if stored := handlers.change_members(log, organisation_id, command, by):
            catch_up(pool, organisation_id, [members.PROJECTION], stored.position)


def _in(teams: tuple[str, ...]) -> str:
    return f" in {', '.join(teams)}" if teams else ""
