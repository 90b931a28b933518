"""Lessons as they now are, or were."""

from typing import Any, NamedTuple
from uuid import UUID

from flask import Response, jsonify, url_for
from pydantic import Field

from hardwon import handlers
from hardwon.domain.errors import NotFound
from hardwon.domain.lesson import stream
from hardwon.log.wire import StoredEvent
from hardwon.projections import lessons, points
from hardwon.projections.following import Row
from hardwon_api import paging
from hardwon_api.answers import Lesson, LessonPage
from hardwon_api.as_of import AsOfQuery, position_asked
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import blueprint, needs
from hardwon_api.lineage import LessonWithStory, MergeProposal, MergeProposalPage
from hardwon_api.parameters import LessonPath, Page
from hardwon_api.preferring import read_models

api = blueprint("queries_lessons", __name__)


class LessonsPage(Page, AsOfQuery):
    """A page of lessons."""

    project_id: UUID | None = Field(None, description="only lessons that this project drew")


@api.get("/lessons", responses={200: LessonPage}, operation_id="list_lessons")
@needs("read")
def page(query: LessonsPage) -> Response:
    """List the organisation's lessons, newest first, those of one project if you name it; with `as_of` as they then were."""
    asked: dict[str, Any] = {
        "before": paging.before(query),
        "limit": query.limit + 1,
        "project_id": query.project_id,
    }
    position = position_asked(query)
    if position is None:
        read_models("lessons", "projects")
        with deps().pool.connection() as connection:
            rows = lessons.page(connection, organisation(), **asked)
    else:
        rows = lessons.page_as_of(deps().log, organisation(), until=position, **asked)
    return paging.answer(rows, [Lesson.of(row) for row in rows], query.limit)


@api.get("/lessons/<uuid:lesson_id>", responses={200: LessonWithStory}, operation_id="get_lesson")
@needs("read")
def get(path: LessonPath, query: AsOfQuery) -> Response:
    """Read a lesson with the discussion points that it answers and its lineage.

    An old link leads on: where the lesson was merged or superseded, `leads_to` and the header `Link: <...>; rel="successor-version"` name
    the one that stands now. With `as_of` all of it is as it then was, and the link leads on to what stood then.
    """
    position = position_asked(query)
    row, told, history, joined = story(path.lesson_id) if position is None else story_as_of(path.lesson_id, position)
    if row["leads_to"]:
        row["leads_to"] = handlers.latest_successor(deps().log, organisation(), path.lesson_id, until=position)
    response = jsonify(LessonWithStory.told(row, told, history, joined).model_dump(mode="json"))
    response.headers["ETag"] = f'"{row["version"]}"'
    if row["leads_to"]:
        link = url_for("queries_lessons.get", lesson_id=row["leads_to"], as_of=position)
        response.headers["Link"] = f'<{link}>; rel="successor-version"'
    return response


class Story(NamedTuple):
    """What ``LessonWithStory.told`` tells of."""

    row: Row
    points: list[Row]
    history: list[StoredEvent]
    joined: list[Row]


def story(lesson_id: UUID) -> Story:
    """Return all that is known of a lesson now."""
    read_models("lessons", "projects", "points")
    with deps().pool.connection() as connection:
        row = lessons.get(connection, organisation(), lesson_id)
        if row is None:
            raise NotFound("lesson", lesson_id)
        told = points.of_ids(connection, organisation(), [UUID(point) for point in row["points"]])
        joined = lessons.leading_to(connection, organisation(), lesson_id)
    return Story(row, told, deps().log.read_stream(organisation(), stream(lesson_id)), joined)


def story_as_of(lesson_id: UUID, position: int) -> Story:
    """Return all that was known of it at a log position."""
    log = deps().log
    history = log.read_stream(organisation(), stream(lesson_id))
    row = lessons.of_ids_as_of(log, organisation(), [lesson_id], position).get(lesson_id)
    if row is None:
        raise NotFound("lesson", lesson_id, as_of=position if history else None)
    told = points.of_ids_as_of(log, organisation(), [UUID(point) for point in row["points"]], position)
    joined = lessons.leading_to_as_of(log, organisation(), lesson_id, position)
    return Story(row, told, [stored for stored in history if stored.position <= position], joined)


@api.get("/merge-proposals", responses={200: MergeProposalPage}, operation_id="list_merge_proposals")
@needs("read")
def proposals(query: Page) -> Response:
    """List lessons that seem to say the same as others, newest first; a person decides by merge or decline-merge."""
    read_models("lessons", "projects")
    with deps().pool.connection() as connection:
        rows = lessons.to_merge(connection, organisation(), before=paging.before(query), limit=query.limit + 1)
        ids = [UUID(id_) for row in rows for id_ in row["merges"]]
        others = lessons.of_ids(connection, organisation(), ids) if ids else {}
    return paging.answer(rows, [MergeProposal.told(row, others) for row in rows], query.limit)
