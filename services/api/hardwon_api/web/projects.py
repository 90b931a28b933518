"""A project: what it is, what happened in it, and what it was suggested, now or on any day before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from uuid import UUID

from flask import render_template, request

from hardwon.domain.errors import NotFound
from hardwon.domain.events import ProjectProfileChanged, ProjectRegistered, RetrospectiveHeld
from hardwon.log.wire import StoredEvent, type_of
from hardwon.projections import as_of, lessons, projects
from hardwon.projections.following import Row
from hardwon.projections.recommendations import FOLDED
from hardwon_api import paging
from hardwon_api.answers import Lesson, Project
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import needs
from hardwon_api.suggesting import Recommendations
from hardwon_api.web.before import adopted_of
from hardwon_api.web.pages import blueprint, is_part
from hardwon_api.web.suggestions import Card, Shown, cards_now, cards_then, nearest

pages = blueprint("projects")
_LESSONS = 50
_HELD = type_of(RetrospectiveHeld)


@dataclass(frozen=True, slots=True)
class Past:
    """The moments at which something changed for the project, and what is shown: as it was by then, or as it is now (None)."""

    moments: list[StoredEvent]
    at: datetime | None = None
    position: int | None = None
    day: date | None = None
    """The day that was asked for, at whose end it was so."""

    @property
    def is_too_early(self) -> bool:
        """Tell whether the project was not registered yet."""
        return self.position is not None and self.position < self.moments[0].position

    def told(self, events: Iterable[StoredEvent]) -> list[StoredEvent]:
        """Return those of the events that were recorded by then."""
        return [each for each in events if self.position is None or each.position <= self.position]

    @property
    def step(self) -> int:
        """Where the slider stands: at the last of the moments that is shown."""
        if self.position is None:
            return len(self.moments) - 1
        return max(sum(each.position <= self.position for each in self.moments) - 1, 0)


class Meeting(NamedTuple):
    id: UUID
    title: str
    day: str


@pages.get("/projects/<uuid:project_id>")
@needs("read")
def page(project_id: UUID) -> str:
    """Show the project; with ``?step=`` or ``?day=`` as it was by then, with ``?all=`` all that it was suggested at once.

    To htmx only the next cards, behind so many as ``?beyond=`` says.
    """
    with deps().pool.connection() as connection:
        row = projects.get(connection, organisation(), project_id)
        if row is None:
            raise NotFound("project", project_id)
        newest = paging.FROM_THE_NEWEST
        drawn = lessons.page(connection, organisation(), before=newest, limit=_LESSONS, project_id=project_id)
    head = deps().log.head(organisation()).position
    told = deps().log.read_about(organisation(), "project", [project_id], (*FOLDED, RetrospectiveHeld), head)
    past = _past([each for each in told if each.type != _HELD])
    beyond = max(request.args.get("beyond", 0, type=int), 0) if is_part() else 0
    found, cards = _suggested(project_id, past, Shown(beyond, "all" in request.args))
    suggested = {
        "project_id": project_id,
        "found": found,
        "cards": cards,
        "shown": beyond + len(cards),
        "then": past.at,
        "as_of": past.position,
        "asked": {name: asked for name in ("step", "day") if (asked := request.args.get(name))},
    }
    if is_part():
        return render_template("projects/_rest.html", **suggested)
    by_then = past.told(told)
    return render_template(
        "projects/page.html",
        project=_as_it_was(row, past),
        phases=_phases(by_then),
        meetings=_meetings(by_then),
        drawn=[Lesson.of(each) for each in drawn],
        past=past,
        head=head,
        adopted=adopted_of(found),
        nearest=nearest(found, cards),
        **suggested,
    )


def _past(moments: list[StoredEvent]) -> Past:
    day = request.args.get("day", type=datetime.fromisoformat)
    step = request.args.get("step", type=int)
    if day:
        end = min(datetime.combine(day.date(), time.max, UTC), datetime.now(UTC))
        found = as_of.resolve(deps().log, organisation(), end)
        return Past(moments, end, found.position, day.date())
    if step is None or not 0 <= step < len(moments) - 1:
        return Past(moments)
    return Past(moments, moments[step].recorded_at, moments[step].position)


def _as_it_was(row: Row, past: Past) -> Project:
    """Return the project in its profile of then: whoever looks back reads nothing that was said of it later."""
    if past.position is None:
        return Project.of(row)
    id_, until = row["project_id"], max(past.position, past.moments[0].position)  # before it was there: as it began
    return Project.of(row | {"profile": projects.profiles_as_of(deps().log, organisation(), [id_], until)[id_]})


def _suggested(project_id: UUID, past: Past, shown: Shown) -> tuple[Recommendations, list[Card]]:
    """Return what the project was suggested, by then or by now, and the cards of what is shown of it."""
    if past.position is None:
        return cards_now(project_id, shown)
    if past.is_too_early:
        return Recommendations(project_id=project_id, state="ready", position=past.position), []
    return cards_then(project_id, past.position, shown)


def _phases(told: Iterable[StoredEvent]) -> list[tuple[str, datetime]]:
    """Return the phases that the project went through, and since when each."""
    found: list[tuple[str, datetime]] = []
    for stored in told:
        event, phase = stored.event, ""
        if isinstance(event, ProjectRegistered):
            phase = event.profile.phase
        elif isinstance(event, ProjectProfileChanged):
            phase = str(event.changes.get("phase") or "")
        if phase:
            found.append((phase, stored.occurred_at))
    return found


def _meetings(told: Iterable[StoredEvent]) -> list[Meeting]:
    """Return its retrospectives, the one held last first, whenever it was recorded."""
    found = [
        Meeting(
            each.event.retrospective_id, each.event.title, each.event.held_on or each.occurred_at.date().isoformat()
        )
        for each in told
        if isinstance(each.event, RetrospectiveHeld)
    ]
    return sorted(found, key=lambda each: each.day, reverse=True)
