"""Signing in and out, and entry links, which open for whoever pressed the button on their page."""

import re

from flask import Blueprint, redirect, render_template, request, session
from werkzeug.wrappers import Response

from hardwon import entry_links, sessions
from hardwon.projections.following import Row
from hardwon_api.context import COOKIE, asking, deps, member_id

pages = Blueprint("sign_in", __name__, template_folder="templates")
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
"""A path of ours. Browsers take a backslash for a slash, and leave out line breaks: what only looks local leads elsewhere."""
_HOME = "/"


@pages.get("/sign-in")
def page() -> str:
    return render_template("sign_in.html")


@pages.post("/sign-out")
def out() -> Response:
    """End this session."""
    _end_session()
    session.clear()
    response = redirect("/sign-in")
    response.delete_cookie(COOKIE)
    return response


@pages.get("/enter/<secret>")
def entry(secret: str) -> tuple[str, int]:
    """Show for whom the link is, and use nothing up: programs that preview links come here too."""
    with deps().pool.connection() as connection:
        member = entry_links.look(connection, secret)
    return render_template("enter.html", member=member), 200 if member else 404


@pages.post("/enter/<secret>")
def enter(secret: str) -> Response | tuple[str, int]:
    """Sign in the member for whom the link is good."""
    with deps().pool.connection() as connection:
        member = entry_links.use(connection, secret)
    return signed_in(member, _HOME) if member else (render_template("enter.html", member=None), 404)


def signed_in(member: Row, to: str) -> Response:
    """Begin a session, under a new secret whatever the browser came with, and lead on."""
    _end_session()
    session.clear()  # the token of the forms too is a new one for whoever signs in
    with deps().pool.connection() as connection:
        secret = sessions.begin(connection, member["organisation_id"], member["member_id"])
    response = redirect(to)
    lasts = sessions.LONGEST
    response.set_cookie(COOKIE, secret, max_age=lasts, secure=request.is_secure, httponly=True, samesite="Lax")
    return response


def local(address: str | None) -> str:
    """Return the address if it is a path of ours, else the home page."""
    return address if address and _LOCAL.fullmatch(address) else _HOME


def _end_session() -> None:
    if principal := asking():
        with deps().pool.connection() as connection:
            sessions.end(connection, principal.organisation_id, member_id(), principal.token_id)
