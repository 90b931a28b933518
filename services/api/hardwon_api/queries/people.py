"""Who belongs to the organisation, what its tokens are, and who did what."""

from flask import Response, jsonify

from hardwon import tokens
from hardwon.domain.errors import NotFound
from hardwon.domain.members import SCOPES
from hardwon.log.wire import Sought
from hardwon.projections import members
from hardwon_api import paging, people
from hardwon_api.context import deps, organisation, principal
from hardwon_api.documenting import blueprint, needs
from hardwon_api.parameters import AuditQuery, MemberPath, Page

api = blueprint("queries_people", __name__)


@api.get("/me", responses={200: people.Me}, operation_id="get_me")
@needs("read")
def me() -> Response:
    """Tell on whose behalf this token speaks, and what it may do."""
    asking, known = principal(), None
    if asking.member_id:
        with deps().pool.connection() as connection:
            row = members.get(connection, organisation(), asking.member_id)
        known = people.member(row, asking.member_id) if row else None
    body = people.Me(
        organisation_id=asking.organisation_id,
        actor=asking.actor,
        token=asking.token_name,
        scopes=[scope for scope in SCOPES if scope in asking.scopes],
        member=known,
    )
    return jsonify(body.model_dump(mode="json"))


@api.get("/members", responses={200: people.Members}, operation_id="list_members")
@needs("read")
def list_members(query: Page) -> Response:
    """List the organisation's members, the newest first."""
    with deps().pool.connection() as connection:
        rows = members.page(connection, organisation(), before=paging.before(query), limit=query.limit + 1)
    return paging.answer(rows, [people.member(row, row["member_id"]) for row in rows], query.limit)


@api.get("/members/<uuid:member_id>", responses={200: people.Member}, operation_id="get_member")
@needs("read")
def member(path: MemberPath) -> Response:
    """Return a member."""
    with deps().pool.connection() as connection:
        row = members.get(connection, organisation(), path.member_id)
    if row is None or row["removed"]:
        raise NotFound("member", path.member_id)
    return jsonify(people.member(row, path.member_id).model_dump(mode="json"))


@api.get("/teams", responses={200: people.Teams}, operation_id="list_teams")
@needs("read")
def teams() -> Response:
    """List every team that a member or a project names."""
    with deps().pool.connection() as connection:
        items = [people.Team.of(row) for row in members.teams(connection, organisation())]
    return jsonify(people.Teams(items=items).model_dump(mode="json"))


@api.get("/tokens", responses={200: people.Tokens}, operation_id="list_tokens")
@needs("administer")
def list_tokens() -> Response:
    """List the tokens that are neither revoked nor expired. Their secrets are nowhere."""
    with deps().pool.connection() as connection:
        rows = tokens.every(connection, organisation())
    items = [people.Token.of(row | {"id": row["token_id"]}) for row in rows]
    return jsonify(people.Tokens(items=items).model_dump(mode="json"))


@api.get("/audit", responses={200: people.Audit}, operation_id="read_audit")
@needs("administer")
def audit(query: AuditQuery) -> Response:
    """Tell who did what, the newest first: every event, or those of one actor."""
    found = deps().log.read_back(organisation(), paging.before(query), query.limit + 1, Sought(query.actor))
    rows = [{"position": stored.position} for stored in found]
    return paging.answer(rows, [people.cloudevent(stored, principal()) for stored in found], query.limit)
