"""The read models as they were: a row of any day is folded anew, by the same ``evolve``, from the few events that touched it until then."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from hardwon.domain import lesson, project, suggesting
from hardwon.domain.events import DomainEvent
from hardwon.log import wire
from hardwon.log.wire import StoredEvent
from hardwon.projections import lessons, projects, recommendations
from hardwon.projections.following import Projection, Row, fold
from hardwon.projections.reading import fetch, fetch_one
from hardwon.sql import queries

SQL = queries("hardwon.projections", "as_of.sql")
_TYPES = queries("hardwon.log", "store.sql")["read_types"]


def position_at(connection: Connection[Any], organisation_id: UUID, at: datetime) -> int:
    """Return the position of the last event that was recorded by then; 0 where there was none."""
    found = fetch_one(connection, SQL["position_at"], organisation_id=organisation_id, at=at)
    return int(found["position"]) if found else 0


def recorded_at(connection: Connection[Any], organisation_id: UUID, position: int) -> datetime | None:
    """Return when the event at the position was recorded; None where there is none."""
    found = fetch_one(connection, SQL["recorded_at"], organisation_id=organisation_id, position=position)
    return found["recorded_at"] if found else None


class Past:
    """An organisation's read models as they were at one log position."""

    def __init__(self, connection: Connection[Any], organisation_id: UUID, position: int) -> None:
        self._connection = connection
        self._names: dict[str, Any] = {"organisation_id": organisation_id, "until": position}

    def lessons(self, lesson_ids: Collection[UUID]) -> dict[UUID, Row]:
        """Return those of the lessons that had been drawn, each with its project's name and team then."""
        streams = [lesson.stream(id_) for id_ in lesson_ids]
        rows = self._folded(lessons.PROJECTION, streams, "answering_lessons", lesson_ids)
        named = self._projects({UUID(row["project_id"]) for row in rows.values()})
        for row in rows.values():
            profile = named[UUID(row["project_id"])]["profile"]
            row |= {"project_name": profile["name"], "project_team": profile["team"]}
        return rows

    def lessons_page(self, *, before: int, limit: int, project_id: UUID | None = None) -> list[Row]:
        """Return up to ``limit`` lessons drawn before that position, newest first, of one project or of all."""
        wanted = self._names | {"before": before, "limit": limit, "project_id": project_id}
        ids = [row["lesson_id"] for row in fetch(self._connection, SQL["drawn"], **wanted)]
        found = self.lessons(ids)
        return [found[id_] for id_ in ids]

    def leading_to(self, lesson_id: UUID) -> list[Row]:
        """Return the lessons that lived on in this one then, the oldest first."""
        ids = [row["lesson_id"] for row in fetch(self._connection, SQL["led_to"], **self._names, lesson_id=lesson_id)]
        rows = [row for row in self.lessons(ids).values() if row["leads_to"] == str(lesson_id)]
        return sorted(rows, key=lambda row: int(row["position"]))

    def latest_successor(self, row: Row) -> UUID | None:
        """Return the lesson that then stood where this one lives on; None where it stood itself."""
        seen: set[str] = set()
        while (leads_to := row["leads_to"]) and leads_to not in seen:
            seen.add(leads_to)
            row = self.lessons([UUID(leads_to)])[UUID(leads_to)]
        return UUID(row["lesson_id"]) if seen else None

    def recommendation(self, project_id: UUID) -> Row | None:
        """Return what the project had been suggested, and had said of it; None where it was not registered yet."""
        streams = [project.stream(project_id), suggesting.stream(project_id)]
        return self._folded(recommendations.PROJECTION, streams, "answering_projects", [project_id]).get(project_id)

    def whole(self, projection: Projection, types: Collection[type[DomainEvent]]) -> dict[UUID, Row]:
        """Return all rows of a projection that folds these types of events only."""
        names = [wire.type_of(each) for each in types]
        rows: dict[UUID, Row] = {}
        fold(projection, rows, self._events(_TYPES, types=names))
        return rows

    def _projects(self, project_ids: Collection[UUID]) -> dict[UUID, Row]:
        """Return the projects' profiles then; what is counted of them is left out."""
        rows: dict[UUID, Row] = {}
        fold(projects.PROJECTION, rows, self._events(SQL["of_streams"], streams=[*map(project.stream, project_ids)]))
        return rows

    def _folded(
        self, projection: Projection, streams: Sequence[str], answering: str, ids: Collection[UUID]
    ) -> dict[UUID, Row]:
        own = self._events(SQL["of_streams"], streams=list(streams))
        said = self._events(SQL[answering], ids=[str(id_) for id_ in ids])
        rows: dict[UUID, Row] = {}
        fold(projection, rows, sorted([*own, *said], key=lambda stored: stored.position))
        return rows

    def _events(self, query: LiteralString, **parameters: object) -> list[StoredEvent]:
        with self._connection.cursor(row_factory=class_row(StoredEvent)) as cursor:
            return cursor.execute(query, self._names | parameters).fetchall()
