"""The log: all that ever happened, the newest first, for the curious and for auditors."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import MAXYEAR, UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hardwon import long_work, tokens
from hardwon.domain.errors import NotFound
from hardwon.log.wire import Sought, StoredEvent
from hardwon.projections import members, projects
from hardwon.projections.following import Row
from hardwon_api import paging, people
from hardwon_api.context import deps, organisation, principal
from hardwon_api.documenting import live, needs
from hardwon_api.queries import stream
from hardwon_api.web.happenings import GROUPS, SENTENCES, known_to, sentence
from hardwon_api.web.pages import blueprint, page_asked

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

pages = blueprint("log")
_EVENTS = 25
_CHOICES = 100  # projects and members that a filter offers, the newest: others are found through an event of theirs
_MOST_NEW = 99
_EXPORTED = 500  # events that an export reads at a time


class Filters(NamedTuple):
    """What is looked for, as the address says it."""

    sought: Sought
    before: int
    given: dict[str, str]
    """The parameters that were understood."""


@pages.get("/log")
@needs("read")
def page() -> str:
    """Show a page of events, and what is known of the log's proof."""
    filters, query = _filters(request.args), page_asked(_EVENTS)
    log, id_ = deps().log, organisation()
    head = log.head(id_)
    before = min(paging.before(query), filters.before)
    found = log.read_back(id_, before, _EVENTS + 1, filters.sought)
    next_ = paging.next_cursor([{"position": each.position} for each in found], _EVENTS)
    with deps().pool.connection() as connection:
        known = known_to(connection, id_, found)
        choices = {
            "projects": projects.page(connection, id_, before=paging.FROM_THE_NEWEST, limit=_CHOICES),
            "members": members.page(connection, id_, before=paging.FROM_THE_NEWEST, limit=_CHOICES),
            "tokens": tokens.every(connection, id_),
        }
        proof = long_work.every(connection, id_).get(long_work.VERIFY)
    events = [(each, sentence(each, known), known.actor(each.metadata["actor"])) for each in found[:_EVENTS]]
    told: dict[str, Any] = {"events": events, "next": next_, "head": head, "groups": GROUPS, "proof": proof}
    return render_template("log/page.html", given=filters.given, first=query.cursor is None, **choices, **told)


@pages.get("/log/<int:position>")
@needs("read")
def event(position: int) -> str:
    """Show one event as it stands in the log, with what chains it to the one before."""
    stored = _at(position)
    asked = {"event": stored, "json": _as_json(stored), "before": None if position == 1 else _at(position - 1)}
    if request.headers.get("HX-Request"):
        return render_template("log/_raw.html", **asked)
    with deps().pool.connection() as connection:
        known = known_to(connection, organisation(), [stored])
    said, actor = sentence(stored, known), known.actor(stored.metadata["actor"])
    last = deps().log.head(organisation()).position == position
    return render_template("log/event.html", said=said, actor=actor, last=last, **asked)


@pages.get("/log/new")
@needs("read")
def new() -> str:
    """Count what happened since the page was made: part of it, which asks again when something happens."""
    filters = _filters(request.args)
    after = request.args.get("after", 0, type=int)
    since = replace(filters.sought, after=max(after, filters.sought.after))
    count = len(deps().log.read_back(organisation(), filters.before, _MOST_NEW + 1, since))
    return render_template("log/_new.html", count=count, most=_MOST_NEW, given=filters.given)


@pages.get("/log/live")
@needs("read")
@live
def follow() -> Response:
    """Follow what is looked for: a sign for each event, and no word of what it says."""
    sought = _filters(request.args).sought

    def told(stored: StoredEvent) -> str | None:
        return f"id: {stored.position}\nevent: change\ndata: {stored.type}\n\n" if sought.holds(stored) else None

    return stream.follow(request.args.get("after", type=int), told)


@pages.get("/log/proof")
@needs("read")
def proof() -> str:
    """Tell how far the log is verified: part of the page, which asks again while it is under way."""
    return render_template("log/_proof.html", proof=_proof(), head=deps().log.head(organisation()))


@pages.post("/log/verify")
@needs("curate")
def verify() -> AnyResponse:
    """Ask a worker to walk the log."""
    with deps().pool.connection() as connection:
        long_work.ask(connection, organisation(), long_work.VERIFY)
    deps().hints.send(organisation())
    return redirect(url_for("web_log.page", _anchor="proof"))


@pages.get("/log/export")
@needs("read")
def export() -> Response:
    """Give out what is looked for as CloudEvents, one a line, the oldest first."""
    filters, asking = _filters(request.args), principal()
    log, id_ = deps().log, asking.organisation_id
    end = min(filters.before, log.head(id_).position + 1)

    def lines() -> Iterator[str]:
        position = filters.sought.after
        while position + 1 < end:
            for stored in log.read(id_, position, min(_EXPORTED, end - 1 - position)):
                position = stored.position
                if filters.sought.holds(stored):
                    yield json.dumps(people.cloudevent(stored, asking), ensure_ascii=False) + "\n"

    named = {"Content-Disposition": f'attachment; filename="hardwon-log-{end - 1}.ndjson"'}
    return deps().streams.hold(asking.counted_as, Response(lines(), mimetype="application/x-ndjson", headers=named))


def _proof() -> Row | None:
    with deps().pool.connection() as connection:
        found = long_work.every(connection, organisation()).get(long_work.VERIFY)
    if found and found["under_way"]:
        deps().hints.send(organisation())  # what got lost with Redis goes on for as long as somebody watches
    return found


def _at(position: int) -> StoredEvent:
    found = deps().log.read(organisation(), position - 1, 1) if 0 < position < paging.FROM_THE_NEWEST else []
    if not found:
        raise NotFound("event at position", position)
    return found[0]


def _as_json(stored: StoredEvent) -> str:
    return json.dumps(people.cloudevent(stored, principal()), ensure_ascii=False, indent=2)


def _filters(asked: "MultiDict[str, str]") -> Filters:
    """Return what the address asks for. What cannot be understood is not asked for, and does not stand in the form either."""
    given: dict[str, str] = {}
    types = _types(asked.get("type", ""))
    if types:
        given["type"] = asked["type"]
    if actor := asked.get("actor", "").strip().replace("\x00", "")[:300]:
        given["actor"] = actor
    if project := asked.get("project", type=UUID):
        given["project"] = str(project)
    after, before = 0, paging.FROM_THE_NEWEST
    if since := _day(asked, "since", given):
        after = deps().log.position_at(organisation(), since - timedelta(microseconds=1))
    if until := _day(asked, "until", given):
        before = deps().log.position_at(organisation(), until + timedelta(days=1, microseconds=-1)) + 1
    return Filters(Sought(given.get("actor"), types, project, after), before, given)


def _types(name: str) -> frozenset[str]:
    """Return the types of a group, or the one of this name."""
    return frozenset(GROUPS[name][1] if name in GROUPS else [name] if name in SENTENCES else [])


def _day(asked: Mapping[str, str], name: str, given: dict[str, str]) -> datetime | None:
    try:
        midnight = datetime.strptime(asked.get(name, ""), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
    if not 1 < midnight.year < MAXYEAR:  # the first and the last of all days have none beside them
        return None
    given[name] = midnight.date().isoformat()
    return midnight
