"""``?as_of=``: answers from the log as it was at an earlier position or time."""

from flask import g

from hardwon.projections.as_of import resolve
from hardwon_api.context import deps, organisation
from hardwon_api.models import AsOfQuery


def position_asked(query: AsOfQuery) -> int | None:
    """Return the log position to answer as of, and say it in the answer's headers; None where the query asks for now."""
    if query.as_of is None:
        return None
    found = resolve(deps().log, organisation(), query.as_of)
    g.position = found.position
    if found.recorded_at:
        g.recorded_at = found.recorded_at
    return found.position
