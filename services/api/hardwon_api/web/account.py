"""Your account: your password, and where you are signed in."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hardwon import passwords, sessions
from hardwon.domain.commands import ChangeMember
from hardwon.lockout import TooOften
from hardwon.projections import members
from hardwon_api.commands.people import record_change
from hardwon_api.context import command_request, deps, member_id, organisation, principal
from hardwon_api.documenting import needs
from hardwon_api.models import MemberChanges
from hardwon_api.web.pages import read

pages = Blueprint("account", __name__, template_folder="templates")


@pages.get("/account")
@needs("read")
def page() -> str:
    """Show who one is here, and every browser in which one is."""
    return _shown()


@pages.post("/account/name")
@needs("read")
def change_name() -> Response | tuple[str, int]:
    """Say what one is called: whoever set Hardwon up came in without a name."""
    said = request.form.get("name", "").strip()
    body, wrong = read(MemberChanges, {"name": said})
    if body is None:
        return _shown(no_name=wrong["name"], said=said), 422
    record_change(ChangeMember(member_id(), {"name": body.name}), command_request())
    return redirect(url_for("account.page"))


@pages.post("/account/password")
@needs("read")
def change_password() -> Response | tuple[str, int]:
    """Set the password, for whoever knows the one before; everywhere else one is signed out."""
    new = request.form.get("password", "")
    if weakness := passwords.weakness(new):
        return _shown(wrong=weakness), 422
    if wrong := _wrong_before():
        return _shown(wrong=wrong), 429 if wrong == "too_often" else 422
    with deps().pool.connection() as connection:
        passwords.save(connection, organisation(), member_id(), new)
        sessions.end_all(connection, organisation(), member_id(), but=principal().token_id)
    return redirect(url_for("account.page"))


@pages.post("/account/end-others")
@needs("read")
def end_others() -> Response:
    """Sign out everywhere else: a telephone that was lost, a machine of somebody else."""
    with deps().pool.connection() as connection:
        sessions.end_all(connection, organisation(), member_id(), but=principal().token_id)
    return redirect(url_for("account.page"))


def _wrong_before() -> str:
    """Return what is wrong with the present password, "" where it is right or there is none yet."""
    with deps().pool.connection() as connection:
        member = members.get(connection, organisation(), member_id())
        has_one = passwords.has_one(connection, organisation(), member_id())
    if not has_one or member is None:
        return ""
    before, client = request.form.get("before", ""), request.remote_addr or ""
    try:
        known = passwords.tried(deps().pool, organisation(), member["email"], before, client) == member_id()
    except TooOften:
        return "too_often"
    return "" if known else "before"


def _shown(wrong: str = "", no_name: str = "", said: str = "") -> str:
    with deps().pool.connection() as connection:
        return render_template(
            "account.html",
            organisation_id=organisation(),
            member=members.get(connection, organisation(), member_id()),
            has_password=passwords.has_one(connection, organisation(), member_id()),
            sessions=sessions.of_member(connection, organisation(), member_id()),
            here=principal().token_id,
            shortest=passwords.SHORTEST,
            wrong=wrong,
            no_name=no_name,
            said=said,
        )
