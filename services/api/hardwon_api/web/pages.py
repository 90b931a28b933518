"""What the modules of the pages share: a blueprint each, reading forms, and seeing what one has just written."""

from collections.abc import Mapping
from dataclasses import replace
from secrets import randbelow
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, request
from pydantic import BaseModel, ValidationError

from hardwon import handlers
from hardwon.handlers import BatchRefused, Request, RetroItem
from hardwon.log.wire import Metadata
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.catching_up import catch_up
from hardwon_api.context import command_request, deps, organisation, recorded
from hardwon_api.paging import before
from hardwon_api.parameters import Page
from hardwon_api.problems import Refusal
from hardwon_api.web.sign_in import local
from hardwon_api.web.translating import gettext as _
from hardwon_api.web.translating import ngettext

_LONGEST_VERSION = 18  # digits
ASKED_AGAIN = 5
"""So often a page asks again by itself what no worker could answer in time."""
ASKED_AFTER = 2
"""Seconds between at least, as the answer's Retry-After says."""
Form = TypeVar("Form", bound=BaseModel)


def blueprint(name: str) -> Blueprint:
    """Return the blueprint of a page: ``url_for("web_<name>.<view>")``."""
    return Blueprint(f"web_{name}", __name__, template_folder="templates")


def is_part() -> bool:
    """Tell whether htmx asks for a part of a page; whoever goes back in the history needs all of it."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def part(html: str, asked: Mapping[str, str]) -> Response:
    """Return a part of a page for htmx, and tell the browser the address under which it can be found again."""
    response = make_response(html)
    response.headers["HX-Replace-Url"] = f"{request.path}?{urlencode(asked)}".rstrip("?")
    return response


def asks_again() -> int | None:
    """Return which time it is that the page asks again by itself next; None where it leaves that to the person who asked."""
    again = max(0, request.values.get("again", 0, type=int))
    return again + 1 if again < ASKED_AGAIN else None


def asks_after() -> int:
    """Return after how many milliseconds: each page after a while of its own, else all that were refused together come together again."""
    return 1_000 * ASKED_AFTER + randbelow(1_000 * ASKED_AFTER)


def decided_on(version: str) -> Request:
    """Return the circumstances of a command that was decided on this version, which its form carries: a newer one is not overwritten."""
    known = int(version) if version.isdecimal() and version.isascii() and len(version) < _LONGEST_VERSION else -1
    return replace(command_request(), expected_version=known)


def settle(position: int, *read_models: str) -> None:
    """Wait until these read models hold what was just written, so that whoever wrote it sees it."""
    catch_up(deps().pool, organisation(), [each for each in PROJECTIONS if each.name in read_models], position)


def record_retro(project_id: UUID, item: RetroItem, by: Metadata) -> int:
    """Record one fact of a retrospective, and return its position; a page tells what is wrong with it, and not with a batch of one."""
    try:
        (stored,) = handlers.record_retro_events(deps().log, organisation(), project_id, [item], by)
    except BatchRefused as refused:
        raise refused.errors[0] from None
    recorded(stored.position)
    return stored.position


def back() -> str:
    """Return the page that a form says it stands on; an address elsewhere is none of ours, and leads home."""
    return local(request.form.get("back"))


def page_asked(limit: int) -> Page:
    """Return which page of a list the address asks for; at a mistyped one there is nothing."""
    try:
        asked = Page(limit=limit, cursor=request.args.get("cursor") or None)
        before(asked)
    except (ValidationError, Refusal):
        abort(404)
    return asked


def read(model: type[Form], values: Mapping[str, Any]) -> tuple[Form | None, dict[str, str]]:
    """Return what a form says as the API's model of it, or else what is wrong, by field and in words for people."""
    try:
        return model.model_validate(values), {}
    except ValidationError as error:
        return None, {str(each["loc"][0]): _wrong(each) for each in error.errors(include_url=False)}


def _wrong(error: Mapping[str, Any]) -> str:
    context = error.get("ctx") or {}
    match error["type"]:
        case "string_too_long":
            return ngettext("At most %(num)d character.", "At most %(num)d characters.", context["max_length"])
        case "too_long":
            return ngettext("At most %(num)d entry.", "At most %(num)d entries.", context["max_length"])
        case "missing" | "value_error" if not error.get("input") or not str(error["input"]).strip():
            return _("Please fill this in.")
        case "greater_than_equal":
            return _("At least %(number)s.", number=context["ge"])
        case "less_than_equal":
            return _("At most %(number)s.", number=context["le"])
        case _:
            return _("This cannot be read. Please look at it once more.")
