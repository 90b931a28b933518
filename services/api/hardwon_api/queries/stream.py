"""The log live, as Server-Sent Events. A stream that breaks off is taken up again where it ended, by Last-Event-ID."""

import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from uuid import UUID

from flask import Response, request

from hardwon.log.wire import StoredEvent
from hardwon.ports import Log
from hardwon.tokens import Principal
from hardwon_api import epochs
from hardwon_api.context import credentials, deps, organisation, principal
from hardwon_api.documenting import blueprint, live, needs
from hardwon_api.parameters import StreamQuery
from hardwon_api.people import cloudevent

api = blueprint("stream", __name__)

_POLL = 0.25  # seconds between two looks at the head row
_HEARTBEAT = 2.0  # seconds of silence after which a comment is sent: proxies do not close the stream, and a reader who left is noticed
_CHECK = 5.0  # seconds for which a token that was revoked meanwhile can still listen
_PAGE = 200
Told = Callable[[StoredEvent], str | None]
"""What a stream says of an event, as Server-Sent Events are written; None where it says nothing."""


@api.get("/stream", responses={200: {"content": {"text/event-stream": {}}}}, operation_id="stream_events")
@needs("read")
@live
def stream(query: StreamQuery) -> Response:
    """Follow the log live: each event as a CloudEvent, its position as the id of the Server-Sent Event.

    Starts with what happens from now on, or behind `after`, or behind the `Last-Event-ID` that a browser sends when it resumes.
    """
    return follow(query.after, partial(_told, asking=principal()))


def follow(after: int | None, told: Told) -> Response:
    """Return the stream of what ``told`` says of each event behind ``after``, or behind what the browser saw last."""
    log, id_ = deps().log, organisation()
    last_seen = request.headers.get("Last-Event-ID", "")
    if last_seen.isdecimal() and last_seen.isascii() and len(last_seen) < 19:  # noqa: PLR2004
        after = int(last_seen)
    start = log.head(id_).position if after is None else max(after, 0)
    epoch = epochs.check(start)
    headers = {
        "Cache-Control": "no-store",
        "X-Accel-Buffering": "no",
        "Hardwon-Position": str(start),
        epochs.HEADER: epoch,
    }
    response = Response(_events(log, id_, start, told, _still_valid()), mimetype="text/event-stream", headers=headers)
    return deps().streams.hold(principal().counted_as, response)


def _told(stored: StoredEvent, asking: Principal) -> str:
    data = json.dumps(cloudevent(stored, asking), ensure_ascii=False)
    return f"id: {stored.position}\nevent: {stored.type}\ndata: {data}\n\n"


def _still_valid() -> Callable[[], bool]:
    """Return what tells whether the token that opened the stream is still good for it."""
    check = credentials()

    def valid() -> bool:
        asking = check()
        return asking is not None and "read" in asking.scopes

    return valid


def _events(
    log: Log,
    organisation_id: UUID,
    position: int,
    told: Told,
    still_valid: Callable[[], bool],
) -> Iterator[str]:
    """Yield what is appended behind ``position`` while the token is good; no database connection is held between two looks."""
    yield ": following\n\n"
    spoke = checked = time.monotonic()
    while True:
        if time.monotonic() - checked > _CHECK:
            if not still_valid():
                return
            checked = time.monotonic()
        if log.head(organisation_id).position > position:
            for stored in log.read(organisation_id, after=position, limit=_PAGE):
                position = stored.position
                if said := told(stored):
                    yield said
                    spoke = time.monotonic()
        elif time.monotonic() - spoke > _HEARTBEAT:
            yield ": still here\n\n"
            spoke = time.monotonic()
        else:
            time.sleep(_POLL)
