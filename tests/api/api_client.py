"""A tool that speaks to the API, and the bodies that it sends."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, advance


@dataclass
class Client:
    """A tool of one organisation."""

    http: FlaskClient
    organisation: UUID
    token: str
    pool: Pool

    def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **parts: Any) -> TestResponse:
        all_headers = {"Authorization": f"Bearer {self.token}"} | (headers or {})
        return self.http.open(f"/v1{path}", method=method, headers=all_headers, **parts)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.send("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.send(
            "POST", path, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    def follow(self) -> None:
        """Do what the worker does: bring the read models to the log's head."""
        for projection in PROJECTIONS:
            advance(self.pool, projection, self.organisation)

    def project(self, **profile: Any) -> str:
        answer = self.post("/projects", {"name": "A project"} | profile)
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])

    def record(self, project_id: str, *events: dict[str, Any]) -> list[str]:
        answer = self.post(f"/projects/{project_id}/events", list(events))
        assert answer.status_code == 201, answer.text
        return [item["id"] for item in answer.json["items"]]


def raised(text: str = "It broke.", **data: Any) -> dict[str, Any]:
    return {"type": "discussion_point_raised", "data": {"kind": "went_wrong", "text": text, **data}}


def drawn(insight: str = "It breaks under load.", **data: Any) -> dict[str, Any]:
    return {"type": "lesson_drawn", "data": {"insight": insight, **data}}


def held(title: str = "Looking back", **data: Any) -> dict[str, Any]:
    return {"type": "retrospective_held", "data": {"title": title, **data}}
