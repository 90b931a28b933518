"""Taking a lesson that one found into a project of one's own: it is brought there, and adopted, with one press."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from hardwon import handlers
from hardwon.domain.commands import BringLesson, GiveFeedback, PutBackLesson
from hardwon.domain.events import ProjectRegistered
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Sought, StoredEvent, type_of
from hardwon.projections import projects
from hardwon.projections.following import Row
from hardwon_api import paging
from hardwon_api.context import deps, metadata, organisation, principal, recorded
from hardwon_api.documenting import needs
from hardwon_api.models import Body, Id
from hardwon_api.problems import Refusal
from hardwon_api.web.pages import blueprint, read, settle
from hardwon_api.web.suggestions import to_card
from hardwon_api.web.telling import goes_on

pages = blueprint("bringing")
_OWN = 20
"""So many projects that a member began lately stand first."""


class Destination(Body):
    """The project that a lesson is brought to."""

    project_id: Id


@pages.post("/lessons/<uuid:lesson_id>/bring")
@needs("write")
def bring(lesson_id: UUID) -> Response:
    """Bring the lesson to a project that will do what it says; pressed again, what is missing is made good."""
    chosen, _wrong = read(Destination, {"project_id": request.form.get("project_id", "")})
    if chosen is None:
        raise Refusal(422, "invalid", "Choose a project.")
    log, organisation_id, ids = deps().log, organisation(), (chosen.project_id, lesson_id)
    brought = handlers.bring_lesson(log, organisation_id, BringLesson(*ids), Request(new_id(), metadata()))
    adopted = GiveFeedback(*ids, "adopted", "")
    said = handlers.give_feedback(log, organisation_id, adopted, Request(new_id(), metadata()))
    _seen(said or brought)
    return to_card(*ids)


@pages.post("/projects/<uuid:project_id>/recommendations/<uuid:lesson_id>/put-back")
@needs("write")
def put_back(project_id: UUID, lesson_id: UUID) -> Response:
    """Put a lesson back that was brought to this project and was not meant to be, with the answer that bringing it gave; and say so."""
    command, by = PutBackLesson(project_id, lesson_id), Request(new_id(), metadata())
    if stored := handlers.put_back_lesson(deps().log, organisation(), command, by):
        _seen(stored)
        # Another project's page, opened meanwhile, must not say so.
        flash(str(lesson_id), f"put back from {project_id}")
    return redirect(url_for("web_projects.page", project_id=project_id))


@pages.post("/projects/<uuid:project_id>/recommendations/<uuid:lesson_id>/bring-back")
@needs("write")
def bring_back(project_id: UUID, lesson_id: UUID) -> Response:
    """Bring back what was just put back, and no more: the answer went with it, and whoever brings it back gives none."""
    command, by = BringLesson(project_id, lesson_id), Request(new_id(), metadata())
    _seen(handlers.bring_lesson(deps().log, organisation(), command, by))
    return to_card(project_id, lesson_id)


def _seen(stored: StoredEvent | None) -> None:
    """Have the page that comes show what was recorded, if anything was."""
    if stored:
        recorded(stored.position)
        settle(stored.position, "recommendations", "lessons")


class Destinations(NamedTuple):
    """Projects as (id, name), those first that this member began."""

    open: list[tuple[str, str]]
    """They go on, and the lesson can be brought to them."""
    adopted: list[tuple[str, str]]
    """They are this member's, or the one that somebody came from, and do what it says already."""


def destinations(newest: list[Row], came_from: UUID | None, source: UUID, adopted: Collection[UUID]) -> Destinations:
    """Return where a lesson of the project ``source`` can be brought: to one's own and the newest projects.

    The one that somebody came from is among them, however old it is.
    """
    begun = Sought(principal().actor, frozenset({type_of(ProjectRegistered)}))
    own = [
        UUID(stored.data["project_id"])
        for stored in deps().log.read_back(organisation(), paging.FROM_THE_NEWEST, _OWN, begun)
    ]
    known = {row["project_id"]: row["profile"] for row in newest}
    with deps().pool.connection() as connection:
        known |= projects.profiles(connection, organisation(), [*own, *filter(None, [came_from])])
    in_order = [id_ for id_ in dict.fromkeys([*own, *known]) if id_ in known and id_ != source]
    ours = [id_ for id_ in in_order if id_ in adopted and id_ in {*own, came_from}]
    others = [id_ for id_ in in_order if id_ not in adopted and goes_on(known[id_].get("ended_on"))]
    return Destinations(*([(str(id_), known[id_]["name"]) for id_ in ids] for ids in (others, ours)))
