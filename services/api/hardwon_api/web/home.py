"""Home: the projects, and what waits for a word of somebody."""

from typing import Any, NamedTuple
from uuid import UUID

from flask import redirect, render_template, request
from psycopg import Connection
from werkzeug.wrappers import Response

from hardwon import handlers
from hardwon.domain.commands import ConfirmRecurrence, RejectRecurrence
from hardwon.ids import new_id
from hardwon.projections import lessons, points, projects, recommendations, recurrences
from hardwon.sample import bringing
from hardwon_api import paging
from hardwon_api.answers import DiscussionPoint, Lesson, Project
from hardwon_api.context import command_request, deps, organisation, principal, recorded
from hardwon_api.documenting import needs
from hardwon_api.queries import recurrences as recurrence_queries
from hardwon_api.recurring import Recurrence
from hardwon_api.web import first_run
from hardwon_api.web.navigation import may
from hardwon_api.web.pages import back, blueprint, page_asked, settle
from hardwon_api.web.telling import goes_on

pages = blueprint("home")
_PROJECTS = 20
_WAITING = 3
"""So many of each that waits: enough to begin with, and not a list of duties."""


class Waiting(NamedTuple):
    """What waits for a word of somebody, and what is new."""

    unanswered: list[DiscussionPoint]
    recurrences: list[Recurrence]
    lessons: list[Lesson]

    @property
    def met_by(self) -> set[UUID]:
        """The projects in which something came again, and those that told of it before."""
        points = [point for each in self.recurrences for point in (each.point, each.earlier_point) if point]
        return {point.project_id for point in points}


@pages.get("/")
@needs("read")
def page() -> str:
    """Show the projects, the newest first, and what waits."""
    query = page_asked(_PROJECTS)
    with deps().pool.connection() as connection:
        rows = projects.page(connection, organisation(), before=paging.before(query), limit=_PROJECTS + 1)
        waiting = _waiting(connection)
        names = projects.names(connection, organisation(), waiting.met_by)
        going_on = [row["project_id"] for row in rows if goes_on(row["profile"].get("ended_on"))]
        offered = recommendations.unanswered(connection, organisation(), going_on)
    found = [Project.of(row) for row in rows[:_PROJECTS]]
    return render_template(
        "home/page.html",
        projects=found,
        next=paging.next_cursor(rows, _PROJECTS),
        waiting=waiting,
        offered=offered,
        names=names,
        steps=first_run.steps(organisation(), principal().actor) if may("write") else None,
        new_id=new_id(),
        sample=bringing.TAG,
    )


@pages.post("/recurrences/<uuid:point_id>")
@needs("curate")
def decide(point_id: UUID) -> Response:
    """Say whether it was the same problem as before."""
    same = request.form.get("same") == "yes"
    command = (ConfirmRecurrence if same else RejectRecurrence)(point_id, "")
    stored = handlers.judge_recurrence(deps().log, organisation(), command, command_request())
    if stored:
        recorded(stored.position)
        settle(stored.position, "recurrences")
    return redirect(back())


def _waiting(connection: Connection[Any]) -> Waiting:
    newest: dict[str, Any] = {"before": paging.FROM_THE_NEWEST, "limit": _WAITING}
    unanswered = points.unanswered_lately(connection, organisation(), limit=_WAITING)
    detected = recurrences.page(connection, organisation(), **newest, project_id=None, states=["detected"])
    drawn = lessons.page(connection, organisation(), **newest)
    return Waiting(
        [DiscussionPoint.of(row) for row in unanswered],
        recurrence_queries.told(connection, detected),
        [Lesson.of(row) for row in drawn],
    )
