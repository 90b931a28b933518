"""``?as_of=``: answers from the log as it was at an earlier position or time."""

from datetime import datetime
from typing import Annotated

from flask import g
from pydantic import Field, PlainValidator, TypeAdapter, ValidationError, WithJsonSchema

from hardwon.projections.as_of import resolve
from hardwon_api.context import deps, organisation
from hardwon_api.models import Moment
from hardwon_api.parameters import Query

_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
_LONGEST_POSITION = len(str(2**62))


def _position_or_time(value: object) -> int | datetime:
    text = str(value)
    if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_POSITION:
        return int(text)
    try:
        return _MOMENT.validate_python(text)
    except ValidationError:
        raise ValueError(
            f"must be a log position, as 42, or an RFC 3339 time with its offset, as 2026-11-23T16:00:00Z; {text[:50]!r} "
            "is neither (in an address the + of an offset is written %2B)"
        ) from None


PositionOrTime = Annotated[
    int | datetime,
    PlainValidator(_position_or_time),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "format": "date-time"}]}),
]


class AsOfQuery(Query):
    """As of when to answer."""

    as_of: PositionOrTime | None = Field(
        None, description="a log position or a time: answer from the log as it then was, instead of as it now is"
    )


def position_asked(query: AsOfQuery) -> int | None:
    """Return the log position to answer as of, and say it in the answer's headers; None where the query asks for now."""
    if query.as_of is None:
        return None
    found = resolve(deps().log, organisation(), query.as_of)
    g.position = found.position
    if found.recorded_at:
        g.recorded_at = found.recorded_at
    return found.position
