"""Nudges: what was raised and nobody has answered yet with "what can we learn from this?"."""

from collections.abc import Sequence
from typing import Any, Self
from uuid import UUID

from flask import Response
from pydantic import Field

from hardwon.domain.errors import Unavailable
from hardwon.projections import points
from hardwon_api import paging
from hardwon_api.answers import Answer, DiscussionPoint, FoundLesson, SourceProject
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import blueprint, needs
from hardwon_api.parameters import Page
from hardwon_api.preferring import read_models
from hardwon_api.queries.search import with_lessons

api = blueprint("nudges", __name__)

SIMILAR = 3
"""Lessons beside a point."""
_LONGEST = 1_000
"""Characters of a point that are compared; a model reads no more of it."""


class NudgesPage(Page):
    """Which points."""

    limit: int = Field(10, ge=1, le=20)
    project_id: UUID | None = Field(None, description="only points of this project")


class Nudge(Answer):
    """A point without a lesson; what can we learn from it is still to be said."""

    point: DiscussionPoint
    project: SourceProject
    unanswered_in_project: int = Field(description="so many points of its project have no lesson yet")
    similar: list[FoundLesson] | None = Field(
        description="lessons of the organisation that say something like it, the best first; null where no worker answered in time"
    )

    @classmethod
    def told(cls, row: dict[str, Any], unanswered: int, similar: list[FoundLesson] | None) -> Self:
        point, project = DiscussionPoint.of(row), SourceProject.of(row)
        return cls(point=point, project=project, unanswered_in_project=unanswered, similar=similar)


class NudgePage(Answer):
    """A page of nudges, newest first."""

    items: list[Nudge]
    next: str | None


@api.get("/nudges", responses={200: NudgePage}, operation_id="list_nudges")
@needs("read")
def page(query: NudgesPage) -> Response:
    """List discussion points that no lesson answers, newest first, of all projects or of one, with similar lessons beside each."""
    read_models("points", "lessons", "projects")
    before = paging.before(query)
    with deps().pool.connection() as connection:
        rows = points.unanswered(
            connection, organisation(), before=before, limit=query.limit + 1, project_id=query.project_id
        )
        ids = sorted({row["project_id"] for row in rows})
        counts = points.count_unanswered(connection, organisation(), ids)
    similar = _similar([row["text"] for row in rows[: query.limit]])
    items = [
        Nudge.told(row, counts.get(row["project_id"], 1), beside)
        for row, beside in zip(rows[: query.limit], similar, strict=True)
    ]
    return paging.answer(rows, items, query.limit)


def _similar(texts: Sequence[str]) -> Sequence[list[FoundLesson] | None]:
    """Return the lessons beside each text, asked of a worker at once; a page of points is worth showing without them."""
    if not texts:
        return []
    try:
        found = deps().search.find(organisation(), [text[:_LONGEST] for text in texts], SIMILAR, {})
    except Unavailable:
        return [None] * len(texts)
    return with_lessons([[each for each in beside if each.close] for beside in found])
