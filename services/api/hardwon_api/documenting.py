"""What the library does not say of itself in the OpenAPI document: tokens, problems, header parameters, NDJSON."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from flask_openapi3 import APIBlueprint
from pydantic import BaseModel

from hardwon.domain.values import Scope

_PROBLEM: dict[str, Any] = {
    "description": "A problem document (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
PROBLEMS: dict[str | int | HTTPStatus, type[BaseModel] | dict[Any, Any] | None] = {"422": _PROBLEM, "default": _PROBLEM}

_HEADERS = {
    "Idempotency-Key": "Any text of up to 255 characters, a UUID at best: the same request under the same key is recorded once.",
    "If-Match": "The ETag that you read: refuse this write (412) if there is a newer version.",
    "Prefer": "`wait=N`: wait up to N seconds (at most 30) for a better answer, instead of answering at once.",
    "Last-Event-ID": "The id of the last event that you saw: go on behind it.",
}


def blueprint(name: str, import_name: str) -> APIBlueprint:
    return APIBlueprint(name, import_name, url_prefix="/v1", abp_security=[{"token": []}], abp_responses=PROBLEMS)


View = TypeVar("View", bound=Callable[..., Any])


def needs(scope: Scope) -> Callable[[View], View]:
    """Say which scope the endpoint asks of a token, to context.py, which refuses others, and to who reads the documents."""

    def declare(view: View) -> View:
        view.__dict__["needs"] = scope
        view.__doc__ = f"{(view.__doc__ or '').rstrip()}\n\n    Needs the scope `{scope}`."
        return view

    return declare


def live(view: View) -> View:
    """Say that the endpoint's answer goes on for as long as somebody listens: it takes no place at the gate.

    Streams have a cap of their own.
    """
    view.__dict__["live"] = True
    return view


def complete(document: dict[str, Any]) -> None:
    """Add to the document, in place, what its operations take beside path, query and JSON body."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            headers = _headers(path, method)
            operation.setdefault("parameters", []).extend(_parameter(name) for name in headers)
    record = document["paths"]["/v1/projects/{project_id}/events"]["post"]
    record["requestBody"]["content"]["application/x-ndjson"] = {
        "schema": {"type": "string", "description": "one event of the array a line"}
    }


def _headers(path: str, method: str) -> list[str]:
    if not path.startswith("/v1"):
        return []
    if path == "/v1/stream":
        return ["Last-Event-ID"]
    if method == "get":
        return ["Prefer"] if path != "/v1/events" else []
    return {
        "/v1/projects": ["Idempotency-Key", "Prefer"],
        "/v1/projects/{project_id}/events": ["Idempotency-Key"],
        "/v1/projects/{project_id}/recommendations/{lesson_id}": ["Idempotency-Key"],
        "/v1/projects/{project_id}/recommendations/{lesson_id}/feedback": ["Idempotency-Key"],
        "/v1/projects/{project_id}/recommendations/{lesson_id}/outcome": ["Idempotency-Key"],
    }.get(path, ["Idempotency-Key", "If-Match"])


def _parameter(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": _HEADERS[name],
        "schema": {"type": "string"},
    }
