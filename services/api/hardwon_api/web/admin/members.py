"""Members: invite, change, sign out, remove."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hardwon import entry_links, handlers, sessions
from hardwon.domain.commands import AddMember, ChangeMember, RemoveMember
from hardwon.domain.errors import Conflict, Invalid, LastAdministrator, NotFound
from hardwon.domain.members import ROLES, Member
from hardwon.ids import new_id
from hardwon.projections import members as read_model
from hardwon_api import paging
from hardwon_api.commands.people import record_change
from hardwon_api.context import command_request, deps, member_id, organisation
from hardwon_api.documenting import needs
from hardwon_api.models import MemberChanges, NewMember
from hardwon_api.web.admin.frame import pages
from hardwon_api.web.happenings import word
from hardwon_api.web.pages import page_asked, read
from hardwon_api.web.translating import gettext as _

_MEMBERS = 50
Wrong = dict[str, str]


@pages.get("/admin")
@needs("administer")
def members() -> str:
    return _list({}, {})


@pages.post("/admin/members")
@needs("administer")
def add() -> tuple[str, int]:
    """Add somebody, and show the link that lets this person in, for the only time."""
    form = _form()
    body, wrong = read(NewMember, form)
    if body and body.id:
        command = AddMember(body.id, body.name, body.email, body.role, tuple(body.teams))
        wrong = _recorded(command)
    if wrong or not body or not body.id:
        return _list(form, wrong), 422
    return _linked(body.id), 201


@pages.get("/admin/members/<uuid:id_>")
@needs("administer")
def member(id_: UUID) -> str:
    return _one(id_, {})


@pages.post("/admin/members/<uuid:id_>")
@needs("administer")
def change(id_: UUID) -> Response | tuple[str, int]:
    form = _form()
    del form["id"]
    body, wrong = read(MemberChanges, form)
    if body:
        wrong = _recorded(ChangeMember(id_, body.model_dump(exclude_unset=True)))
    return (_one(id_, wrong, form), 422) if wrong else redirect(url_for("web_admin.member", id_=id_))


@pages.post("/admin/members/<uuid:id_>/link")
@needs("administer")
def link(id_: UUID) -> str:
    """Make a link for somebody who is a member already; the one before is worth nothing any more."""
    return _linked(id_)


@pages.post("/admin/members/<uuid:id_>/sign-out")
@needs("administer")
def sign_out(id_: UUID) -> Response:
    """Sign a member out everywhere: a machine was lost, or somebody else is taken for this member."""
    with deps().pool.connection() as connection:
        entry_links.forget(connection, organisation(), id_)
        sessions.end_all(connection, organisation(), id_)
    return redirect(url_for("web_admin.member", id_=id_) if id_ != member_id() else url_for("sign_in.page"))


@pages.get("/admin/members/<uuid:id_>/remove")
@needs("administer")
def confirm(id_: UUID) -> str:
    """Ask once more: nobody is brought back by a click."""
    return render_template("admin/remove.html", id_=id_, member=_known(id_), last=False)


@pages.post("/admin/members/<uuid:id_>/remove")
@needs("administer")
def remove(id_: UUID) -> Response | tuple[str, int]:
    gone = _known(id_)
    try:
        record_change(RemoveMember(id_), command_request())
    except LastAdministrator:
        return render_template("admin/remove.html", id_=id_, member=gone, last=True), 409
    return redirect(url_for("web_admin.members"))


def _form() -> dict[str, Any]:
    """Return what a member's form says, as the API's models take it."""
    said = {name: request.form.get(name, "") for name in ("name", "email", "role", "id")}
    teams = [each.strip() for each in request.form.get("teams", "").split(",")]
    return said | {"teams": list(dict.fromkeys(filter(None, teams)))}


def _recorded(command: AddMember | ChangeMember) -> Wrong:
    """Record it; return what is wrong, by field."""
    try:
        record_change(command, command_request(command.member_id if isinstance(command, AddMember) else None))
    except LastAdministrator:
        return {"role": _("This is the last administrator. Give somebody else the role first.")}
    except Conflict:
        return {"email": _("Somebody else has this address already.")}
    except Invalid as error:
        return {error.field.strip("/"): _("This cannot be read. Please look at it once more.")}
    return {}


def _known(id_: UUID) -> Member:
    known = handlers.current_members(deps().log, organisation()).get(id_)
    if known is None or known.removed:
        raise NotFound("member", id_)
    return known


def _list(form: dict[str, Any], wrong: Wrong) -> str:
    query = page_asked(_MEMBERS)
    with deps().pool.connection() as connection:
        rows = read_model.page(connection, organisation(), before=paging.before(query), limit=_MEMBERS + 1)
    told: dict[str, Any] = {"members": rows[:_MEMBERS], "next": paging.next_cursor(rows, _MEMBERS)}
    return render_template("admin/members.html", roles=_roles(), form=form, wrong=wrong, new_id=new_id(), **told)


def _one(id_: UUID, wrong: Wrong, form: dict[str, Any] | None = None) -> str:
    known = _known(id_)
    with deps().pool.connection() as connection:
        signed_in = sessions.of_member(connection, organisation(), id_)
    shown = form or {"name": known.name, "email": known.email, "role": known.role, "teams": known.teams}
    asked: dict[str, Any] = {"member": known, "form": shown, "sessions": signed_in, "is_me": id_ == member_id()}
    return render_template("admin/member.html", id_=id_, roles=_roles(), wrong=wrong, **asked)


def _linked(id_: UUID) -> str:
    path = entry_links.make(deps().pool, deps().log, organisation(), id_)
    address = request.url_root.rstrip("/") + path
    return render_template("admin/link.html", id_=id_, member=_known(id_), address=address)


def _roles() -> list[tuple[str, str]]:
    return [(name, word(name)) for name in ROLES]
