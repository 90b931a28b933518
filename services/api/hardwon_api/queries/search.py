"""Searching lessons by meaning."""

from collections.abc import Sequence

from flask import Response, jsonify

from hardwon.projections import lessons
from hardwon_api.answers import FoundLesson, Lesson, SearchResults
from hardwon_api.context import Found, deps, organisation
from hardwon_api.documenting import blueprint, needs
from hardwon_api.models import SearchQuery
from hardwon_api.preferring import read_models

api = blueprint("search", __name__)


@api.get("/search", responses={200: SearchResults}, operation_id="search_lessons")
@needs("read")
def search(query: SearchQuery) -> Response:
    """Search the organisation's lessons by meaning, the nearest first, with the passage that matches.

    A worker does it; where none answers in time, this is 503 and worth trying again.
    """
    read_models("lessons", "projects")
    (items,) = with_lessons(deps().search.find(organisation(), [query.q], query.limit))
    return jsonify(SearchResults(items=items).model_dump(mode="json"))


def with_lessons(answers: Sequence[Sequence[Found]]) -> list[list[FoundLesson]]:
    """Return what was found with the lessons themselves, looked up at once; one that the read model lacks is left out."""
    ids = {each.lesson_id for found in answers for each in found}
    with deps().pool.connection() as connection:
        rows = lessons.of_ids(connection, organisation(), sorted(ids))
    return [
        [
            FoundLesson(score=each.score, passage=each.passage, lesson=Lesson.of(rows[each.lesson_id]))
            for each in found
            if each.lesson_id in rows
        ]
        for found in answers
    ]
