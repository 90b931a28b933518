"""Tokens: what tools show. Each is shown once, when it is made."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hardwon import tokens as secrets
from hardwon.domain.errors import Conflict, Invalid
from hardwon.domain.members import SCOPES
from hardwon.ids import new_id
from hardwon.projections import members
from hardwon_api import paging
from hardwon_api.context import deps, metadata, organisation
from hardwon_api.documenting import needs
from hardwon_api.models import NewToken
from hardwon_api.web.admin.frame import pages
from hardwon_api.web.pages import read
from hardwon_api.web.translating import gettext as _

_MEMBERS = 100
_FRESH = {"days": "90", "scopes": ["read", "write"]}


@pages.get("/admin/tokens")
@needs("administer")
def tokens() -> str:
    return _list(_FRESH, {})


@pages.post("/admin/tokens")
@needs("administer")
def issue() -> tuple[str, int]:
    """Make a token and show it, for the only time; the same form sent again makes none."""
    form = _form()
    body, wrong = read(NewToken, form)
    token_id = request.form.get("token_id", type=UUID) or new_id()
    if body is None:
        return _list(form, wrong), 422
    wanted = secrets.IssueToken(token_id, body.name, tuple(body.scopes), body.member_id, body.days)
    try:
        secret = secrets.issue(deps().pool, deps().log, organisation(), wanted, metadata())
    except Invalid as error:
        return _list(form, {error.field.strip("/"): _("This member's role does not allow as much.")}), 422
    except Conflict:
        return _list(form, {"name": _("It was made, and shown then. Revoke it, and make another one.")}), 409
    return render_template("admin/token.html", name=body.name, secret=secret), 201


@pages.post("/admin/tokens/<uuid:id_>/revoke")
@needs("administer")
def revoke(id_: UUID) -> Response:
    secrets.revoke(deps().pool, deps().log, organisation(), id_, metadata())
    return redirect(url_for("web_admin.tokens"))


def _form() -> dict[str, Any]:
    said: dict[str, Any] = {"name": request.form.get("name", ""), "scopes": request.form.getlist("scopes")}
    days = request.form.get("days", "")
    said["days"] = int(days) if days.isascii() and days.isdecimal() and len(days) < len("10000") else days
    return said | {"member_id": request.form.get("member_id") or None}


def _list(form: dict[str, Any], wrong: dict[str, str]) -> str:
    with deps().pool.connection() as connection:
        known = secrets.every(connection, organisation())
        people = members.page(connection, organisation(), before=paging.FROM_THE_NEWEST, limit=_MEMBERS)
    names = {each["member_id"]: each["name"] for each in people}
    told: dict[str, Any] = {"tokens": known, "names": names, "scopes": SCOPES, "form": form, "wrong": wrong}
    return render_template("admin/tokens.html", token_id=new_id(), **told)
