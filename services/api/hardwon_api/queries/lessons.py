"""Lessons as they now are."""

from uuid import UUID

from flask import Response, jsonify

from hardwon.domain.errors import NotFound
from hardwon.projections import lessons, points
from hardwon_api import paging
from hardwon_api.answers import Lesson, LessonPage, LessonWithStory
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import blueprint
from hardwon_api.models import LessonPath, LessonsPage
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
    """Read a lesson with the discussion points that it answers."""
    read_models("lessons", "projects", "points")
    with deps().pool.connection() as connection:
        row = lessons.get(connection, organisation(), path.lesson_id)
        if row is None:
            raise NotFound("lesson", path.lesson_id)
        told = points.of_ids(connection, organisation(), [UUID(point) for point in row["points"]])
    response = jsonify(LessonWithStory.told(row, told).model_dump(mode="json"))
    response.headers["ETag"] = f'"{row["version"]}"'
    return response
