"""Problems that were met before."""

from collections.abc import Sequence
from typing import Any, get_args
from uuid import UUID

from flask import Response
from psycopg import Connection
from pydantic import Field

from hardwon.domain.recurrence import State
from hardwon.projections import lessons, points, recurrences
from hardwon.projections.following import Row
from hardwon_api import paging
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import blueprint, needs
from hardwon_api.parameters import Page
from hardwon_api.preferring import read_models
from hardwon_api.recurring import Recurrence, RecurrencePage

api = blueprint("queries_recurrences", __name__)


class RecurrencesPage(Page):
    """A page of recurrences."""

    project_id: UUID | None = Field(None, description="only those that this project met")
    state: State | None = Field(None, description="only those in this state")


@api.get("/recurrences", responses={200: RecurrencePage}, operation_id="list_recurrences")
@needs("read")
def page(query: RecurrencesPage) -> Response:
    """List the problems that had been met before, newest first, each with the lesson and the story that it repeats."""
    read_models("recurrences", "points", "lessons", "projects")
    with deps().pool.connection() as connection:
        rows = recurrences.page(
            connection,
            organisation(),
            before=paging.before(query),
            limit=query.limit + 1,
            project_id=query.project_id,
            states=[query.state] if query.state else get_args(State),
        )
        items = told(connection, rows[: query.limit])
    return paging.answer(rows, items, query.limit)


def told(connection: Connection[Any], rows: Sequence[Row]) -> list[Recurrence]:
    """Return the recurrences with the points and lessons that they name."""
    point_ids = [row[name] for row in rows for name in ("point_id", "earlier_point_id") if row[name]]
    raised = {row["point_id"]: row for row in points.of_ids(connection, organisation(), point_ids)}
    lesson_ids = [row["lesson_id"] for row in rows if row["lesson_id"]]
    known = lessons.of_ids(connection, organisation(), lesson_ids)
    # While the read model of points is folded anew, some points are not there yet; and what repeats nothing but a story that was taken back
    # is left out until the radar rejects it.
    found = [Recurrence.told(row, raised, known) for row in rows if row["point_id"] in raised]
    return [each for each in found if each.lesson or each.earlier_point or each.state != "detected"]
