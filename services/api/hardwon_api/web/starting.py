"""Starting a project, and describing it better: one form for both."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from hardwon import handlers
from hardwon.domain import project
from hardwon.domain.commands import ChangeProfile, RegisterProject
from hardwon.domain.values import Artefact, Profile
from hardwon.ids import new_id
from hardwon_api.context import command_request, deps, organisation, recorded
from hardwon_api.documenting import needs
from hardwon_api.models import NewProject, ProfileChanges
from hardwon_api.problems import Refusal
from hardwon_api.web.pages import blueprint, decided_on, read, settle

pages = blueprint("starting")
LISTS = ("technologies", "practices", "tags")
PAPERS = ("charter", "risks")
"""The papers that the form asks for; others, which a tool may have sent, stay as they are."""
_LINES = ("name", "summary", "domain", "team", "phase", "started_on", "ended_on", "size")
_DAYS = ("started_on", "ended_on")


@pages.get("/projects/new")
@needs("write")
def new() -> str:
    """Ask for what is known of a project: its name is enough."""
    return render_template("projects/new.html", values={"id": str(new_id())}, wrong={})


@pages.post("/projects/new")
@needs("write")
def start() -> Response | tuple[str, int]:
    """Register the project, and open its page, where the suggestions arrive. Sent twice, it is registered once."""
    values = _values()
    body, wrong = read(NewProject, _told(values, []) | {"id": values["id"]})
    if body is None:
        return render_template("projects/new.html", values=values, wrong=wrong), 422
    project_id = body.id or new_id()
    profile = project.changed(Profile(body.name), body.model_dump(exclude={"id"}))
    command = RegisterProject(project_id, profile)
    stored = handlers.register_project(deps().log, organisation(), command, command_request(project_id))
    recorded(stored.position)
    settle(stored.position, "projects", "recommendations")
    return redirect(url_for("web_projects.page", project_id=project_id))


@pages.get("/projects/<uuid:project_id>/edit")
@needs("write")
def edit(project_id: UUID) -> str:
    """Show what is known of it, to be changed."""
    known, history = handlers.current_project(deps().log, organisation(), project_id)
    values = _of_profile(known.profile) | {"version": str(history[-1].version)}
    return render_template("projects/edit.html", project_id=project_id, values=values, wrong={})


@pages.post("/projects/<uuid:project_id>/edit")
@needs("write")
def change(project_id: UUID) -> Response | tuple[str, int]:
    """Record what differs. Who changed it meanwhile is not overwritten."""
    known, _history = handlers.current_project(deps().log, organisation(), project_id)
    values = _values() | {"version": request.form.get("version", "")}
    kept = [each for each in known.profile.artefacts if each.kind not in PAPERS]
    body, wrong = read(NewProject, _told(values, kept))
    if body is None:
        return render_template("projects/edit.html", project_id=project_id, values=values, wrong=wrong), 422
    _change(project_id, body.model_dump(exclude={"id"}), values["version"])
    return redirect(url_for("web_projects.page", project_id=project_id))


@pages.post("/projects/<uuid:project_id>/risks")
@needs("write")
def add_risks(project_id: UUID) -> str | Response | tuple[str, int]:
    """Record what could go wrong as a paper more: what others learned of it comes by itself."""
    known, history = handlers.current_project(deps().log, organisation(), project_id)
    values = _of_profile(known.profile) | {"version": str(history[-1].version), "risks": request.form.get("risks", "")}
    papers = [*known.profile.artefacts, Artefact("risks", values["risks"].strip())]
    body, wrong = read(ProfileChanges, {"artefacts": [asdict(each) for each in papers]})
    if body is None:
        return render_template("projects/edit.html", project_id=project_id, values=values, wrong=wrong), 422
    _change(project_id, body.model_dump(include={"artefacts"}), values["version"])
    return redirect(url_for("web_projects.page", project_id=project_id))


def _change(project_id: UUID, changes: dict[str, Any], version: str) -> None:
    command = ChangeProfile(project_id, changes)
    if stored := handlers.change_profile(deps().log, organisation(), command, decided_on(version)):
        recorded(stored.position)
        settle(stored.position, "projects", "recommendations")


def _values() -> dict[str, str]:
    """Return the form as it was filled in, with the text of files that were chosen instead of pasted."""
    values = {name: request.form.get(name, "").strip() for name in ("id", *_LINES, *LISTS, *PAPERS)}
    for name in PAPERS:
        file = request.files.get(f"{name}_file")
        if file and file.filename:
            values[name] = "\n\n".join(filter(None, [values[name], _text(file)]))
    return values


def _text(file: FileStorage) -> str:
    try:
        return str(file.read(), "utf-8").strip()
    except UnicodeDecodeError:
        raise Refusal(
            422, "invalid", f"{file.filename}: this is not a text file. Open it, and paste what it says."
        ) from None


def _told(values: dict[str, str], kept: list[Artefact]) -> dict[str, Any]:
    """Return what the form says, as the API would be told it."""
    told: dict[str, Any] = {name: values[name] for name in _LINES}
    told |= {name: [part.strip() for part in values[name].split(",") if part.strip()] for name in LISTS}
    told |= {name: values[name] or None for name in _DAYS}
    told["size"] = (
        int(values["size"]) if values["size"].isdecimal() and values["size"].isascii() else values["size"] or None
    )
    papers = [{"kind": name, "text": values[name]} for name in PAPERS if values[name]]
    kept_papers = [{"kind": each.kind, "text": each.text, "title": each.title} for each in kept]
    return told | {"artefacts": papers + kept_papers}


def _of_profile(profile: Profile) -> dict[str, str]:
    values = {name: str(getattr(profile, name) or "") for name in _LINES}
    values |= {name: ", ".join(getattr(profile, name)) for name in LISTS}
    papers = {name: [each.text for each in profile.artefacts if each.kind == name] for name in PAPERS}
    return values | {name: "\n\n".join(texts) for name, texts in papers.items()}
