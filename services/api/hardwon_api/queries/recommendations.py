"""What a project was suggested."""

from uuid import UUID

from flask import Response, jsonify

from hardwon.domain.errors import NotFound
from hardwon.projections import lessons
from hardwon.projections import recommendations as read_model
from hardwon_api.answers import Recommendations
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import blueprint
from hardwon_api.models import ProjectPath
from hardwon_api.preferring import read_models, wait_for

api = blueprint("recommendations", __name__)


@api.get(
    "/projects/<uuid:project_id>/recommendations", responses={200: Recommendations}, operation_id="get_recommendations"
)
def get(path: ProjectPath) -> Response:
    """Read all that a project was suggested: the latest answer first, within it the best, each with its source project and its reasons.

    After a change of the profile the state is `pending` again until what is new is there; `Prefer: wait=N` waits up to N seconds for it.
    An empty list of a ready project says that nothing relevant is known yet.
    """
    found: list[Recommendations | None] = [None]

    def ready() -> bool:
        found[0] = recommendations(organisation(), path.project_id)
        return found[0] is not None and found[0].state == "ready"

    read_models("recommendations", "lessons")  # or a change made just now would not be waited for
    wait_for(ready)
    if found[0] is None:
        raise NotFound("project", path.project_id)
    return jsonify(found[0].model_dump(mode="json"))


def recommendations(organisation_id: UUID, project_id: UUID) -> Recommendations | None:
    """Return a project's recommendations; None where the read model does not know the project (yet)."""
    with deps().pool.connection() as connection:
        row = read_model.get(connection, organisation_id, project_id)
        if row is None:
            return None
        ids = read_model.lesson_ids(row)
        return Recommendations.told(row, lessons.of_ids(connection, organisation_id, ids) if ids else {})
