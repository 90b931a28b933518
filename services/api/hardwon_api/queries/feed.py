"""The log as a feed: every event since a position, as CloudEvents."""

from typing import Any

from flask import Response, g, jsonify

from hardwon_api import epochs
from hardwon_api.answers import Feed
from hardwon_api.context import deps, organisation, principal
from hardwon_api.documenting import blueprint, needs
from hardwon_api.paging import link_next
from hardwon_api.parameters import FeedQuery
from hardwon_api.people import cloudevent

api = blueprint("feed", __name__)


@api.get("/events", responses={200: Feed}, operation_id="read_events")
@needs("read")
def events(query: FeedQuery) -> Response:
    """Read the log from behind a position on, in its order, as CloudEvents 1.0. No event can be missed.

    The header `Hardwon-Epoch` names the log's history. If it is another one than before, an older log was restored: read it from its start.
    """
    epoch = epochs.check(query.after)
    page = deps().log.read(organisation(), after=query.after, limit=query.limit)
    position = page[-1].position if page else query.after
    head = deps().log.head(organisation()).position
    more = position if position < head and page else None
    g.position = head
    body: dict[str, Any] = {
        "items": [cloudevent(each, principal()) for each in page],
        "position": position,
        "next": more,
    }
    response = jsonify(body)
    response.headers[epochs.HEADER] = epoch
    if more is not None:
        link_next(response, after=more)
    return response
