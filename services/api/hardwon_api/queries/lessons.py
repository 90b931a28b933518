"""Lessons as they now are, or were on a day."""

from typing import Any
from uuid import UUID

from flask import Response, g, jsonify, url_for

from hardwon import handlers
from hardwon.domain.errors import NotFound
from hardwon.domain.lesson import stream
from hardwon.projections import lessons, points
from hardwon.projections.following import Row
from hardwon_api import paging
from hardwon_api.answers import Lesson, LessonPage
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import blueprint
from hardwon_api.lineage import LessonWithStory, MergeProposal, MergeProposalPage
from hardwon_api.models import AsOf, LessonPath, LessonsPage, Page
from hardwon_api.past import not_yet, past
from hardwon_api.preferring import read_models

api = blueprint("queries_lessons", __name__)


@api.get("/lessons", responses={200: LessonPage}, operation_id="list_lessons")
def page(query: LessonsPage) -> Response:
    """List the organisation's lessons, newest first, those of one project if you name it, as they are now or were on a day."""
    wanted: Any = {"before": paging.before(query), "limit": query.limit + 1, "project_id": query.project_id}
    if query.as_of:
        with past(query.as_of) as then:
            rows = then.lessons_page(**wanted)
    else:
        read_models("lessons", "projects")
        with deps().pool.connection() as connection:
            rows = lessons.page(connection, organisation(), **wanted)
    return paging.answer(rows, [Lesson.of(row) for row in rows], query.limit)


@api.get("/lessons/<uuid:lesson_id>", responses={200: LessonWithStory}, operation_id="get_lesson")
def get(path: LessonPath, query: AsOf) -> Response:
    """Read a lesson with the discussion points that it answers and its lineage, as it is now or was on a day.

    An old link leads on: where the lesson was merged or superseded, `leads_to` and the header `Link: <...>; rel="successor-version"` name
    the one that stands now, or stood then.
    """
    row, joined = _then(path.lesson_id, query.as_of) if query.as_of else _now(path.lesson_id)
    with deps().pool.connection() as connection:
        told = points.of_ids(connection, organisation(), [UUID(point) for point in row["points"]])
    history = deps().log.read_stream(organisation(), stream(path.lesson_id))
    known = [stored for stored in history if not query.as_of or stored.position <= g.position]
    response = jsonify(LessonWithStory.told(row, told, known, joined).model_dump(mode="json"))
    if not query.as_of:
        response.headers["ETag"] = f'"{row["version"]}"'
    if row["leads_to"]:
        link = url_for("queries_lessons.get", lesson_id=row["leads_to"], as_of=query.as_of)
        response.headers["Link"] = f'<{link}>; rel="successor-version"'
    return response


def _now(lesson_id: UUID) -> tuple[Row, list[Row]]:
    """Return the lesson, and those that live on in it."""
    read_models("lessons", "projects", "points")
    with deps().pool.connection() as connection:
        row = lessons.get(connection, organisation(), lesson_id)
        if row is None:
            raise NotFound("lesson", lesson_id)
        joined = lessons.leading_to(connection, organisation(), lesson_id)
    if row["leads_to"]:
        row["leads_to"] = handlers.latest_successor(deps().log, organisation(), lesson_id)
    return row, joined


def _then(lesson_id: UUID, as_of: str) -> tuple[Row, list[Row]]:
    """Return the same as it was."""
    with past(as_of) as then:
        row = then.lessons([lesson_id]).get(lesson_id)
        if row is None:
            raise not_yet("lesson", lesson_id)
        return row | {"leads_to": then.latest_successor(row)}, then.leading_to(lesson_id)


@api.get("/merge-proposals", responses={200: MergeProposalPage}, operation_id="list_merge_proposals")
def proposals(query: Page) -> Response:
    """List lessons that seem to say the same as others, newest first; a person decides by merge or decline-merge."""
    read_models("lessons", "projects")
    with deps().pool.connection() as connection:
        rows = lessons.to_merge(connection, organisation(), before=paging.before(query), limit=query.limit + 1)
        ids = [UUID(id_) for row in rows for id_ in row["merges"]]
        others = lessons.of_ids(connection, organisation(), ids) if ids else {}
    return paging.answer(rows, [MergeProposal.told(row, others) for row in rows], query.limit)
