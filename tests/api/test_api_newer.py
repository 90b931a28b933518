"""The API while the workers beside it, or the log, are of a newer version already."""

from typing import Any

import pytest
from api_client import Client

from hardwon.log import wire


def test_events_of_a_newer_version_are_a_clear_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older API cannot tell what it cannot read; it says so and when to come again, and what it can do it does."""
    project = client.project()
    with monkeypatch.context() as newer:
        newer.setitem(wire.SCHEMA_VERSIONS, "project_registered", 2)  # type: ignore[arg-type]  # a dict that says it is not to be changed
        other = client.project()
    answer: Any = client.get("/events")
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/unavailable")
    assert "upgrade this reader" in answer.json["detail"]
    assert answer.headers["Retry-After"]
    assert client.get("/events?after=1&limit=1").json["items"][0]["subject"].endswith(str(project))
    assert client.project() not in (project, other)
