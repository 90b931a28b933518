"""Errors as RFC 9457 problem documents: what can go wrong, and what the client is told about it."""

from collections import defaultdict

import structlog
from flask import Flask, Response, g, jsonify, request
from psycopg import OperationalError, ProgrammingError
from psycopg.errors import ReadOnlySqlTransaction, UndefinedColumn, UndefinedTable
from pydantic import BaseModel, Field, ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from hardwon.domain.errors import (
    Conflict,
    EventIdReused,
    HardwonError,
    Invalid,
    NotFound,
    Refused,
    StreamConflict,
    Unavailable,
    WrittenByNewer,
)
from hardwon.handlers import BatchRefused
from hardwon_api.models import pointer

log = structlog.get_logger()


class FieldError(BaseModel):
    """One thing that is wrong."""

    pointer: str = Field(description="JSON pointer into the request's body, or the name of a query parameter")
    detail: str
    line: int | None = Field(None, description="of an NDJSON body, from 1")


class ItemOutcome(BaseModel):
    """What became of one item of a refused batch."""

    index: int
    status: str = Field(description="refused, or accepted: but not recorded, since another item was refused")
    errors: list[FieldError] = []


class Problem(BaseModel):
    """An RFC 9457 problem document."""

    type: str = Field(description="stable; what sort of problem it is")
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None
    items: list[ItemOutcome] | None = None


class Refusal(Exception):
    """The request is refused with a problem document."""

    def __init__(
        self, status: int, type_: str, sentence: str, *, headers: dict[str, str] | None = None, **named: object
    ) -> None:
        """Say it in a sentence, and what that names as ``%(name)s``."""
        self.sentence, self.named, self.detail = sentence, named, sentence % named if named else sentence
        super().__init__(self.detail)
        self.status, self.type, self.headers = status, type_, headers or {}


TITLES = {
    "another-log": "The log is not the one that you read",
    "bad-json": "The body is not JSON",
    "bad-request": "The request cannot be read",
    "conflict": "The request clashes with what is recorded",
    "forbidden": "The token is not good for this",
    "id-reused": "The id is taken by something else",
    "internal": "Something went wrong in Hardwon",
    "invalid": "A value cannot be accepted",
    "method-not-allowed": "This method is not offered here",
    "not-found": "There is no such thing",
    "overloaded": "Too much is asked at a time",
    "payload-too-large": "The body is too large",
    "stale-version": "It has changed since you read it",
    "too-many-requests": "This token asks too often",
    "too-many-streams": "Too many streams",
    "unauthorised": "A valid token is needed",
    "unavailable": "Something that Hardwon needs does not answer",
    "unsupported-media-type": "The body's media type is not supported",
}
"""Every problem type, and its title."""

DOMAIN: dict[type[HardwonError], tuple[int, str]] = {
    Invalid: (422, "invalid"),
    NotFound: (404, "not-found"),
    StreamConflict: (409, "conflict"),
    EventIdReused: (409, "id-reused"),
    Conflict: (409, "conflict"),
    Unavailable: (503, "unavailable"),
    WrittenByNewer: (503, "unavailable"),
}
"""What the domain refuses -> status and problem type; the first that fits."""

_HTTP = {404: "not-found", 405: "method-not-allowed", 413: "payload-too-large", 415: "unsupported-media-type"}
_RETRY = {"Retry-After": "2"}
MOST_TOLD = 1_000
"""Faults told in an answer: one for each event of the longest batch."""


