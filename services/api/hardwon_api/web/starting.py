"""Starting a project, and describing it better: one form for both."""

from contextlib import suppress
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from hardwon import handlers
from hardwon.domain import project
from hardwon.domain.commands import ChangeProfile, RegisterProject
from hardwon.domain.errors import Unavailable
from hardwon.domain.values import Artefact, Profile
from hardwon.ids import new_id
from hardwon.projections import projects
from hardwon.projections.following import Row
from hardwon_api.context import command_request, deps, organisation, recorded
from hardwon_api.documenting import needs
from hardwon_api.models import NewProject, ProfileChanges
from hardwon_api.problems import Refusal
from hardwon_api.web.pages import blueprint, decided_on, read, settle
from hardwon_api.web.telling import goes_on
from hardwon_api.web.translating import gettext as _

pages = blueprint("starting")
LISTS = ("technologies", "practices", "tags")
PAPERS = ("charter", "risks")
"""The papers that the form asks for; others, which a tool may have sent, stay as they are."""
_LINES = ("name", "summary", "domain", "team", "phase", "started_on", "ended_on", "size")
_DAYS = ("started_on", "ended_on")
_SAME = 20
"""So many projects of one name are looked at, the newest first."""


@pages.get("/projects/new")
@needs("write")
def new() -> str:
    """Ask for what is known of a project: its name is enough."""
    return render_template("projects/new.html", values={"id": str(new_id())}, wrong={})


@pages.post("/projects/new")
@needs("write")
def start() -> Response | tuple[str, int]:
    """Register the project, and open its page, where the suggestions arrive. Sent twice, it is registered once.

    Who is asked for a line only says with it what the project is, and it is called so until somebody calls it otherwise.
    """
    values = _values()
    if "summary" not in request.form:
        values["summary"] = values["name"]
    body, wrong = read(NewProject, _told(values, []) | {"id": values["id"]})
    if body is None:
        return render_template("projects/new.html", values=values, wrong=wrong), 422
    project_id = body.id or new_id()
    if "again" not in request.form and (same := _same(body.name, project_id)):
        return render_template("projects/new.html", values=values, wrong={}, same=same), 409
    profile = project.changed(Profile(body.name), body.model_dump(exclude={"id"}))
    command = RegisterProject(project_id, profile)
    try:
        stored = handlers.register_project(deps().log, organisation(), command, command_request(project_id))
    except Unavailable:  # who came in by a link cannot send that form again: what was written stands in this one
        return render_template("projects/new.html", values=values, wrong={}, busy=True), 503
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


@pages.post("/projects/<uuid:project_id>/more")
@needs("write")
def say_more(project_id: UUID) -> str | Response | tuple[str, int]:
    """Record the answer to what the project's page asks: what it is, or what could go wrong. What others learned of it comes by itself."""
    known, history = handlers.current_project(deps().log, organisation(), project_id)
    said = {name: request.form[name].strip() for name in ("summary", "risks") if name in request.form}
    values = _of_profile(known.profile) | {"version": str(history[-1].version)}
    before = {name: "" if values[name] == known.profile.name else values[name] for name in said}
    values |= {name: "\n\n".join(filter(None, (before[name], said[name]))) for name in said}  # nobody's words are lost
    changes: dict[str, Any] = {"summary": values["summary"]} if "summary" in said else {}
    if "risks" in said:
        papers = [*known.profile.artefacts, Artefact("risks", said["risks"])]
        changes["artefacts"] = [asdict(each) for each in papers]
    body, wrong = read(ProfileChanges, changes)
    if said.get("summary") == "":
        wrong = wrong | {"summary": _("Say it in a few words.")}
    if body is None or wrong:
        return render_template("projects/edit.html", project_id=project_id, values=values, wrong=wrong), 422
    _change(project_id, body.model_dump(include=set(changes)), values["version"])
    return redirect(url_for("web_projects.page", project_id=project_id, _anchor="suggested"))


def _same(name: str, project_id: UUID) -> list[Row]:
    """Return the projects that go on and are called the same, but for this one: two of a team may have begun it, each."""
    with deps().pool.connection() as connection:
        rows = projects.named(connection, organisation(), name, limit=_SAME)
    return [each for each in rows if each["project_id"] != project_id and goes_on(each["profile"].get("ended_on"))]


def _change(project_id: UUID, changes: dict[str, Any], version: str) -> None:
    command = ChangeProfile(project_id, changes)
    if stored := handlers.change_profile(deps().log, organisation(), command, decided_on(version)):
        recorded(stored.position)
        settle(stored.position, "projects", "recommendations")


def _values() -> dict[str, str]:
    """Return the form as it was filled in, with the text of files that were chosen instead of pasted."""
    values = {name: request.form.get(name, "").strip() for name in ("id", *_LINES, *LISTS, *PAPERS)}
    values["name"] = " ".join(values["name"].split())  # a line, also where its field shows two
    for name in PAPERS:
        file = request.files.get(f"{name}_file")
        if file and file.filename:
            values[name] = "\n\n".join(filter(None, [values[name], _text(file)]))
    return values


def _text(file: FileStorage) -> str:
    with suppress(UnicodeDecodeError):
        if "\0" not in (text := str(file.read(), "utf-8")):
            return text.strip()
    raise Refusal(
        422, "invalid", "%(file)s: this is not a text file. Open it, and paste what it says.", file=file.filename
    )


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
