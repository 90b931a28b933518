"""Search: as you type, by meaning and by words, with the matching passage marked; the address holds all that was asked.

What is close stands before what is only nearest, and a line says where nothing is close.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import NamedTuple
from uuid import UUID

from flask import Response, make_response, render_template, request

from hardwon import themes
from hardwon.domain.errors import Busy, Invalid
from hardwon.projections import members, projects
from hardwon_api.answers import FoundLesson
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import needs
from hardwon_api.queries import search
from hardwon_api.queries.search import SearchQuery
from hardwon_api.web.pages import ASKED_AFTER, asks_after, asks_again, blueprint, is_part, part, read
from hardwon_api.web.translating import gettext as _

pages = blueprint("search")
_ASKED = ("q", "kind", "team", "theme", "from", "to")
_SHOWING = ("all", "project")
"""What an address says beside that: to show what is further away too, and the project for which somebody searches."""
_MOST = 20
_NEAR = 3
"""So many lessons that do not come close are shown: one may hold just the word that was meant. The rest is there for whoever wants it."""
_BEFORE = 90
"""Characters shown before a passage that stands deep in a text."""


class Marked(NamedTuple):
    """A text with its matching passage."""

    before: str
    passage: str
    after: str


@pages.get("/search")
@needs("read")
def page() -> Response:
    """Show what was found, with the filters; to htmx only what was found, under the address by which it can be found again.

    Where many ask, and no worker answers in time, the page says so, and asks again by itself, a few times.
    """
    asked = searched_for(request.args)
    sought = {name: value for name, value in asked.items() if name in _ASKED}
    busy = False
    try:
        found, wrong = _found(sought)
    except Busy:
        found, wrong, busy = [], {}, True
    close, further = ([each for each in found if each.close is wanted] for wanted in (True, False))
    near = further if "all" in asked else further[:_NEAR]
    told = {"asked": asked, "wrong": wrong, "narrowed": len(sought.keys() - {"q"})}
    told |= {"busy": busy, "again": asks_again(), "after": asks_after()}
    shown = told | {"close": close, "near": near, "further": further}
    if is_part():
        answer = part(render_template("search/_results.html", **shown, as_part=True), asked)
    else:
        answer = make_response(render_template("search/page.html", **shown, **_choices(), searcher=_searcher()))
    if busy:
        answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        answer.headers["Retry-After"] = str(ASKED_AFTER)
    return answer


def searched_for(args: Mapping[str, str]) -> dict[str, str]:
    """Return what an address says of a search, its own or that of a page that leads back to it."""
    return {name: value for name in (*_ASKED, *_SHOWING) if (value := args.get(name, "").strip())}


def _searcher() -> tuple[UUID, str] | None:
    """Return the project for which somebody searches, and its name."""
    project_id = request.args.get("project", type=UUID)
    if project_id is None:
        return None
    with deps().pool.connection() as connection:
        name = projects.names(connection, organisation(), [project_id]).get(project_id)
    return (project_id, name) if name else None


def _choices() -> dict[str, list[tuple[str, str]]]:
    """Return what a search can be narrowed to, with the words for it."""
    with deps().pool.connection() as connection:
        teams, known = members.teams(connection, organisation()), themes.words(connection, organisation())
    return {
        "teams": [(row["name"], row["name"]) for row in teams],
        "themes": [(theme, name_of(words)) for theme, words in sorted(known.items())],
    }


def name_of(words: Sequence[str]) -> str:
    """Return what people call a theme."""
    return " · ".join(words)


def _found(asked: dict[str, str]) -> tuple[list[FoundLesson], dict[str, str]]:
    """Return what was found, and what is wrong with what was asked, by field."""
    if "q" not in asked:
        return [], {}
    query, wrong = read(SearchQuery, asked | {"limit": _MOST})
    if query is None:
        return [], wrong
    try:
        return search.found(query), {}
    except Invalid as error:
        theme = _("This theme is gone: themes are found anew when enough is new. Choose another one.")
        told = {"/theme": theme, "/from": _("These days are in the wrong order.")}
        return [], {error.field.strip("/"): told[error.field]}


def marked(found: FoundLesson, name: str) -> Marked:
    """Return a text of a lesson that was found, with the passage if that is in it; cut before a passage that stands deep in it."""
    text: str = getattr(found.lesson, name)
    if found.passage_in != name or found.passage_at is None:
        return Marked(text, "", "")
    start, end = found.passage_at, found.passage_at + len(found.passage)
    before = text[:start]
    if len(before) > _BEFORE:
        before = f"… {before[-_BEFORE:].partition(' ')[2]}"
    return Marked(before, found.passage, text[end:])


@pages.app_context_processor
def _shared() -> dict[str, object]:
    return {"marked": marked}
