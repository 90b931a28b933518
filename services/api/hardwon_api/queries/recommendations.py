"""What a project was suggested, and what somebody brought to it."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from flask import Response, jsonify

from hardwon.domain.errors import NotFound
from hardwon.domain.project import stream
from hardwon.projections import lessons
from hardwon.projections import recommendations as read_model
from hardwon.projections.following import Row
from hardwon_api.as_of import AsOfQuery, position_asked
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import blueprint, needs
from hardwon_api.parameters import ProjectPath
from hardwon_api.preferring import read_models, wait_for
from hardwon_api.suggesting import Recommendations

api = blueprint("recommendations", __name__)


@api.get(
    "/projects/<uuid:project_id>/recommendations", responses={200: Recommendations}, operation_id="get_recommendations"
)
@needs("read")
def get(path: ProjectPath, query: AsOfQuery) -> Response:
    """Read all that a project was suggested or brought: the latest first, within it the best, each with its source project and reasons.

    After a change of the profile the state is `pending` again until what is new is there; `Prefer: wait=N` waits up to N seconds for it.
    With `set_aside_at` nothing is looked for any more until somebody mends the cause; nothing is waited for then either.
    An empty list of a ready project says that nothing relevant is known yet. With `as_of` it is what was suggested by then, in the words
    of then, and nothing is waited for.
    """
    position = position_asked(query)
    if position is not None:
        then = recommendations_as_of(organisation(), path.project_id, position)
        return jsonify(then.model_dump(mode="json"))
    found: list[Recommendations | None] = [None]

    def ready() -> bool:
        found[0] = recommendations(organisation(), path.project_id)
        return found[0] is not None and not found[0].under_way

    read_models("recommendations", "lessons")  # or a change made just now would not be waited for
    wait_for(ready)
    if found[0] is None:
        raise NotFound("project", path.project_id)
    return jsonify(found[0].model_dump(mode="json"))


class WithLessons(NamedTuple):
    """What a project was suggested, and the rows of its lessons."""

    found: Recommendations
    lessons: dict[UUID, Row]


def recommendations(organisation_id: UUID, project_id: UUID) -> Recommendations | None:
    """Return a project's recommendations; None where the read model does not know the project (yet)."""
    told = with_lessons(organisation_id, project_id)
    return told.found if told else None


def with_lessons(organisation_id: UUID, project_id: UUID) -> WithLessons | None:
    """Return the same, with the rows of the lessons."""
    with deps().pool.connection() as connection:
        row = read_model.get(connection, organisation_id, project_id)
        if row is None:
            return None
        return _told(row, lambda ids: lessons.of_ids(connection, organisation_id, ids))


def recommendations_as_of(organisation_id: UUID, project_id: UUID, position: int) -> Recommendations:
    """Return a project's recommendations as they were at a log position."""
    return with_lessons_as_of(organisation_id, project_id, position).found


def with_lessons_as_of(organisation_id: UUID, project_id: UUID, position: int) -> WithLessons:
    """Return the same, with the rows of the lessons as they then were."""
    log = deps().log
    row = read_model.get_as_of(log, organisation_id, project_id, position)
    if row is None:
        known_now = log.read_stream(organisation_id, stream(project_id))
        raise NotFound("project", project_id, as_of=position if known_now else None)
    return _told(row, lambda ids: lessons.of_ids_as_of(log, organisation_id, ids, position))


def _told(row: Row, lessons_of: Callable[[list[UUID]], dict[UUID, Row]]) -> WithLessons:
    ids = read_model.lesson_ids(row)
    found = lessons_of(ids) if ids else {}
    return WithLessons(Recommendations.told(row, found), found)
