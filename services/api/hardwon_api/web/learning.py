"""What can we learn from this? A point of a retrospective, what is known already of such things, and the lesson drawn from it."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hardwon import handlers
from hardwon.domain.commands import DrawLesson
from hardwon.domain.errors import NotFound, Unavailable
from hardwon.handlers import RetroItem
from hardwon.ids import new_id
from hardwon_api.context import deps, metadata, organisation
from hardwon_api.documenting import needs
from hardwon_api.models import LessonDrawn
from hardwon_api.queries import retrospectives as boards
from hardwon_api.queries.similar import Similar, beside
from hardwon_api.web.pages import blueprint, is_part, read, record_retro
from hardwon_api.web.translating import language

pages = blueprint("learning")
_LONGEST = 1_000
_SHORTEST = 8
"""Characters below which a text says too little to find anything like it."""
_SHOWN = 3


@pages.get("/retrospectives/<uuid:retrospective_id>/points/<uuid:point_id>")
@needs("read")
def question(retrospective_id: UUID, point_id: UUID) -> str:
    """Ask what can be learned from a point, with what is known already beside it."""
    return _question(retrospective_id, point_id, {}, {})


@pages.post("/retrospectives/<uuid:retrospective_id>/points/<uuid:point_id>/lessons")
@needs("write")
def draw(retrospective_id: UUID, point_id: UUID) -> Response | str | tuple[str, int]:
    """Draw a lesson from a point; beside the board the question then says what was drawn, and nothing else moves."""
    said = {name: request.form.get(name, "") for name in ("insight", "advice", "applies_when")}
    form, wrong = read(LessonDrawn, said)
    if form is None:
        return _question(retrospective_id, point_id, wrong, said), 422
    project_id, id_ = handlers.current_board(deps().log, organisation(), retrospective_id)[0].project_id, new_id()
    told = (form.insight, form.advice, form.applies_when)
    command = DrawLesson(id_, project_id, retrospective_id, *told, (point_id,), (), language())
    record_retro(project_id, RetroItem(command, id_), metadata())
    if is_part():
        return _question(retrospective_id, point_id, {}, {}, command)
    return redirect(url_for("web_retrospectives.board", retrospective_id=retrospective_id, _anchor=f"point-{point_id}"))


@pages.post("/retrospectives/<uuid:retrospective_id>/similar")
@needs("read")
def similar(retrospective_id: UUID) -> str:
    """Show what is known of something that is still being written. By POST: what one types stands in no address."""
    text = request.form.get("text") or request.form.get("insight") or ""
    return render_template("retrospectives/_similar.html", similar=_similar(retrospective_id, text))


def _similar(retrospective_id: UUID, text: str) -> Similar | None:
    """Return what stands beside the text; None where no worker answers: writing goes on without."""
    asked = text.replace("\x00", "").strip()[:_LONGEST]
    if len(asked) < _SHORTEST:
        return Similar(lessons=[], points=[])
    try:
        return beside(asked, retrospective_id, _SHOWN)
    except Unavailable:
        return None


def _question(
    retrospective_id: UUID,
    point_id: UUID,
    wrong: dict[str, str],
    said: dict[str, str],
    drawn: DrawLesson | None = None,
) -> str:
    board = boards.told(retrospective_id, None)
    point = next((each for each in board.points if each.id == point_id), None)
    if point is None:
        raise NotFound("discussion point", point_id)
    part = is_part()
    others = [each for each in board.lessons if each.id in point.lessons and not (drawn and each.id == drawn.lesson_id)]
    return render_template(
        "retrospectives/_question.html" if part else "retrospectives/question.html",
        part=part,
        drawn=drawn,
        board=board,
        point=point,
        lessons=others,
        similar=_similar(retrospective_id, point.text),
        wrong=wrong,
        said=said,
    )
