"""The way through the pages. An author adds a line here for a page that everybody should find."""

from typing import NamedTuple

from flask import Flask, request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from hardwon.domain.values import Scope
from hardwon.projections import members
from hardwon_api.context import asking, deps, organisation
from hardwon_api.web.translating import gettext

_NAMED = 3
"""So many administrators are named to whoever needs one."""


class Entry(NamedTuple):
    """A page in the bar at the top."""

    endpoint: str
    words: LazyString
    scope: Scope = "read"


ENTRIES = (
    Entry("web_home.page", _("Projects")),
    Entry("web_retrospectives.listing", _("Retrospectives")),
    Entry("web_search.page", _("Search")),
    Entry("web_learned.page", _("What we learned")),
    Entry("web_admin.members", _("Admin"), "administer"),
)


def entries() -> list[tuple[Entry, bool]]:
    """Return what whoever asks may open, and whether he is there already."""
    known = asking()
    blueprint = request.blueprint
    return [
        (entry, entry.endpoint.partition(".")[0] == blueprint)
        for entry in ENTRIES
        if known and entry.scope in known.scopes
    ]


def may(scope: Scope) -> bool:
    """Tell a template whether whoever asks may do that."""
    known = asking()
    return known is not None and scope in known.scopes


def administrators() -> str:
    """Tell a template who the administrators are, a few by name, for whoever is to ask one; nothing where none has a name."""
    with deps().pool.of(organisation()) as connection:  # whoever is refused is not at work for the organisation yet
        names = members.administrators(connection, organisation(), limit=_NAMED)
    return gettext("Administrators here: %(names)s.", names=", ".join(names)) if names else ""


def register(app: Flask) -> None:
    app.jinja_env.globals.update(navigation=entries, may=may, administrators=administrators)
