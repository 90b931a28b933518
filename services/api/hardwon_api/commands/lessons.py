"""What becomes of a lesson after it was drawn."""

from flask import Response, jsonify

from hardwon import handlers
from hardwon.domain.commands import RetireLesson
from hardwon.domain.errors import Conflict
from hardwon_api.answers import RetiredLesson
from hardwon_api.context import command_request, deps, organisation, recorded
from hardwon_api.documenting import blueprint
from hardwon_api.models import LessonPath, Retirement

api = blueprint("commands_lessons", __name__)


@api.post("/lessons/<uuid:lesson_id>/retire", responses={200: RetiredLesson}, operation_id="retire_lesson")
def retire(path: LessonPath, body: Retirement) -> Response:
    """Retire a lesson that no longer holds: it stays in the log and is suggested no more."""
    command = RetireLesson(path.lesson_id, body.reason)
    stored = handlers.retire_lesson(deps().log, organisation(), command, command_request())
    if stored is None:
        raise Conflict(f"Lesson {path.lesson_id} is already retired.")
    recorded(stored.position)
    answer = RetiredLesson(id=path.lesson_id, position=stored.position, version=stored.version)
    response = jsonify(answer.model_dump(mode="json"))
    response.headers["ETag"] = f'"{stored.version}"'
    return response
