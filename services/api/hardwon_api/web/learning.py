"""What can we learn from this? A point of a retrospective, what is known already of such things, and the lesson drawn from it."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hardwon import handlers
from hardwon.domain.commands import DrawLesson
from hardwon.domain.errors import Unavailable
from hardwon.handlers import RetroItem
from hardwon.ids import new_id
from hardwon_api.context import deps, metadata, organisation
from hardwon_api.documenting import needs
from hardwon_api.models import LessonDrawn
from hardwon_api.queries.similar import Similar, beside
from hardwon_api.web.at_point import POINT, asked, found
from hardwon_api.web.pages import asks_after, asks_again, blueprint, is_part, read, record_retro
from hardwon_api.web.translating import gettext as _
from hardwon_api.web.translating import language

pages = blueprint("learning")
_LONGEST = 1_000
_SHORTEST = 8
"""Characters below which a text says too little to find anything like it."""
_SHOWN = 3


@pages.get(POINT)
@needs("read")
def question(retrospective_id: UUID, point_id: UUID) -> str:
    """Ask what can be learned from a point, with what is known already beside it."""
    return _question(retrospective_id, point_id, {}, {})


@pages.post(f"{POINT}/lessons")
@needs("write")
def draw(retrospective_id: UUID, point_id: UUID) -> Response | str | tuple[str, int]:
    """Draw a lesson from a point; on the board the question then says what was drawn, and nothing else moves."""
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
    return render_template("retrospectives/_similar.html", **_beside(retrospective_id, text))


def _beside(retrospective_id: UUID, text: str) -> dict[str, object]:
    """Return what a template says beside the text: nothing before enough is written, and that writing goes on where no worker answers.

    It asks again by itself then, a few times.
    """
    wanted = text.replace("\x00", "").strip()[:_LONGEST]
    if len(wanted) < _SHORTEST:
        return {"written": ""}
    told = {"written": wanted, "meeting": retrospective_id, "similar": _similar(retrospective_id, wanted)}
    return told | {"again": asks_again(), "after": asks_after()}


def _similar(retrospective_id: UUID, text: str) -> Similar | None:
    try:
        return beside(text, retrospective_id, _SHOWN)
    except Unavailable:
        return None


def _question(
    retrospective_id: UUID,
    point_id: UUID,
    wrong: dict[str, str],
    said: dict[str, str],
    drawn: DrawLesson | None = None,
) -> str:
    board, point = found(retrospective_id, point_id)
    others = [each for each in board.lessons if each.id in point.lessons and not (drawn and each.id == drawn.lesson_id)]
    known = {"drawn": drawn, "lessons": others, "wrong": wrong, "said": said}
    title = _("What can we learn from this?")
    return asked("question", title, board, point, **known, **_beside(retrospective_id, point.text))
