"""Lessons as they now are."""

from uuid import UUID

from flask import Response, jsonify, url_for

from hardwon import handlers
from hardwon.domain.errors import NotFound
from hardwon.domain.lesson import stream
from hardwon.projections import lessons, points
from hardwon_api import paging
from hardwon_api.answers import Lesson, LessonPage
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import blueprint
from hardwon_api.lineage import LessonWithStory, MergeProposal, MergeProposalPage
from hardwon_api.models import LessonPath, LessonsPage, Page
from hardwon_api.preferring import read_models

api = blueprint("queries_lessons", __name__)


@api.get("/lessons", responses={200: LessonPage}, operation_id="list_lessons")
def page(query: LessonsPage) -> Response:
    """List the organisation's lessons, newest first, those of one project if you name it."""
    read_models("lessons", "projects")
    with deps().pool.connection() as connection:
        rows = lessons.page(
            connection,
            organisation(),
            before=paging.before(query),
            limit=query.limit + 1,
            project_id=query.project_id,
        )
    return paging.answer(rows, [Lesson.of(row) for row in rows], query.limit)


@api.get("/lessons/<uuid:lesson_id>", responses={200: LessonWithStory}, operation_id="get_lesson")
def get(path: LessonPath) -> Response:
    """Read a lesson with the discussion points that it answers and its lineage.

    An old link leads on: where the lesson was merged or superseded, `leads_to` and the header `Link: <...>; rel="successor-version"` name
    the one that stands now.
    """
    read_models("lessons", "projects", "points")
    with deps().pool.connection() as connection:
        row = lessons.get(connection, organisation(), path.lesson_id)
        if row is None:
            raise NotFound("lesson", path.lesson_id)
        told = points.of_ids(connection, organisation(), [UUID(point) for point in row["points"]])
        joined = lessons.leading_to(connection, organisation(), path.lesson_id)
    history = deps().log.read_stream(organisation(), stream(path.lesson_id))
    if row["leads_to"]:
        row["leads_to"] = handlers.latest_successor(deps().log, organisation(), path.lesson_id)
    response = jsonify(LessonWithStory.told(row, told, history, joined).model_dump(mode="json"))
    response.headers["ETag"] = f'"{row["version"]}"'
    if row["leads_to"]:
        link = url_for("queries_lessons.get", lesson_id=row["leads_to"])
        response.headers["Link"] = f'<{link}>; rel="successor-version"'
    return response


@api.get("/merge-proposals", responses={200: MergeProposalPage}, operation_id="list_merge_proposals")
def proposals(query: Page) -> Response:
    """List lessons that seem to say the same as others, newest first; a person decides by merge or decline-merge."""
    read_models("lessons", "projects")
    with deps().pool.connection() as connection:
        rows = lessons.to_merge(connection, organisation(), before=paging.before(query), limit=query.limit + 1)
        ids = [UUID(id_) for row in rows for id_ in row["merges"]]
        others = lessons.of_ids(connection, organisation(), ids) if ids else {}
    return paging.answer(rows, [MergeProposal.told(row, others) for row in rows], query.limit)
