"""Whose an address is: tools ask under /v1, operators for documents and health, people for pages."""

from flask import request

_OPERATORS = ("/docs", "/openapi", "/healthz", "/readyz", "/metrics", "/static/")
READING = {"GET", "HEAD", "OPTIONS"}
"""Methods that change nothing, and of which no view of ours reads a body."""


def for_tools() -> bool:
    """Tell whether the request is one of a tool, which shows its token."""
    return request.path.startswith("/v1/")


def for_people() -> bool:
    """Tell whether the request is one of somebody before a browser, whom a cookie tells."""
    return not for_tools() and not request.path.startswith(_OPERATORS)
