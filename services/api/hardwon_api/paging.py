"""Pages of a list, newest first. A cursor is opaque: it holds the log position that the next page starts below."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request
from pydantic import BaseModel

from hardwon_api.parameters import Page
from hardwon_api.problems import Refusal

FROM_THE_NEWEST = 2**62


def before(page: Page) -> int:
    """Return the position below which this page starts."""
    if page.cursor is None:
        return FROM_THE_NEWEST
    try:
        position = int(base64.urlsafe_b64decode(page.cursor.encode("ascii")))
    except (ValueError, binascii.Error):
        position = 0
    if not 0 < position <= FROM_THE_NEWEST:
        raise Refusal(422, "invalid", "cursor: this is not a cursor that a page's `next` gave you.")
    return position


def answer(
    rows: Sequence[dict[str, Any]], items: Sequence[BaseModel] | Sequence[dict[str, Any]], limit: int
) -> Response:
    """Return the page; ``rows`` holds one more than ``limit`` where there is a next page."""
    told = [item.model_dump(mode="json") if isinstance(item, BaseModel) else item for item in items[:limit]]
    body: dict[str, Any] = {"items": told, "next": next_cursor(rows, limit)}
    response = jsonify(body)
    if body["next"]:
        link_next(response, cursor=body["next"])
    return response


def next_cursor(rows: Sequence[dict[str, Any]], limit: int) -> str | None:
    """Return the cursor of the next page; None where ``rows``, read as for ``answer``, end with this one."""
    if len(rows) <= limit:
        return None
    return base64.urlsafe_b64encode(str(rows[limit - 1]["position"]).encode()).decode()


def link_next(response: Response, **parameters: object) -> None:
    """Add ``Link: <this address with other parameters>; rel="next"``."""
    query = urlencode(request.args.to_dict() | {name: str(value) for name, value in parameters.items()})
    response.headers["Link"] = f'<{request.path}?{query}>; rel="next"'
