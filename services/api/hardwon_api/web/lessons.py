"""A lesson: its story, its advice, its way from the first telling to the latest, and where it went."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hardwon import handlers
from hardwon.domain.commands import EndorseLesson, LessonCommand, RestoreLesson, RetireLesson, ReviseLesson
from hardwon.handlers.lessons import text_events
from hardwon.log.wire import StoredEvent
from hardwon.projections import lessons, projects
from hardwon.projections.as_of import resolve
from hardwon_api import paging
from hardwon_api.answers import Lesson
from hardwon_api.commands.lessons import Endorsement, Restoration, Revision
from hardwon_api.context import command_request, deps, organisation, recorded
from hardwon_api.documenting import needs
from hardwon_api.lineage import LessonWithStory
from hardwon_api.models import Body, Retirement
from hardwon_api.problems import Refusal
from hardwon_api.queries.lessons import story, story_as_of
from hardwon_api.web.bringing import destinations
from hardwon_api.web.navigation import may
from hardwon_api.web.pages import blueprint, is_part, read, settle
from hardwon_api.web.search import searched_for
from hardwon_api.web.translating import gettext as _

pages = blueprint("lessons")
_FOR = "project"
"""Names, in a lesson's address, the project that one came from; ``map`` stands there for whoever came from the map."""
_PROJECTS = 100  # the newest ones, of which one may have gone through the same, or need it


@pages.get("/lessons/<uuid:lesson_id>")
@needs("read")
def page(lesson_id: UUID) -> str:
    """Tell the lesson; to htmx only its way, with ``?as_of=`` as far as it went by that position of the log."""
    return _way(lesson_id) if is_part() else _shown(lesson_id, {}, {})


@pages.post("/lessons/<uuid:lesson_id>/revise")
@needs("write")
def revise(lesson_id: UUID) -> Response | tuple[str, int]:
    """Say it better."""
    fields = ("insight", "advice", "applies_when", "reason")
    values = {name: request.form.get(name, "").strip() for name in fields}
    body, wrong = read(Revision, values)
    if body is None:
        return _shown(lesson_id, values, wrong), 422
    _lesson, history = handlers.current_lesson(deps().log, organisation(), lesson_id)
    if request.form.get("version") != str(_text_version(history)):  # what else became of it does not change its words
        raise Refusal(409, "stale-version", "Somebody said this lesson better while you did.")
    changes = body.model_dump(exclude_unset=True, exclude={"reason"})
    return _change(ReviseLesson(lesson_id, changes, body.reason))


@pages.post("/lessons/<uuid:lesson_id>/endorse")
@needs("write")
def endorse(lesson_id: UUID) -> Response | tuple[str, int]:
    """Stand behind it as a project that went through the same."""
    values = {"project_id": request.form.get("project_id", ""), "note": request.form.get("note", "").strip()}
    body, wrong = read(Endorsement, values)
    if body is None:
        return _shown(lesson_id, values, wrong), 422
    return _change(EndorseLesson(lesson_id, body.project_id, body.note))


@pages.post("/lessons/<uuid:lesson_id>/retire")
@needs("curate")
def retire(lesson_id: UUID) -> Response | tuple[str, int]:
    """Let it rest: it is suggested no more."""
    return _for_a_reason(lesson_id, Retirement)


@pages.post("/lessons/<uuid:lesson_id>/restore")
@needs("curate")
def restore(lesson_id: UUID) -> Response | tuple[str, int]:
    """Let it stand again."""
    return _for_a_reason(lesson_id, Restoration)


def _for_a_reason(lesson_id: UUID, model: type[Body]) -> Response | tuple[str, int]:
    values = {"why": request.form.get("why", "").strip()}
    body, wrong = read(model, {"reason": values["why"]})
    if body is None:
        return _shown(lesson_id, values, {"why": wrong["reason"]}), 422
    command = RetireLesson if model is Retirement else RestoreLesson
    return _change(command(lesson_id, values["why"]))


def _text_version(history: Sequence[StoredEvent]) -> int:
    return text_events(history)[0].version


