"""The first run: an empty organisation is greeted and can be given the sample; whoever is new is told the one thing to do next."""

from typing import Any, NamedTuple
from uuid import UUID

from flask import redirect, url_for
from psycopg import Connection
from werkzeug.wrappers import Response

from hardwon.domain.errors import Conflict
from hardwon.domain.events import FeedbackGiven, ProjectRegistered
from hardwon.log.wire import Sought, StoredEvent, type_of
from hardwon.projections import lessons, projects, recommendations
from hardwon.sample import bringing
from hardwon_api import paging
from hardwon_api.answers import Project
from hardwon_api.context import deps, metadata, organisation, recorded
from hardwon_api.documenting import needs
from hardwon_api.web.pages import blueprint, settle
from hardwon_api.web.telling import goes_on

pages = blueprint("first_run")
_LOOKED_AT = 100  # projects, the newest: an organisation that has more is not given the sample
_FIRST_STEPS = frozenset(map(type_of, (ProjectRegistered, FeedbackGiven)))
"""Beginning a project, and saying what a suggestion is worth. The index event_first_steps holds these types."""
_STEPS = 60
"""So many steps of a member are looked at, more than the sample has projects: whoever took more is not new."""


class Steps(NamedTuple):
    """What there is for a newcomer to do, by what is in the organisation and by what this member did."""

    lessons: bool
    """Something is there that others can learn from."""
    begin: bool
    """This member has not begun a project, nor said of one what a suggestion is worth."""
    answer: Project | None
    """The project that this member began and that was suggested lessons, where no suggestion was answered yet."""

    @property
    def done(self) -> bool:
        return self.lessons and not self.begin and self.answer is None


def steps(organisation_id: UUID, actor: str) -> Steps:
    """Return what there is to do for this member of the organisation, for which the request is at work."""
    taken = _taken(organisation_id, actor)
    with deps().pool.connection() as connection:
        known = bool(lessons.page(connection, organisation_id, before=paging.FROM_THE_NEWEST, limit=1))
        if len(taken) == _STEPS or any(each.type == type_of(FeedbackGiven) for each in taken):
            return Steps(known, begin=False, answer=None)
        begun = next(
            (UUID(each.data["project_id"]) for each in taken if goes_on(each.data["profile"].get("ended_on"))), None
        )
        answer = _to_answer(connection, organisation_id, begun) if begun else None
    return Steps(known, begin=begun is None, answer=answer)


def _taken(organisation_id: UUID, actor: str) -> list[StoredEvent]:
    """Return the member's first steps, the newest first: mostly the newest one says enough."""
    log, sought = deps().log, Sought(actor, _FIRST_STEPS)
    newest = log.read_back(organisation_id, paging.FROM_THE_NEWEST, 1, sought)
    if not newest or newest[0].type == type_of(FeedbackGiven):
        return newest
    return log.read_back(organisation_id, paging.FROM_THE_NEWEST, _STEPS, sought)


def _to_answer(connection: Connection[Any], organisation_id: UUID, project_id: UUID) -> Project | None:
    """Return the project if it goes on and was suggested something."""
    told = recommendations.get(connection, organisation_id, project_id)
    row = projects.get(connection, organisation_id, project_id)
    if row is None or not goes_on(row["profile"].get("ended_on")) or told is None or not told["suggested"]:
        return None
    return Project.of(row)


@pages.post("/sample")
@needs("write")
def bring() -> Response:
    """Give an organisation that has nothing of its own the sample's finished projects."""
    log, id_ = deps().log, organisation()
    registered = log.read_newest(id_, ProjectRegistered, paging.FROM_THE_NEWEST, _LOOKED_AT)
    if any(bringing.TAG not in stored.data["profile"].get("tags", ()) for stored in registered):
        raise Conflict("There are projects of your own here already; the sample is for an organisation that is empty.")
    bringing.bring(log, id_, metadata())
    position = log.head(id_).position
    recorded(position)
    settle(position, "projects", "lessons")
    return redirect(url_for("web_home.page"))
