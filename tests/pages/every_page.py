"""Every page there is, once. Add a line for yours: it is then looked at by axe and weighed, in both themes, and photographed."""

from dataclasses import dataclass
from typing import Any

import httpx

PAGES = {
    "projects": "/",
    "start-a-project": "/projects/new",
    "project": "/projects/{project}",
    "project-then": "/projects/{project}?step=0",
    "edit-a-project": "/projects/{project}/edit",
    "lesson": "/lessons/{lesson}",
    "account": "/account",
    "sign-in": "/sign-in",
    "search": "/search?q=the+supplier+comes+late",
    "search-nothing-asked": "/search",
    "learned": "/learned",
    "learned-map": "/learned/map",
    "log": "/log",
    "log-event": "/log/2",
    "admin-members": "/admin",
    "admin-tokens": "/admin/tokens",
    "admin-health": "/admin/health",
    "admin-ranker": "/admin/ranker",
    "retrospectives": "/retrospectives",
    "retrospective": "/retrospectives/{meeting}",
    "question": "/retrospectives/{meeting}/points/{point}",
    "not-found": "/there/is/nothing",
}
"""Name, by which its pictures are called, and address; ``{project}`` and ``{lesson}`` stand for the sample's, as do
``{meeting}`` and ``{point}``."""


@dataclass(frozen=True)
class Organisation:
    """The sample organisation, as pages and tools reach it."""

    url: str
    http: httpx.Client
    """With its token, for what a test prepares."""
    project: dict[str, Any]
    """The newest one, which is suggested lessons."""
    lesson: dict[str, Any]
    """The first of them."""
    meeting: dict[str, Any]
    """The board of a retrospective."""


def address(name: str, sample: Organisation) -> str:
    meeting, point = sample.meeting["id"], sample.meeting["points"][0]["id"]
    return PAGES[name].format(project=sample.project["id"], lesson=sample.lesson["id"], meeting=meeting, point=point)
