"""Registering projects, and describing them better."""

from uuid import UUID

from hardwon.domain import project
from hardwon.domain.commands import ChangeProfile, RegisterProject
from hardwon.domain.errors import NotFound
from hardwon.handlers.recording import Request, record, state_of
from hardwon.log.wire import StoredEvent
from hardwon.ports import Log


def register_project(log: Log, organisation_id: UUID, command: RegisterProject, request: Request) -> StoredEvent:
    recorded = record(
        log,
        organisation_id,
        project.stream(command.project_id),
        project.evolve,
        lambda state: project.register(command, state),
        request,
    )
    if recorded is None:
        raise AssertionError("registering either records an event or is refused")
    return recorded


def change_profile(log: Log, organisation_id: UUID, command: ChangeProfile, request: Request) -> StoredEvent | None:
    """Return the recorded event; None where the profile already says so."""
    return record(
        log,
        organisation_id,
        project.stream(command.project_id),
        project.evolve,
        lambda state: project.change_profile(command, state),
        request,
    )


def current_project(log: Log, organisation_id: UUID, project_id: UUID) -> tuple[project.Project, list[StoredEvent]]:
    """Return a project as the log now tells it, and the events that tell it."""
    history = log.read_stream(organisation_id, project.stream(project_id))
    known = state_of(history, project.evolve)
    if known is None:
        raise NotFound("project", project_id)
    return known, history
