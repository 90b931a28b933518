"""The log live, as Server-Sent Events. A stream that breaks off is taken up again where it ended, by Last-Event-ID."""

import json
import time
from collections.abc import Iterator
from uuid import UUID

from flask import Response, request

from hardwon.log.wire import to_cloudevent
from hardwon.ports import Log
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import blueprint
from hardwon_api.models import StreamQuery

api = blueprint("stream", __name__)

_POLL = 0.25  # seconds between two looks at the head row
_HEARTBEAT = 10.0  # seconds of silence after which a comment keeps proxies from closing the stream
_PAGE = 200


@api.get("/stream", responses={200: {"content": {"text/event-stream": {}}}}, operation_id="stream_events")
def stream(query: StreamQuery) -> Response:
    """Follow the log live: each event as a CloudEvent, its position as the id of the Server-Sent Event.

    Starts with what happens from now on, or behind `after`, or behind the `Last-Event-ID` that a browser sends when it resumes.
    """
    log, id_ = deps().log, organisation()
    last_seen = request.headers.get("Last-Event-ID", "")
    after = int(last_seen) if last_seen.isdecimal() and last_seen.isascii() and len(last_seen) < 19 else query.after  # noqa: PLR2004
    start = log.head(id_).position if after is None else after
    streams, token = deps().streams, request.headers["Authorization"]
    streams.take(token)  # here and not in the generator: a refusal must still be able to be an answer
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Hardwon-Position": str(start)}
    response = Response(_events(log, id_, start), mimetype="text/event-stream", headers=headers)
    response.call_on_close(lambda: streams.give_back(token))
    return response


def _events(log: Log, organisation_id: UUID, position: int) -> Iterator[str]:
    """Yield what is appended behind ``position``, for ever; no database connection is held between two looks."""
    yield ": following\n\n"
    spoke = time.monotonic()
    while True:
        if log.head(organisation_id).position > position:
            for stored in log.read(organisation_id, after=position, limit=_PAGE):
                position = stored.position
                data = json.dumps(to_cloudevent(stored), ensure_ascii=False)
                yield f"id: {position}\nevent: {stored.type}\ndata: {data}\n\n"
            spoke = time.monotonic()
        elif time.monotonic() - spoke > _HEARTBEAT:
            yield ": still here\n\n"
            spoke = time.monotonic()
        else:
            time.sleep(_POLL)
