"""Retrospectives: the list of them, and the board that a room works on together. What is learned from a point is in learning.py."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hardwon import handlers
from hardwon.domain.commands import (
    BoardCommand,
    CastVote,
    CloseRetrospective,
    GroupPoint,
    HoldRetrospective,
    NameGroup,
    RaiseDiscussionPoint,
    ReopenRetrospective,
    TakeVoteBack,
)
from hardwon.handlers import Request, RetroItem
from hardwon.ids import new_id
from hardwon.projections import projects, retrospectives
from hardwon_api import own_points, paging
from hardwon_api.answers import Project
from hardwon_api.boards import Retrospective
from hardwon_api.commands.retrospectives import GroupName
from hardwon_api.context import (
    command_request,
    deps,
    metadata,
    nobodys_metadata,
    nobodys_request,
    organisation,
    own_ballot,
    recorded,
)
from hardwon_api.documenting import needs
from hardwon_api.models import DiscussionPointRaised, RetrospectiveHeld
from hardwon_api.queries import retrospectives as boards
from hardwon_api.web import before
from hardwon_api.web.pages import blueprint, is_part, page_asked, read, record_retro, settle
from hardwon_api.web.piling import piles

pages = blueprint("retrospectives")
_SHOWN = 20
_PROJECTS = 100
"""So many of the newest projects one can choose from."""


@pages.get("/retrospectives")
@needs("read")
def listing() -> str:
    """List retrospectives, the one held last first, of one project or of all."""
    return _listing({}, {})


@pages.post("/retrospectives")
@needs("write")
def hold() -> Response | tuple[str, int]:
    """Open a retrospective."""
    values = {name: said for name in ("title", "held_on") if (said := request.form.get(name))}
    form, wrong = read(RetrospectiveHeld, values)
    project_id = request.form.get("project_id", type=UUID)
    if form is None or project_id is None:
        return _listing(wrong, request.form), 422
    id_ = new_id()
    command = HoldRetrospective(id_, project_id, form.title, form.held_on)
    position = record_retro(project_id, RetroItem(command, id_), metadata())
    settle(position, "retrospectives", "projects")
    return redirect(url_for("web_retrospectives.board", retrospective_id=id_))


@pages.get("/retrospectives/<uuid:retrospective_id>")
@needs("read")
def board(retrospective_id: UUID) -> str:
    """Show the board: what the project knew before, what is raised, and what was learned."""
    return shown(retrospective_id)


@pages.post("/retrospectives/<uuid:retrospective_id>/points")
@needs("write")
def raise_point(retrospective_id: UUID) -> Response | str | tuple[str, int]:
    """Raise a point; anonymously, if that is wished: then nothing leads back, neither in the log nor on a page. Only the browser knows.

    The script is told where the point stands, and asks for the board by itself.
    """
    anonymous = "anonymous" in request.form
    said = {"kind": request.form.get("kind", ""), "text": request.form.get("text", ""), "anonymous": anonymous}
    form, wrong = read(DiscussionPointRaised, said)
    if form is None:
        return shown(retrospective_id, wrong=wrong, said=request.form), 422
    project_id, id_ = handlers.current_board(deps().log, organisation(), retrospective_id)[0].project_id, new_id()
    command = RaiseDiscussionPoint(id_, project_id, retrospective_id, form.kind, form.text, ())
    record_retro(project_id, RetroItem(command, id_), nobodys_metadata() if anonymous else metadata())
    if anonymous:
        own_points.keep(id_)
    if is_part():
        where = url_for("web_retrospectives.board", retrospective_id=retrospective_id, _anchor=f"point-{id_}")
        return Response(status=201, headers={"Location": where})
    if "before" in request.form:  # what one had set out to do is unfolded, and one goes on there
        where = url_for("web_retrospectives.board", retrospective_id=retrospective_id, before="open", _anchor="before")
        return redirect(where)
    return _again(retrospective_id)


@pages.post("/retrospectives/<uuid:retrospective_id>/groups")
@needs("write")
def name_group(retrospective_id: UUID) -> Response | str | tuple[str, int]:
    """Put a heading on the board."""
    form, wrong = read(GroupName, {"name": request.form.get("name", "")})
    if form is None:
        return shown(retrospective_id, wrong={"group": wrong["name"]}), 422
    return _changed(NameGroup(retrospective_id, new_id(), form.name), command_request())


@pages.post("/retrospectives/<uuid:retrospective_id>/points/<uuid:point_id>/place")
@needs("write")
def place(retrospective_id: UUID, point_id: UUID) -> Response | str:
    """Put a point under a group or another point, or by itself."""
    under = request.form.get("under", type=UUID)
    return _changed(GroupPoint(retrospective_id, point_id, under), command_request())


@pages.post("/retrospectives/<uuid:retrospective_id>/points/<uuid:point_id>/vote")
@needs("write")
def vote(retrospective_id: UUID, point_id: UUID) -> Response | str:
    """Vote for a point, or take one's vote back."""
    ballot = own_ballot(retrospective_id) or ""  # whoever is signed in is a member
    vote_or_back = CastVote if request.form.get("vote") == "yes" else TakeVoteBack
    return _changed(vote_or_back(retrospective_id, point_id, ballot), nobodys_request())