def register(app: Flask) -> None:
    """Make every error of the app a problem document."""
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Unavailable, _refused)
    app.register_error_handler(WrittenByNewer, _refused)
    app.register_error_handler(BatchRefused, _batch_refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(ReadOnlySqlTransaction, _database_away)  # a replica, or an operator's hand on the brake
    app.register_error_handler(UndefinedColumn, _schema_of_another_version)
    app.register_error_handler(UndefinedTable, _schema_of_another_version)
    app.register_error_handler(Exception, _unexpected)


def problem(
    status: int,
    type_: str,
    detail: str,
    *,
    errors: list[FieldError] | None = None,
    items: list[ItemOutcome] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    document = Problem(
        type=f"/problems/{type_}", title=TITLES[type_], status=status, detail=detail, errors=errors, items=items
    )
    response = jsonify(document.model_dump(exclude_none=True))
    response.status_code = status
    response.mimetype = "application/problem+json"
    response.headers.update(headers or {})
    return response


def invalid(error: ValidationError) -> Response:
    """Answer for a body, query or path that its model refuses; for a batch, also what became of each item.

    A body can hold a million faults, and telling them all would take a minute: of each item so many are told.
    """
    found, body = error.errors(include_url=False, include_input=False), g.get("json")
    batch = len(body) if isinstance(body, list) and request.endpoint == "events.record" else 0
    most = max(1, MOST_TOLD // max(1, batch))
    by_item: dict[int | None, list[FieldError]] = defaultdict(list)
    for each in found:
        item = each["loc"][0] if batch and each["loc"] else None
        told = by_item[item if isinstance(item, int) else None]
        if len(told) < most:
            told.append(_field_error(each["loc"], each["msg"]))
    errors = [one for told in by_item.values() for one in told]
    items = _outcomes({index: by_item.get(index, []) for index in range(batch)}) if {*by_item} - {None} else None
    return problem(422, "invalid", _summary(errors, len(found)), errors=errors, items=items)


def _field_error(location: tuple[int | str, ...], message: str) -> FieldError:
    index = location[0] if location and isinstance(location[0], int) else None
    line = g.lines[index] if "lines" in g and index is not None else None
    where = location[1:] if isinstance(g.get("json"), dict) and location[:1] == (0,) else location
    return FieldError(pointer=pointer(where), detail=message.removeprefix("Value error, "), line=line)


def _refusal(error: Refusal) -> Response:
    g.refusal = error
    return problem(error.status, error.type, error.detail, headers=error.headers)


def _refused(error: Refused | Unavailable | WrittenByNewer) -> Response:
    g.refusal = error
    status, type_ = next(DOMAIN[cls] for cls in type(error).__mro__ if cls in DOMAIN)
    if isinstance(error, StreamConflict) and request.if_match:
        status, type_ = 412, "stale-version"
    errors = [FieldError(pointer=error.field, detail=error.message)] if isinstance(error, Invalid) else None
    return problem(status, type_, error.message, errors=errors, headers=_RETRY if type_ == "unavailable" else None)


def _batch_refused(error: BatchRefused) -> Response:
    count = len(g.json) if isinstance(g.json, list) else 1
    by_index = {index: _item_errors(index, error.errors.get(index)) for index in range(count)}
    errors = [each for index in sorted(by_index) for each in by_index[index]]
    return problem(422, "invalid", _summary(errors, len(errors)), errors=errors, items=_outcomes(by_index))


def _item_errors(index: int, error: Refused | None) -> list[FieldError]:
    if error is None:
        return []
    field = f"/data{error.field}" if isinstance(error, Invalid) else "/id"
    return [_field_error((index, *field.strip("/").split("/")), error.message)]


def _outcomes(by_index: dict[int, list[FieldError]]) -> list[ItemOutcome]:
    return [
        ItemOutcome(index=index, status="refused" if errors else "accepted", errors=errors)
        for index, errors in sorted(by_index.items())
    ]


def _summary(errors: list[FieldError], count: int) -> str:
    first = errors[0]
    more = f" ({count - 1} more)" if count > 1 else ""
    return f"{first.pointer or 'the request'}: {first.detail.rstrip('.')}{more}. Nothing was recorded."


def _http(error: HTTPException) -> Response:
    if isinstance(error.response, Response):
        return error.response  # made by invalid(), which the library wraps so
    status = error.code or 500
    methods = error.valid_methods if isinstance(error, MethodNotAllowed) else None
    headers = {"Allow": ", ".join(sorted(methods))} if methods else None
    return problem(status, _HTTP.get(status, "bad-request"), error.description or "", headers=headers)


def _database_away(error: OperationalError) -> Response:
    log.warning("database_away", error=type(error).__name__)
    return _refusal(Refusal(503, "unavailable", "The database does not answer; try again.", headers=_RETRY))


def _schema_of_another_version(error: ProgrammingError) -> Response:
    log.error("schema_of_another_version", exc_info=error)
    return _refusal(Refusal(503, "unavailable", "The database is being upgraded; try again.", headers=_RETRY))


def _unexpected(error: Exception) -> Response:
    log.error("unexpected_error", exc_info=error, request_id=g.get("request_id", ""))  # which the answer names
    detail = f"This is our mistake; it is logged as request {g.get('request_id', '')}."
    return problem(500, "internal", detail)
