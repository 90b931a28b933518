"""What a project had set out to do: what it adopted from others, what it had learned by itself, and whether it helped.

It stands at the start of a retrospective, and of a project's page when one comes back to it.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from hardwon import handlers
from hardwon.domain.commands import ReportOutcome
from hardwon.projections import lessons, recommendations
from hardwon_api import paging
from hardwon_api.answers import Lesson
from hardwon_api.boards import Board
from hardwon_api.commands.feedback import NewOutcome
from hardwon_api.context import command_request, deps, organisation, recorded
from hardwon_api.documenting import needs
from hardwon_api.problems import Refusal
from hardwon_api.suggesting import Recommendations, Suggestion
from hardwon_api.web.pages import back, blueprint, is_part, read, settle
from hardwon_api.web.translating import gettext as _
from hardwon_api.web.wording import parted

pages = blueprint("before")
_OWN = 5
"""So many of the project's own lessons: what it meant to do differently."""


class Adopted(NamedTuple):
    """A lesson of another project that this one made its own, and whether it helped."""

    lesson: Lesson
    outcome: str | None


class Own(NamedTuple):
    """A lesson that the project had drawn itself, and the points that would tell what came of it."""

    lesson: Lesson
    helped: str
    did_not_help: str
    is_raised: bool
    """One of the two stands on the board already."""


class Before(NamedTuple):
    adopted: list[Adopted]
    own: list[Own]


def of(board: Board) -> Before:
    """Return what the project had resolved before this meeting."""
    with deps().pool.connection() as connection:
        row = recommendations.get(connection, organisation(), board.project_id)
        answers: dict[str, Any] = row["answers"] if row else {}
        said = {UUID(id_): each["outcome"] for id_, each in answers.items() if each["verdict"] == "adopted"}
        rows = lessons.of_ids(connection, organisation(), list(said))
        newest = {"before": paging.FROM_THE_NEWEST, "limit": _OWN + len(board.lessons)}
        drawn = lessons.page(connection, organisation(), **newest, project_id=board.project_id)
    here = {each.id for each in board.lessons}
    own = [Lesson.of(each) for each in drawn if each["lesson_id"] not in here and each["state"] == "current"]
    raised = {each.text for each in board.points}
    adopted = [Adopted(Lesson.of(rows[id_]), outcome) for id_, outcome in said.items() if id_ in rows]
    return Before(adopted, [_own(each, raised) for each in own[:_OWN]])


def _own(lesson: Lesson, raised: set[str]) -> Own:
    # On a line: a form sends a break in another way than tools do, and what stands on the board would not be known again.
    advice = " ".join(parted(lesson.advice or lesson.insight)[0].split())
    helped, did_not_help = _("It helped: %(advice)s", advice=advice), _("It did not help: %(advice)s", advice=advice)
    return Own(lesson, helped, did_not_help, is_raised=bool({helped, did_not_help} & raised))


def adopted_of(found: Recommendations) -> list[Adopted]:
    """Return what the project adopted before today of all that it was suggested: on the same day nobody knows yet whether it helped."""
    return [
        Adopted(each.lesson, each.feedback.outcome)
        for each in found.items
        if each.feedback and each.feedback.verdict == "adopted" and is_settled(each)
    ]


def is_settled(said: Suggestion) -> bool:
    """Tell whether the project answered it before today, or has told what came of it since."""
    given = said.feedback
    return given is not None and (given.outcome is not None or given.at.date() < datetime.now(UTC).date())


@pages.post("/projects/<uuid:project_id>/outcomes/<uuid:lesson_id>")
@needs("write")
def report(project_id: UUID, lesson_id: UUID) -> str | Response:
    """Say whether an adopted lesson helped."""
    form, _wrong = read(NewOutcome, {"outcome": request.form.get("outcome", "")})
    if form is None:
        raise Refusal(422, "invalid", "Say whether it helped: press one of the buttons.")
    command = ReportOutcome(project_id, lesson_id, form.outcome, form.note)
    if stored := handlers.report_outcome(deps().log, organisation(), command, command_request()):
        recorded(stored.position)
        settle(stored.position, "recommendations")
    if not is_part():
        return redirect(back())
    said = {"project_id": project_id, "lesson_id": lesson_id, "outcome": form.outcome, "back": back()}
    return render_template("projects/_outcome.html", **said)
