"""Searching lessons by meaning and by words, among all or among some."""

from collections.abc import Sequence

from flask import Response, jsonify
from pydantic import Field

from hardwon import themes
from hardwon.domain.errors import Invalid
from hardwon.domain.values import PointKind
from hardwon.projections import lessons
from hardwon_api.answers import FoundLesson, Lesson, SearchResults
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import blueprint, needs
from hardwon_api.found import Found
from hardwon_api.models import Day, Question, Short
from hardwon_api.parameters import Query
from hardwon_api.preferring import read_models
from hardwon_api.queries.insights import in_order

api = blueprint("search", __name__)


class SearchQuery(Query):
    """What to search for, and among which lessons."""

    q: Question
    limit: int = Field(10, ge=1, le=50)
    kind: PointKind | None = Field(None, description="only lessons that answer points of this kind")
    team: Short | None = Field(None, description="only lessons of this team's projects")
    theme: Short | None = Field(None, description="only lessons of this theme, as /v1/insights/themes lists it")
    from_: Day | None = Field(None, alias="from", description="only lessons drawn on this day (UTC) or later")
    to: Day | None = Field(None, description="only lessons drawn on this day or earlier")

    def narrowed(self) -> dict[str, str]:
        """Return which lessons may answer, as a worker is told.

        Raises:
            Invalid: the days are in the wrong order, or there is no such theme.

        """
        if self.from_ and self.to:
            in_order(self.from_, self.to)
        if self.theme and not _is_theme(self.theme):
            raise Invalid("There is no such theme; /v1/insights/themes lists those there are.", field="/theme")
        told = {"kind": self.kind, "team": self.team, "theme": self.theme, "first": self.from_, "last": self.to}
        return {name: value for name, value in told.items() if value is not None}


def _is_theme(theme: str) -> bool:
    with deps().pool.connection() as connection:
        return theme in themes.words(connection, organisation())


@api.get("/search", responses={200: SearchResults}, operation_id="search_lessons")
@needs("read")
def search(query: SearchQuery) -> Response:
    """Search the organisation's lessons by meaning and by words, the best first, with the passage that matches.

    Each says whether it is close to what was asked; where none is, these are the nearest, and no more. What it is narrowed to is
    decided before anything is ranked. A worker does it; where none answers in time, this is 503 and
    worth trying again.
    """
    read_models("lessons", "projects")
    items = found(query)
    return jsonify(SearchResults(items=items).model_dump(mode="json"))


def found(query: SearchQuery) -> list[FoundLesson]:
    """Return the lessons that a worker finds, the best first."""
    (items,) = with_lessons(deps().search.find(organisation(), [query.q], query.limit, query.narrowed()))
    return items


def with_lessons(answers: Sequence[Sequence[Found]]) -> list[list[FoundLesson]]:
    """Return what was found with the lessons themselves, looked up at once; one that the read model lacks is left out."""
    ids = {each.lesson_id for answer in answers for each in answer}
    with deps().pool.connection() as connection:
        rows = lessons.of_ids(connection, organisation(), sorted(ids))
    return [
        [FoundLesson.told(each, Lesson.of(rows[each.lesson_id])) for each in answer if each.lesson_id in rows]
        for answer in answers
    ]
