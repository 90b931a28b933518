"""Searching lessons by meaning."""

from flask import Response, jsonify

from hardwon.projections import lessons
from hardwon_api.answers import FoundLesson, Lesson, SearchResults
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import blueprint
from hardwon_api.models import SearchQuery
from hardwon_api.preferring import read_models

api = blueprint("search", __name__)


@api.get("/search", responses={200: SearchResults}, operation_id="search_lessons")
def search(query: SearchQuery) -> Response:
    """Search the organisation's lessons by meaning, the nearest first, with the passage that matches.

    A worker does it; where none answers in time, this is 503 and worth trying again.
    """
    read_models("lessons", "projects")
    (found,) = deps().search.find(organisation(), [query.q], query.limit)
    with deps().pool.connection() as connection:
        rows = lessons.of_ids(connection, organisation(), [each.lesson_id for each in found])
    items = [
        FoundLesson(score=each.score, passage=each.passage, lesson=Lesson.of(rows[each.lesson_id]))
        for each in found
        if each.lesson_id in rows
    ]
    return jsonify(SearchResults(items=items).model_dump(mode="json"))
