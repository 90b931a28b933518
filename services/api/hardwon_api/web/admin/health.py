"""Health: what Hardwon needs and whether it answers, how far the read models are, and rebuilding one."""

from contextvars import Context

from flask import redirect, render_template, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from hardwon import long_work
from hardwon.domain.errors import NotFound
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import checkpoints
from hardwon_api import health as parts
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import needs
from hardwon_api.web.admin.frame import pages
from hardwon_api.web.pages import is_part

_REBUILT = {each.name for each in PROJECTIONS}
_TOLD: dict[str, LazyString] = {
    "duplicates": _("Lessons that say the same"),
    "embedding": _("What lessons mean, to be compared"),
    "learning": _("What was learned, month by month"),
    "lessons": _("Lessons"),
    "members": _("Members"),
    "point-embedding": _("What points of retrospectives mean, to be compared"),
    "points": _("Points of retrospectives"),
    "projects": _("Projects"),
    "radar": _("Problems that others met before: looking for them"),
    "recommendations": _("Suggestions and their answers"),
    "recurrences": _("Problems that others met before"),
    "retrospectives": _("Retrospectives"),
    "running": _("New lessons, for projects that go on"),
    "themes": _("Themes, and the map"),
    "words": _("Words of lessons, to be searched"),
}
"""What each follower keeps, for whoever does not know its code name. Behind a colon stands its model."""


@pages.get("/admin/health")
@needs("administer")
def health() -> str:
    """Show how all is; the part with the read models asks for itself again while one of them is rebuilt."""
    with deps().pool.connection() as connection:
        at = checkpoints(connection, organisation())
        works = long_work.every(connection, organisation())
    rebuilds = {name: row for each in _REBUILT if (row := works.get(f"{long_work.REBUILD}{each}")) for name in [each]}
    under_way = any(row["under_way"] for row in rebuilds.values())
    if under_way:
        deps().hints.send(organisation())  # what got lost with Redis goes on for as long as somebody watches
    followers = [
        each for each in at.values() if "@" not in each.follower or each.follower.partition("@")[0] not in _REBUILT
    ]
    told = {
        "told": _TOLD,
        "followers": sorted(followers, key=lambda each: each.follower),
        "head": deps().log.head(organisation()).position,
        "rebuilds": rebuilds,
        "under_way": under_way,
        "rebuilt": _REBUILT,
    }
    if is_part():
        return render_template("admin/_followers.html", **told)
    # In a context of its own: it looks over all of Hardwon, where this request is one organisation's.
    checks = Context().run(parts.asking(deps()))
    return render_template("admin/health.html", checks=checks, queues=parts.queues(deps()), **told)


@pages.post("/admin/health/rebuild/<name>")
@needs("administer")
def rebuild(name: str) -> Response:
    """Ask a worker to fold a read model anew, beside the one that answers."""
    if name not in _REBUILT:
        raise NotFound("read model", name)
    with deps().pool.connection() as connection:
        long_work.ask(connection, organisation(), f"{long_work.REBUILD}{name}")
    deps().hints.send(organisation())
    return redirect(url_for("web_admin.health", _anchor="followers"))