@pages.post("/retrospectives/<uuid:retrospective_id>/close")
@needs("write")
def close(retrospective_id: UUID) -> Response | str:
    """Close the retrospective; the page then tells what was learned and what stays unanswered."""
    return _changed(CloseRetrospective(retrospective_id), command_request(), "retrospectives")


@pages.post("/retrospectives/<uuid:retrospective_id>/reopen")
@needs("write")
def reopen(retrospective_id: UUID) -> Response | str:
    """Open it again."""
    return _changed(ReopenRetrospective(retrospective_id), command_request(), "retrospectives")


def _changed(command: BoardCommand, by: Request, *followers: str) -> Response | str:
    stored = handlers.change_board(deps().log, organisation(), command, by)
    if stored:
        recorded(stored.position)
        settle(stored.position, *followers) if followers else None
    return _again(command.retrospective_id)


def _again(retrospective_id: UUID) -> Response | str:
    """Show the board as it now is: the part of it that changed, or the page."""
    if is_part():
        return shown(retrospective_id)
    return redirect(url_for("web_retrospectives.board", retrospective_id=retrospective_id))


def shown(retrospective_id: UUID, *, wrong: dict[str, str] | None = None, said: Mapping[str, str] | None = None) -> str:
    """Return the board as whoever asks may see it: the part of the page that changes, or the page."""
    told = boards.told(retrospective_id, None)
    known = {"board": told, "piles": piles(told)}
    if is_part():
        return render_template("retrospectives/_part.html", **known)
    with deps().pool.connection() as connection:
        project = projects.get(connection, organisation(), told.project_id)
    known |= {"project": Project.of(project) if project else None, "before": before.of(told)}
    return render_template(
        "retrospectives/board.html", **known, position=g.position, wrong=wrong or {}, said=said or {}
    )


def _listing(wrong: dict[str, str], said: Mapping[str, str]) -> str:
    query = page_asked(_SHOWN)
    chosen = request.values.get("project_id", type=UUID)
    asked: dict[str, Any] = {"before": paging.before(query), "limit": _SHOWN + 1, "project_id": chosen}
    with deps().pool.connection() as connection:
        rows = retrospectives.page(connection, organisation(), **asked)
        known = projects.page(connection, organisation(), before=paging.FROM_THE_NEWEST, limit=_PROJECTS)
    return render_template(
        "retrospectives/list.html",
        items=[Retrospective.of(row) for row in rows[:_SHOWN]],
        next=paging.next_cursor(rows, _SHOWN),
        projects=[Project.of(row) for row in known],
        chosen=chosen,
        wrong=wrong,
        said=said,
    )
