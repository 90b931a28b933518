"""Your account: where you are signed in."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from hardwon import sessions
from hardwon.projections import members
from hardwon_api.context import deps, member_id, organisation, principal
from hardwon_api.documenting import needs

pages = Blueprint("account", __name__, template_folder="templates")


@pages.get("/account")
@needs("read")
def page() -> str:
    """Show who one is here, and every browser in which one is."""
    with deps().pool.connection() as connection:
        member = members.get(connection, organisation(), member_id())
        signed_in = sessions.of_member(connection, organisation(), member_id())
    return render_template("account.html", member=member, sessions=signed_in, here=principal().token_id)


@pages.post("/account/end-others")
@needs("read")
def end_others() -> Response:
    """Sign out everywhere else: a telephone that was lost, a machine of somebody else."""
    with deps().pool.connection() as connection:
        sessions.end_all(connection, organisation(), member_id(), but=principal().token_id)
    return redirect(url_for("account.page"))
