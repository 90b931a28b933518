"""Entry links, which open for whoever pressed a button on their page. Who is new may say there already what he or she is about to do."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from hardwon import entry_links, identities, passwords, sessions
from hardwon.domain.members import ROLES
from hardwon.ids import new_id
from hardwon.log.pool import acting_for
from hardwon.projections.following import Row
from hardwon.tokens import actor_of
from hardwon_api.context import came_in, deps
from hardwon_api.web import first_run, starting
from hardwon_api.web.navigation import may
from hardwon_api.web.sign_in import HOME, begin_session

pages = Blueprint("entering", __name__, template_folder="templates")


@pages.get("/enter/<secret>")
def entry(secret: str) -> tuple[str, int]:
    """Show for whom the link is, and use nothing up: programs that preview links come here too."""
    return _page(secret, 200)


@pages.post("/enter/<secret>")
def enter(secret: str) -> ResponseReturnValue:
    """Sign in the member for whom the link is good, who may choose a password, and start the project that was named, if one was."""
    password = request.form.get("password", "")
    if password and (weakness := passwords.weakness(password)):
        return _page(secret, 422, weakness)
    member = entry_links.use(deps().pool, secret)
    if member is None:
        return _page(secret, 404)
    organisation_id, whose = member["organisation_id"], member["member_id"]
    _let_in_no_more(organisation_id, whose, password)
    came_in(begin_session(organisation_id, whose))
    named = request.form.get("name", "").strip() and "only" not in request.form
    return starting.start() if named and may("write") else redirect(HOME)


def _let_in_no_more(organisation_id: UUID, member_id: UUID, password: str) -> None:
    """End all that let somebody in before; where a new password was chosen, open sessions too."""
    with deps().pool.of(organisation_id) as connection:
        identities.forget(connection, organisation_id, member_id)
        if password:
            passwords.save(connection, organisation_id, member_id, password)
            sessions.end_all(connection, organisation_id, member_id)


def _page(secret: str, status: int, weakness: passwords.Weakness | None = None) -> tuple[str, int]:
    member = entry_links.look(deps().pool, secret)
    asked = {"asks": member is not None and _is_new(member), "new_id": new_id()}
    page = render_template("enter.html", member=member, weakness=weakness, shortest=passwords.SHORTEST, **asked)
    return page, status if member else 404


def _is_new(member: Row) -> bool:
    """Tell whether this member has a project to begin, and there is something to learn for it."""
    if "write" not in ROLES[member["role"]]:
        return False
    with acting_for(member["organisation_id"]):
        steps = first_run.steps(member["organisation_id"], actor_of(member["member_id"]))
    return steps.lessons and steps.begin
