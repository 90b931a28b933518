"""Retrospectives of a project, and what stands on the board of one."""

from uuid import UUID

from flask import Response, g, jsonify
from pydantic import Field

from hardwon import handlers
from hardwon.projections import lessons, members, retrospectives
from hardwon_api import paging
from hardwon_api.as_of import AsOfQuery, position_asked
from hardwon_api.boards import Asker, Board, Retrospective, RetrospectivePage, RetrospectivePath, raised_by
from hardwon_api.context import deps, organisation, own_ballot
from hardwon_api.documenting import blueprint, needs
from hardwon_api.own_points import may_change
from hardwon_api.parameters import Page
from hardwon_api.preferring import read_models

api = blueprint("queries_retrospectives", __name__)


class RetrospectivesPage(Page):
    """A page of retrospectives."""

    project_id: UUID | None = Field(None, description="only those that this project held")


@api.get("/retrospectives", responses={200: RetrospectivePage}, operation_id="list_retrospectives")
@needs("read")
def page(query: RetrospectivesPage) -> Response:
    """List retrospectives, newest first, of all projects or of one."""
    read_models("retrospectives", "projects")
    asked = {"before": paging.before(query), "limit": query.limit + 1}
    with deps().pool.connection() as connection:
        rows = retrospectives.page(connection, organisation(), **asked, project_id=query.project_id)
    return paging.answer(rows, [Retrospective.of(row) for row in rows], query.limit)


@api.get("/retrospectives/<uuid:retrospective_id>", responses={200: Board}, operation_id="get_retrospective")
@needs("read")
def get(path: RetrospectivePath, query: AsOfQuery) -> Response:
    """Read a retrospective's board: its points, groups, votes and lessons, and which points no lesson answers yet.

    It comes from the log itself, so it holds all that was recorded before. Who voted is told to nobody.
    """
    board = told(path.retrospective_id, position_asked(query))
    response = jsonify(board.model_dump(mode="json"))
    response.headers["ETag"] = f'"{board.version}"'
    return response


def told(retrospective_id: UUID, position: int | None) -> Board:
    """Return the board as whoever asks may see it, now or as of a position."""
    log, asking = deps().log, organisation()
    g.position = until = log.head(asking).position if position is None else position
    standing, history = handlers.current_board(log, asking, retrospective_id, until=until)
    drawn = lessons.of_board(log, asking, standing.project_id, retrospective_id, standing.points.keys(), until)
    with deps().pool.connection() as connection:
        who = {id_ for stored in history if (id_ := raised_by(stored))}
        raisers = members.of_ids(connection, asking, who)
    return Board.told(standing, history, drawn, raisers, Asker(own_ballot(retrospective_id), may_change))
