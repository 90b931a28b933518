"""Signing in and out."""

import re
from uuid import UUID

from flask import Blueprint, after_this_request, redirect, render_template, request, session, url_for
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from hardwon import passwords, sessions
from hardwon import secret as secrets
from hardwon.lockout import TooOften
from hardwon_api.context import SESSION, asking, cookie, deps, member_id, session_secret

pages = Blueprint("sign_in", __name__, template_folder="templates")
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,1000}")
"""A path of ours. Browsers take a backslash for a slash, and leave out line breaks: what only looks local leads elsewhere.

No longer than a cookie can hold on the way to a provider and back.
"""
HOME = "/"


@pages.get("/sign-in")
def page() -> Response | str:
    """Lead to where one signs in to the organisation that this browser was in last, or to the only one."""
    organisation_id = secrets.organisation_of(session_secret()) or _only_organisation()
    if organisation_id is None:
        return render_template("sign_in.html", organisation_id=None)
    return redirect(url_for("sign_in.form", organisation_id=organisation_id, next=request.args.get("next")))


@pages.get("/sign-in/<uuid:organisation_id>")
def form(organisation_id: UUID) -> str:
    return shown(organisation_id)


@pages.post("/sign-in/<uuid:organisation_id>")
def try_password(organisation_id: UUID) -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Sign in whose address and password these are; of what is wrong nothing is told but that it is."""
    deps().log.head(organisation_id)  # of one that there is not, nothing is counted either
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        found = passwords.tried(deps().pool, organisation_id, email, password, request.remote_addr or "")
    except TooOften as error:
        page = shown(organisation_id, wrong="too_often", seconds=error.seconds)
        return page, 429, {"Retry-After": str(error.seconds)}
    if found is None:
        return shown(organisation_id, wrong="password"), 422
    return signed_in(organisation_id, found, local(request.form.get("next")))


@pages.post("/sign-out")
def out() -> Response:
    """End this session."""
    organisation_id = secrets.organisation_of(session_secret())
    _end_session()
    session.clear()
    where = "sign_in.form" if organisation_id else "sign_in.page"
    response = redirect(url_for(where, organisation_id=organisation_id))
    response.delete_cookie(cookie(SESSION), secure=request.is_secure)
    return response


def shown(organisation_id: UUID, wrong: str = "", seconds: int = 0) -> str:
    """Return the page on which one signs in to the organisation, with what went wrong just now."""
    to = local(request.values.get("next"))
    return render_template("sign_in.html", organisation_id=organisation_id, next=to, wrong=wrong, seconds=seconds)


def signed_in(organisation_id: UUID, member_id: UUID, to: str) -> Response:
    """Begin a session, and lead on."""
    begin_session(organisation_id, member_id)
    return redirect(to)


def begin_session(organisation_id: UUID, member_id: UUID) -> str:
    """Begin a session, under a new secret whatever the browser came with: return it; the answer to this request brings it."""
    _end_session()
    session.clear()  # the token of the forms too is a new one for whoever signs in
    with deps().pool.of(organisation_id) as connection:
        secret = sessions.begin(connection, organisation_id, member_id)

    @after_this_request
    def _bring(response: FlaskResponse) -> FlaskResponse:
        name, lasts = cookie(SESSION), sessions.LONGEST
        response.set_cookie(name, secret, max_age=lasts, secure=request.is_secure, httponly=True, samesite="Lax")
        return response

    return secret


def local(address: str | None) -> str:
    """Return the address if it is a path of ours, else the home page."""
    return address if address and _LOCAL.fullmatch(address) else HOME


def _only_organisation() -> UUID | None:
    known = deps().log.heads()
    return next(iter(known)) if len(known) == 1 else None


def _end_session() -> None:
    if principal := asking():
        with deps().pool.of(principal.organisation_id) as connection:
            sessions.end(connection, principal.organisation_id, member_id(), principal.token_id)
