"""Registering a project, and describing it better."""

from uuid import UUID

from flask import Response, jsonify, url_for

from hardwon import handlers
from hardwon.domain import project
from hardwon.domain.commands import ChangeProfile, RegisterProject
from hardwon.domain.values import Profile
from hardwon.log import wire
from hardwon.projections import projects
from hardwon_api.answers import Project
from hardwon_api.context import command_request, deps, organisation, recorded
from hardwon_api.documenting import blueprint, needs
from hardwon_api.models import NewProject, ProfileChanges
from hardwon_api.parameters import ProjectPath
from hardwon_api.preferring import wait_for
from hardwon_api.queries.recommendations import recommendations
from hardwon_api.suggesting import Recommendations, RegisteredProject

api = blueprint("commands_projects", __name__)


@api.post("/projects", responses={201: RegisteredProject}, operation_id="register_project")
@needs("write")
def register(body: NewProject) -> tuple[Response, int, dict[str, str]]:
    """Register a project.

    With `Prefer: wait=N` the answer waits up to N seconds for the suggestions and brings them. Repeating the request with the same
    `id` or `Idempotency-Key` is harmless.
    """
    request = command_request(body.id)
    project_id = body.id or request.event_id
    profile = project.changed(Profile(body.name), body.model_dump(exclude={"id"}))
    stored = handlers.register_project(deps().log, organisation(), RegisterProject(project_id, profile), request)
    recorded(stored.position)
    row = {
        "project_id": project_id,
        "profile": wire.to_json(profile),
        "version": stored.version,
        "registered_at": stored.occurred_at,
        **dict.fromkeys(("retrospectives", "points", "lessons"), 0),
    }
    offered = _recommendations_when_ready(project_id, stored.position)
    told = Project.of(row).model_dump() | {"position": stored.position, "recommendations": offered}
    answer = RegisteredProject.model_validate(told)
    headers = {"Location": url_for("queries_projects.get", project_id=project_id), "ETag": f'"{stored.version}"'}
    return jsonify(answer.model_dump(mode="json")), 201, headers


@api.patch("/projects/<uuid:project_id>", responses={200: Project}, operation_id="change_profile")
@needs("write")
def change(path: ProjectPath, body: ProfileChanges) -> tuple[Response, int, dict[str, str]]:
    """Change fields of a project's profile.

    Fields left out stay as they are. `If-Match` with the version that you read refuses the change if there is a newer one.
    """
    command = ChangeProfile(path.project_id, body.model_dump(exclude_unset=True))
    stored = handlers.change_profile(deps().log, organisation(), command, command_request())
    if stored:
        recorded(stored.position)
    known, history = handlers.current_project(deps().log, organisation(), path.project_id)
    counts = dict.fromkeys(("retrospectives", "points", "lessons"), 0)
    row = {
        "project_id": path.project_id,
        "profile": wire.to_json(known.profile),
        "version": history[-1].version,
        "registered_at": history[0].occurred_at,
    }
    with deps().pool.connection() as connection:
        counts |= projects.get(connection, organisation(), path.project_id) or {}
    answer = Project.of(counts | row)
    return jsonify(answer.model_dump(mode="json")), 200, {"ETag": f'"{history[-1].version}"'}


def _recommendations_when_ready(project_id: UUID, position: int) -> Recommendations:
    waiting = Recommendations(project_id=project_id, state="pending", position=position)
    latest = [waiting]

    def ready() -> bool:
        latest[0] = recommendations(organisation(), project_id) or waiting
        return not latest[0].under_way

    wait_for(ready)
    return latest[0]
