"""Who may change a point of a board: whoever raised it, under a name or in this browser, and whoever curates.

What is raised without a name leads back to nobody in Hardwon. Only the browser keeps which ones were its own, in the cookie of its forms,
until somebody signs out or in.
"""

from uuid import UUID

from flask import session

from hardwon.log.wire import StoredEvent
from hardwon_api.addresses import for_people
from hardwon_api.context import principal

_KEPT = "raised"
_MOST = 30
"""So many of the newest are kept: a cookie holds 4 KB."""


def keep(point_id: UUID) -> None:
    """Let this browser know that it raised the point."""
    session[_KEPT] = [*session.get(_KEPT, ()), point_id.hex][-_MOST:]


def kept(point_id: UUID) -> bool:
    """Tell whether this browser raised the point without a name; of a tool, no cookie says anything."""
    return for_people() and point_id.hex in session.get(_KEPT, ())


def may_change(raised: StoredEvent) -> bool:
    """Tell whether whoever asks may say the point otherwise or take it back, as far as that is a question of who they are."""
    scopes = principal().scopes
    return "write" in scopes and ("curate" in scopes or _is_own(raised) or kept(UUID(raised.data["point_id"])))


def _is_own(raised: StoredEvent) -> bool:
    """Tell whether whoever asks raised it under a name. What was raised without one is nobody's here, also to who raised it."""
    person, asks = raised.metadata.get("person_id"), principal()
    if person or asks.member_id:
        return person == str(asks.member_id)
    return bool(raised.metadata["actor"] == asks.actor)