def _change(command: LessonCommand) -> Response:
    if stored := handlers.change_lesson(deps().log, organisation(), command, command_request()):
        recorded(stored.position)
        settle(stored.position, "lessons")
    return redirect(url_for("web_lessons.page", lesson_id=command.lesson_id))


def _way(lesson_id: UUID) -> str:
    asked, log = request.args.get("as_of", type=int), deps().log
    if asked is None:
        lesson = LessonWithStory.told(*story(lesson_id))
        with deps().pool.connection() as connection:
            names = projects.names(connection, organisation(), _who(lesson))
    else:
        until = resolve(log, organisation(), asked).position
        lesson = LessonWithStory.told(*story_as_of(lesson_id, until))
        profiles = projects.profiles_as_of(log, organisation(), _who(lesson), until)
        names = {id_: profile["name"] for id_, profile in profiles.items()}
    return render_template("lessons/_way.html", lesson=lesson, names=names, steps=_STEPS, small=True)


def _who(lesson: LessonWithStory) -> list[UUID]:
    """Return the projects that had a part in its way."""
    return [each.project_id for each in lesson.lineage if each.project_id]


def _shown(lesson_id: UUID, values: dict[str, str], wrong: dict[str, str]) -> str:
    found = story(lesson_id)
    lesson = LessonWithStory.told(*found)
    endorsed = [UUID(each["project_id"]) for each in found.row["endorsements"]]
    came_from = request.values.get(_FOR, type=UUID)
    ids = [*(each.project_id for each in lesson.carried_to), *endorsed, *filter(None, [came_from])]
    # The log borrows a connection of its own: requests that held two each could wait for one another.
    stands = handlers.latest_successor(deps().log, organisation(), lesson_id) if lesson.leads_to else None
    with deps().pool.connection() as connection:
        names = projects.names(connection, organisation(), ids)
        newest = projects.page(connection, organisation(), before=paging.FROM_THE_NEWEST, limit=_PROJECTS)
        successor = lessons.get(connection, organisation(), stands) if stands else None
    others = [
        (str(row["project_id"]), row["profile"]["name"])
        for row in newest
        if row["project_id"] != lesson.source_project.id
    ]
    return render_template(
        "lessons/page.html",
        lesson=lesson,
        version=_text_version(found.history),
        names=names,
        came_from=came_from,
        way_back=_way_back(lesson_id, came_from, names),
        taken=destinations(newest, came_from, lesson.source_project.id, _adopted_by(lesson)) if may("write") else None,
        endorsements=found.row["endorsements"],
        others=others,
        successor=Lesson.of(successor) if successor else None,
        values=values,
        wrong=wrong,
        steps=_STEPS,
    )


def _way_back(lesson_id: UUID, came_from: UUID | None, names: Mapping[UUID, str]) -> tuple[str, str] | None:
    """Return where one came from, as the lesson's address says, and what the way back there is called."""
    asked: dict[str, Any] = searched_for(request.args)
    here = f"lesson-{lesson_id}"
    if "q" in asked:
        return url_for("web_search.page", **asked), _("Back to the search")
    if "map" in request.args:
        return url_for("web_learned.on_the_map", _anchor=here), _("Back to the map")
    if came_from and came_from in names:
        back = url_for("web_projects.page", project_id=came_from, _anchor=here)
        return back, _("Back to %(name)s", name=names[came_from])
    return None


def _adopted_by(lesson: LessonWithStory) -> set[UUID]:
    return {each.project_id for each in lesson.carried_to if each.verdict == "adopted"}


_STEPS = {
    "lesson_drawn": lambda: _("Learned"),
    "lesson_revised": lambda: _("Said better"),
    "lesson_endorsed": lambda: _("Another project went through the same"),
    "merge_proposed": lambda: _("It seemed to say the same as another one"),
    "merge_declined": lambda: _("It is not the same as the other one"),
    "lesson_merged": lambda: _("It lives on in another one that says the same"),
    "lesson_superseded": lambda: _("Newer advice took its place"),
    "lesson_retired": lambda: _("It holds no more"),
    "lesson_restored": lambda: _("It stands again"),
}
"""What each step of a lesson's life is called."""
