"""What we learned: a page to project on the wall, and a map of lessons to walk about in."""

from itertools import takewhile
from typing import Any

from flask import Response, make_response, render_template, request

from hardwon import themes as found_themes
from hardwon.domain.errors import Invalid
from hardwon.projections import members
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import needs
from hardwon_api.queries import insights, themes
from hardwon_api.queries.insights import Learning, LearningQuery
from hardwon_api.queries.themes import ThemesQuery
from hardwon_api.web.charts import SMALL, WALL, by_month, charts
from hardwon_api.web.map_of_lessons import SCREENS, legend, named
from hardwon_api.web.pages import blueprint, is_part, part, read
from hardwon_api.web.search import name_of
from hardwon_api.web.telling import number
from hardwon_api.web.translating import gettext as _
from hardwon_api.web.translating import ngettext

pages = blueprint("learned")
_ASKED = ("from", "to", "team")
_CARRIED = 5


@pages.get("/learned")
@needs("read")
def page() -> Response:
    """Show themes over time, what came back, what became of suggestions, and what was carried furthest."""
    asked = {name: value for name in _ASKED if (value := request.args.get(name, "").strip())}
    found, wrong = _found(asked)
    shown = {"asked": asked, "wrong": wrong, "name_of": name_of, **found}
    if is_part():
        return part(render_template("learned/_learned.html", **shown), asked)
    with deps().pool.connection() as connection:
        teams = [(row["name"], row["name"]) for row in members.teams(connection, organisation())]
    return make_response(render_template("learned/page.html", **shown, teams=teams))


@pages.get("/learned/map")
@needs("read")
def on_the_map() -> str:
    """Show where lessons lie beside each other, as a map and as a list."""
    mapped = themes.mapped()
    with deps().pool.connection() as connection:
        words = found_themes.words(connection, organisation())
    shown = legend(mapped.items, words)
    names = {name: named(shown, screen) for name, screen in SCREENS.items()}
    return render_template("learned/map.html", mapped=mapped, shown=shown, names=names, screens=SCREENS)


def _found(asked: dict[str, str]) -> tuple[dict[str, Any], str]:
    """Return what the page shows, and what is wrong with what was asked."""
    themes_of, wrong = read(ThemesQuery, asked)
    learning_of, _wrong = read(LearningQuery, asked)
    if themes_of is None or learning_of is None:
        return {}, next(iter(wrong.values()))
    try:
        listed, learning = themes.listed(themes_of), insights.in_all(learning_of)
    except Invalid:
        return {}, _("These months are in the wrong order.")
    (of_all,) = charts([by_month(month for each in listed.items for month in each.months)], WALL)
    of_each = charts([each.months for each in listed.items], SMALL)
    return {
        "listed": listed,
        "of_all": of_all,
        "with_charts": list(zip(listed.items, of_each, strict=True)),
        "learning": learning,
        "came_again": _came_again(learning),
        "carried": themes.furthest(_CARRIED),
    }, ""


def _came_again(learning: Learning) -> list[tuple[str, str]]:
    """Return what came again and how much of it was known, told and adopted: each a part of the one before, none behind a nothing."""
    if not learning.points:
        return [(_("Nothing"), _("has gone wrong yet"))]
    again = ngettext(
        "came again, of the one thing that went wrong",
        "came again, of %(num)s things that went wrong",
        learning.points,
        num=number(learning.points),
    )
    steps = [
        (learning.recurrences.count, again),
        (learning.known.count, _("of these we knew already, from a lesson")),
        (learning.repeat_after_warning.count, _("of these we had told the project before")),
        (learning.adopted_before.count, _("of these the project had even adopted")),
    ]
    told = list(takewhile(lambda step: step[0], steps))
    nothing = _("None") if told else _("Nothing")
    return [(number(count) if count else nothing, words) for count, words in steps[: len(told) + 1]]
