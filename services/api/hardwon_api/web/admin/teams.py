"""Teams: who and what is in each, and giving one another name. Given the name of another team, the two are one."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hardwon import handlers
from hardwon.domain.errors import NotFound
from hardwon.domain.events import MemberChanged
from hardwon.log.wire import StoredEvent
from hardwon.projections import members, projects
from hardwon.projections.following import Row
from hardwon_api import paging
from hardwon_api.context import deps, metadata, organisation, recorded
from hardwon_api.documenting import needs
from hardwon_api.models import Body, Name
from hardwon_api.web.admin.frame import pages
from hardwon_api.web.pages import page_asked, read, settle
from hardwon_api.web.translating import gettext as _
from hardwon_api.web.translating import ngettext

_MEMBERS = 100
_PROJECTS = 50
_RENAMED = "a team was renamed"
"""What the page says of it is said there alone."""


class TeamName(Body):
    """What the team is to be called."""

    name: Name


@pages.get("/admin/teams")
@needs("administer")
def teams() -> str:
    return render_template("admin/teams.html", teams=list(_known().values()))


@pages.get("/admin/team")
@needs("administer")
def team() -> str:
    """Show one; its name stands behind the question mark, where it may hold what it likes."""
    return _one(_asked(), request.args.get("name", _asked()), {})


@pages.post("/admin/team")
@needs("administer")
def rename() -> Response | tuple[str, int]:
    """Give all who name the team its new name. Sent again it finds nobody left to change, and leads to where they are."""
    old, new = _asked(), " ".join(request.form.get("name", "").split())
    body, wrong = read(TeamName, {"name": new})
    if body and "," in new:
        wrong = {"name": _("Without a comma, please: commas stand between the teams of a member.")}
    if wrong:
        return _one(old, request.form.get("name", ""), wrong), 422
    known = _known()
    if old in known and old != new:
        _rename(old, new)
        known = _known()
        if old in known:  # more than are changed at once, or who came meanwhile: the form waits, filled in
            flash(_("Some are left: please press once more."), _RENAMED)
            return redirect(url_for("web_admin.team", team=old, name=new))
    if new not in known:
        raise NotFound("team", old)
    return redirect(url_for("web_admin.team", team=new))


def _rename(old: str, new: str) -> None:
    newest, most = paging.FROM_THE_NEWEST, handlers.RENAMED_AT_ONCE
    with deps().pool.connection() as connection:
        found = projects.of_team(connection, organisation(), old, before=newest, limit=most)
    ids = [each["project_id"] for each in found]
    if stored := handlers.rename_team(deps().log, organisation(), old, new, ids, metadata()):
        recorded(stored[-1].position)
        settle(stored[-1].position, "members", "projects")
        flash(_told(stored), _RENAMED)


def _told(stored: list[StoredEvent]) -> str:
    of_members = sum(isinstance(each.event, MemberChanged) for each in stored)
    return _("Changed: %(members)s and %(projects)s.", **_counted(of_members, len(stored) - of_members))


def _counted(of_members: int, of_projects: int) -> dict[str, str]:
    return {
        "members": ngettext("%(num)d member", "%(num)d members", of_members),
        "projects": ngettext("%(num)d project", "%(num)d projects", of_projects),
    }


def _asked() -> str:
    return request.args.get("team", "")


def _known() -> dict[str, Row]:
    """Return every team by its name."""
    with deps().pool.connection() as connection:
        return {each["name"]: each for each in members.teams(connection, organisation())}


def _one(name: str, wanted: str, wrong: dict[str, str]) -> str:
    known, query = _known(), page_asked(_PROJECTS)
    if name not in known:
        raise NotFound("team", name)
    with deps().pool.connection() as connection:
        people = members.of_team(connection, organisation(), name, limit=_MEMBERS)
        rows = projects.of_team(connection, organisation(), name, before=paging.before(query), limit=_PROJECTS + 1)
    counts = known.pop(name)
    told: dict[str, Any] = {"people": people, "more": counts["members"] - len(people), "others": known}
    told |= {"projects": rows[:_PROJECTS], "next": paging.next_cursor(rows, _PROJECTS)}
    counted = _counted(counts["members"], counts["projects"])
    return render_template("admin/team.html", name=name, counted=counted, wanted=wanted, wrong=wrong, **told)
