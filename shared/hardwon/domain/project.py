"""A project and its profile: registered once, described better as it goes."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import UUID

from hardwon.domain.commands import ChangeProfile, RegisterProject
from hardwon.domain.errors import Conflict, Invalid, NotFound
from hardwon.domain.events import DomainEvent, ProjectProfileChanged, ProjectRegistered
from hardwon.domain.values import Artefact, Profile

PROFILE_FIELDS = frozenset(field.name for field in fields(Profile))
COMPARED = frozenset({"name", "summary", "domain", "technologies", "practices", "phase", "tags", "artefacts"})
"""What lessons are compared with: a change of any of these makes the project another one to them."""


@dataclass(frozen=True, slots=True)
class Project:
    """What must be known of a project to decide about it."""

    project_id: UUID
    profile: Profile


def stream(project_id: UUID) -> str:
    return f"project:{project_id}"


def register(command: RegisterProject, project: Project | None) -> list[DomainEvent]:
    if project is not None:
        raise Conflict("Project %(id)s is already registered.", id=command.project_id)
    _check(command.profile)
    return [ProjectRegistered(command.project_id, command.profile)]


def change_profile(command: ChangeProfile, project: Project | None) -> list[DomainEvent]:
    """Decide on what differs: a change that changes nothing is no event."""
    if project is None:
        raise NotFound("project", command.project_id)
    differing = {k: v for k, v in command.changes.items() if getattr(project.profile, k) != _held(k, v)}
    if not differing:
        return []
    _check(changed(project.profile, differing))
    return [ProjectProfileChanged(command.project_id, differing)]


def evolve(project: Project | None, event: DomainEvent) -> Project | None:
    match event:
        case ProjectRegistered():
            return Project(event.project_id, event.profile)
        case ProjectProfileChanged() if project is not None:
            return replace(project, profile=changed(project.profile, event.changes))
        case _:
            return project


def changed(profile: Profile, changes: Mapping[str, Any]) -> Profile:
    """Return ``profile`` with ``changes`` laid over it; lists become tuples, and artefacts what they are, as a profile holds them."""
    return replace(profile, **{name: _held(name, value) for name, value in changes.items() if name in PROFILE_FIELDS})


def _held(name: str, value: Any) -> Any:  # noqa: ANN401 - any field of a profile
    if name == "artefacts":
        return tuple(each if isinstance(each, Artefact) else Artefact(**each) for each in value)
    return tuple(value) if isinstance(value, list) else value


def _check(profile: Profile) -> None:
    if not profile.name.strip():
        raise Invalid("A project needs a name.", field="/name")
    if profile.started_on and profile.ended_on and profile.ended_on < profile.started_on:
        raise Invalid("A project cannot end before it started.", field="/ended_on")
