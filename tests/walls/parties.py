"""Two organisations that share a service: what one of them wrote, and all that is held of it."""

from typing import Any, NamedTuple
from uuid import UUID

from flask.testing import FlaskClient
from psycopg import Connection
from rows import tables

MARK = "vermilion"
"""A word that stands in all that the other organisation wrote."""


class Party(NamedTuple):
    """An organisation that speaks to the API."""

    http: FlaskClient
    organisation: UUID
    token: str

    def send(self, method: str, path: str, body: Any = None, query: dict[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.http.open(path, method=method, headers=headers, json=body, query_string=query)

    def fill(self) -> None:
        """Record something of everything."""
        project = self.send("POST", "/v1/projects", {"name": MARK, "summary": MARK, "team": MARK}).json["id"]
        events = [
            {"type": "retrospective_held", "data": {"title": MARK}},
            {"type": "discussion_point_raised", "data": {"kind": "went_wrong", "text": MARK}},
            {"type": "lesson_drawn", "data": {"insight": MARK, "advice": MARK}},
            {"type": "lesson_drawn", "data": {"insight": f"{MARK} again"}},
        ]
        assert self.send("POST", f"/v1/projects/{project}/events", events).status_code == 201
        person = {"name": MARK, "email": f"{project}@{MARK}.example"}
        assert self.send("POST", "/v1/members", person).status_code == 201
        assert self.send("POST", "/v1/tokens", {"name": MARK, "scopes": ["read"]}).status_code == 201


def held(owner: Connection[Any], organisation: UUID) -> dict[str, list[Any]]:
    """Return all that the database holds of the organisation."""
    asked = "SELECT to_jsonb(each) - 'updated_at' FROM {} AS each WHERE organisation_id = %s ORDER BY 1"
    return {
        (name := table.as_string(owner)): owner.execute(asked.format(name), [organisation]).fetchall()  # type: ignore[arg-type]
        for table in tables(owner)
    }


def ids_of(owner: Connection[Any], organisation: UUID) -> list[str]:
    """Return every id that stands anywhere in what the organisation has."""
    asked = " UNION ".join(
        f"SELECT DISTINCT (regexp_matches(each::text, '[0-9a-f]{{8}}-[0-9a-f-]{{27}}', 'g'))[1] FROM {name} AS each"
        f" WHERE organisation_id = '{organisation}'"
        for name in ("event", "token", "member", "lesson", "project")
    )
    return sorted(row[0] for row in owner.execute(asked))  # type: ignore[arg-type]
