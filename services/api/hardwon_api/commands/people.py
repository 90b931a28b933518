"""Who belongs to the organisation, and which tokens speak for it."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response, jsonify, url_for

from hardwon import handlers, tokens
from hardwon.domain.commands import AddMember, ChangeMember, MemberCommand, RemoveMember
from hardwon.domain.errors import NotFound
from hardwon.projections import members
from hardwon.projections.catching_up import catch_up
from hardwon_api import people
from hardwon_api.context import command_request, deps, event_id, metadata, organisation, principal, recorded
from hardwon_api.documenting import blueprint, needs
from hardwon_api.models import MemberChanges, NewMember, NewToken
from hardwon_api.parameters import MemberPath, TokenPath
from hardwon_api.problems import Refusal

api = blueprint("commands_people", __name__)


@api.post("/members", responses={201: people.Member}, operation_id="add_member")
@needs("administer")
def add(body: NewMember) -> tuple[Response, int, dict[str, str]]:
    """Add somebody to the organisation.

    Name and address are kept under a key of this person's own, so that they can be erased. An address belongs to one member only.
    """
    request = command_request(body.id)
    member_id = body.id or request.event_id
    record_change(AddMember(member_id, body.name, body.email, body.role, tuple(body.teams)), request)
    return _answer(member_id), 201, {"Location": url_for("queries_people.member", member_id=member_id)}


@api.patch("/members/<uuid:member_id>", responses={200: people.Member}, operation_id="change_member")
@needs("administer")
def change(path: MemberPath, body: MemberChanges) -> Response:
    """Change fields of a member; what the role lets a member do changes at once, for all tokens that speak on the member's behalf."""
    record_change(ChangeMember(path.member_id, body.model_dump(exclude_unset=True)), command_request())
    return _answer(path.member_id)


@api.delete("/members/<uuid:member_id>", responses={204: None}, operation_id="remove_member")
@needs("administer")
def remove(path: MemberPath) -> tuple[str, int]:
    """Remove somebody: tokens on this member's behalf are worth nothing from now on. What was recorded stays."""
    record_change(RemoveMember(path.member_id), command_request())
    return "", 204


@api.post("/tokens", responses={201: people.IssuedToken}, operation_id="issue_token")
@needs("administer")
def issue(body: NewToken) -> tuple[Response, int]:
    """Issue a token. The answer shows it, for the only time; sent again under the same `Idempotency-Key` it is refused (409)."""
    token_id = command_request(event_id()).event_id
    wanted = tokens.IssueToken(token_id, body.name, tuple(dict.fromkeys(body.scopes)), body.member_id, body.days)
    token = tokens.issue(deps().pool, deps().log, organisation(), wanted, metadata())
    return jsonify(people.IssuedToken(id=token_id, token=token).model_dump(mode="json")), 201


@api.delete("/tokens/<uuid:token_id>", responses={204: None}, operation_id="revoke_token")
@needs("administer")
def revoke(path: TokenPath) -> tuple[str, int]:
    """Make a token worthless, at once; doing it again changes nothing."""
    if path.token_id == principal().token_id:
        raise Refusal(409, "conflict", "This is the token that you are asking with: revoke it with another one.")
    tokens.revoke(deps().pool, deps().log, organisation(), path.token_id, metadata())
    return "", 204


def record_change(command: MemberCommand, request: handlers.Request) -> None:
    """Record what becomes of a member; it holds at once."""
    if stored := handlers.change_members(deps().log, organisation(), command, request):
        recorded(stored.position)
        # Whether a worker runs or not: somebody who was removed must be able to do nothing more.
        catch_up(deps().pool, organisation(), [members.PROJECTION], stored.position)


def _answer(member_id: UUID) -> Response:
    known = handlers.current_members(deps().log, organisation())
    if member_id not in known:
        raise NotFound("member", member_id)
    row: dict[str, Any] = asdict(known[member_id])
    return jsonify(people.member(row, member_id).model_dump(mode="json"))
