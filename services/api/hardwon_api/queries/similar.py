"""What the organisation already knows of something, while it is still being written: similar lessons, and what went wrong before."""

from uuid import UUID

from flask import Response, jsonify
from pydantic import Field

from hardwon import handlers
from hardwon.projections import points
from hardwon_api.answers import Answer, DiscussionPoint, FoundLesson, SourceProject
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import blueprint, needs
from hardwon_api.found import Found, NearPoint
from hardwon_api.models import Question
from hardwon_api.parameters import Query
from hardwon_api.preferring import read_models
from hardwon_api.queries.search import with_lessons

api = blueprint("similar", __name__)

_SPARE = 2
"""So many times as many are asked for as are shown, so that other projects' can come first."""


class SimilarQuery(Query):
    """What is being written, and where."""

    text: Question
    retrospective_id: UUID | None = Field(
        None, description="in which it is raised: its own points are left out, and other projects' come first"
    )
    limit: int = Field(3, ge=1, le=10, description="lessons, and as many points")


class SimilarPoint(Answer):
    """A story like it."""

    point: DiscussionPoint
    project: SourceProject
    similarity: float


class Similar(Answer):
    """What stands beside a text: lessons, and points that tell what went wrong, other projects' first, then the nearest first."""

    lessons: list[FoundLesson]
    points: list[SimilarPoint]


@api.get("/similar", responses={200: Similar}, operation_id="find_similar")
@needs("read")
def similar(query: SimilarQuery) -> Response:
    """Find lessons and past points that say something like a text, as it is being written; two short lists, or empty ones.

    A worker does it; where none answers in time, this is 503 and worth trying again.
    """
    return jsonify(beside(query.text, query.retrospective_id, query.limit).model_dump(mode="json"))


def beside(text: str, retrospective_id: UUID | None, limit: int) -> Similar:
    """Return what is worth showing beside a text that is raised in that retrospective."""
    board = handlers.current_board(deps().log, organisation(), retrospective_id)[0] if retrospective_id else None
    read_models("lessons", "points", "projects")
    found, near = deps().search.similar(organisation(), text, retrospective_id, limit * _SPARE)
    own = board.project_id if board else None
    lessons, stories = _lessons(found), _points(near)
    lessons.sort(key=lambda each: each.lesson.source_project.id == own)
    stories.sort(key=lambda each: each.project.id == own)
    return Similar(lessons=lessons[:limit], points=stories[:limit])


def _lessons(found: list[Found]) -> list[FoundLesson]:
    (lessons,) = with_lessons([[each for each in found if each.close]])
    return lessons


def _points(near: list[NearPoint]) -> list[SimilarPoint]:
    close = {each.point_id: each.similarity for each in near if each.close}
    with deps().pool.connection() as connection:
        rows = {row["point_id"]: row for row in points.with_projects(connection, organisation(), list(close))}
    return [
        SimilarPoint(point=DiscussionPoint.of(rows[id_]), project=SourceProject.of(rows[id_]), similarity=similarity)
        for id_, similarity in close.items()
        if id_ in rows
    ]
