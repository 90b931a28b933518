"""A lesson that somebody found, brought to a project: it stands there from now on, and can be answered like what was suggested."""

from flask import Response, jsonify

from hardwon import handlers
from hardwon.domain.commands import BringLesson, PutBackLesson
from hardwon.domain.events import LessonsSuggested
from hardwon.projections.recommendations import BROUGHT
from hardwon_api.commands.feedback import SUGGESTION, SuggestionPath
from hardwon_api.context import command_request, deps, organisation, recorded
from hardwon_api.documenting import blueprint, needs
from hardwon_api.suggesting import Offered

api = blueprint("commands_recommendations", __name__)


@api.put(SUGGESTION, responses={200: Offered}, operation_id="bring_lesson")
@needs("write")
def bring(path: SuggestionPath) -> Response:
    """Bring a lesson of another project that you found yourself: it stands among this project's recommendations, without rank or score.

    From then on it takes feedback like any other, and is never suggested there. What stands there already, brought or suggested, stays as
    it is. A lesson that does not stand any more, one of the project's own, and a project that has ended are refused.
    """
    ids = path.project_id, path.lesson_id
    stored = handlers.bring_lesson(deps().log, organisation(), BringLesson(*ids), command_request())
    if stored:
        recorded(stored.position)
    offered = stored or handlers.offered_by(deps().log, organisation(), *ids)
    occasion = offered.event.occasion if isinstance(offered.event, LessonsSuggested) else BROUGHT
    told = {"occasion": occasion, "at": offered.occurred_at, "position": offered.position}
    return jsonify(Offered.model_validate(path.model_dump() | told).model_dump(mode="json"))


@api.delete(SUGGESTION, responses={204: None}, operation_id="put_back_lesson")
@needs("write")
def put_back(path: SuggestionPath) -> tuple[str, int]:
    """Put a lesson back that somebody brought, with all that the project says of it, as if nobody had; it may be suggested again.

    Where it does not stand, nothing changes. What was suggested stays: say that it is `not_relevant`.
    """
    command = PutBackLesson(path.project_id, path.lesson_id)
    stored = handlers.put_back_lesson(deps().log, organisation(), command, command_request())
    if stored:
        recorded(stored.position)
    return "", 204
