"""Telling readers of the feed which history they read: the positions of a restored log may hold other events than before."""

from hardwon.log import epoch
from hardwon_api.context import deps, organisation
from hardwon_api.problems import Refusal

HEADER = "Hardwon-Epoch"


def check(after: int) -> str:
    """Return the log's epoch; refuse a position that this log has not reached: who read so far has read another one."""
    with deps().pool.connection() as connection:
        found = epoch.current(connection, organisation())
    head = deps().log.head(organisation()).position
    if after > head:
        detail = f"after: this log ends at position {head}. An older one was restored since you read it: read it from its start."
        raise Refusal(409, "another-log", detail, headers={HEADER: str(found)})
    return str(found)
