"""The first run: an empty organisation is greeted, can be given the sample, and is told what to do next until it is done."""

from typing import Any, NamedTuple

from flask import redirect, url_for
from psycopg import Connection
from werkzeug.wrappers import Response

from hardwon.domain.errors import Conflict
from hardwon.domain.events import FeedbackGiven, ProjectRegistered
from hardwon.projections import lessons
from hardwon.sample import bringing
from hardwon_api import paging
from hardwon_api.context import deps, metadata, organisation, recorded
from hardwon_api.documenting import needs
from hardwon_api.web.pages import blueprint, settle

pages = blueprint("first_run")
_LOOKED_AT = 100  # projects, the newest: whoever has more is no newcomer


class Steps(NamedTuple):
    """What a newcomer has done of what shows what Hardwon is for."""

    lessons: bool
    """Something is there that others can learn from."""
    project: bool
    """A project has begun that they come to."""
    feedback: bool
    """It was said what a suggestion is worth."""

    @property
    def done(self) -> bool:
        return all(self)


def steps(connection: Connection[Any]) -> Steps:
    log, id_ = deps().log, organisation()
    # The newest one mostly has not ended: then no others are read.
    begun = (
        stored
        for most in (1, _LOOKED_AT)
        for stored in log.read_newest(id_, ProjectRegistered, paging.FROM_THE_NEWEST, most)
    )
    return Steps(
        bool(lessons.page(connection, id_, before=paging.FROM_THE_NEWEST, limit=1)),
        any(not stored.data["profile"].get("ended_on") for stored in begun),
        bool(log.read_newest(id_, FeedbackGiven, paging.FROM_THE_NEWEST, 1)),
    )


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
