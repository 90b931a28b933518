"""Projects as they now are."""

from flask import Response, jsonify

from hardwon.domain.errors import NotFound
from hardwon.projections import projects
from hardwon_api import paging
from hardwon_api.answers import Project, ProjectPage
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import blueprint, needs
from hardwon_api.parameters import Page, ProjectPath
from hardwon_api.preferring import read_models

api = blueprint("queries_projects", __name__)


@api.get("/projects", responses={200: ProjectPage}, operation_id="list_projects")
@needs("read")
def page(query: Page) -> Response:
    """List the organisation's projects, newest first."""
    read_models("projects")
    with deps().pool.connection() as connection:
        rows = projects.page(connection, organisation(), before=paging.before(query), limit=query.limit + 1)
    return paging.answer(rows, [Project.of(row) for row in rows], query.limit)


@api.get("/projects/<uuid:project_id>", responses={200: Project}, operation_id="get_project")
@needs("read")
def get(path: ProjectPath) -> Response:
    """Read a project's profile, and how much was recorded in it."""
    read_models("projects")
    with deps().pool.connection() as connection:
        row = projects.get(connection, organisation(), path.project_id)
    if row is None:
        raise NotFound("project", path.project_id)
    response = jsonify(Project.of(row).model_dump(mode="json"))
    response.headers["ETag"] = f'"{row["version"]}"'
    return response
