"""Telling the story over HTTP, as any team's tool would: the past is recorded, a new project is registered, its lessons arrive."""

import time
from textwrap import shorten
from typing import Any
from uuid import UUID

import httpx
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import Progress

from hardwon.domain.errors import Unavailable
from hardwon.ids import new_id
from hardwon.sample import PastProject, Story

_PATIENCE = 120.0  # seconds for the worker to read all lessons and suggest
_BATCH = 1_000
_SHOWN = 400  # characters of a text that are printed


def tell(story: Story, url: str, token: str, console: Console) -> None:
    """Record the story's past, register its new project, and print what that project is offered.

    Raises:
        Unavailable: the suggestions did not come.

    """
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{url}/v1", headers=headers, timeout=60.0) as http:
        console.rule(f"[bold]{escape(story.name)}")
        _record_the_past(story, http, console)
        name = story.new_project["name"]
        console.print(f"\nA new project is registered: [bold]{escape(name)}[/bold]")
        if summary := story.new_project.get("summary"):
            console.print(Padding(escape(summary), (0, 2)))
        began = time.monotonic()
        recommendations = _register_the_new_project(story, http, console)
        _print_suggestions(recommendations, time.monotonic() - began, console)


def _record_the_past(story: Story, http: httpx.Client, console: Console) -> None:
    points = lessons = 0
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("recording the past", total=len(story.projects))
        for past in story.projects:
            project_id = _checked(http.post("/projects", json=past.profile)).json()["id"]
            events = _events(past)
            for start in range(0, len(events), _BATCH):
                _checked(http.post(f"/projects/{project_id}/events", json=events[start : start + _BATCH]))
            points += sum(event["type"] == "discussion_point_raised" for event in events)
            lessons += sum(event["type"] == "lesson_drawn" for event in events)
            progress.advance(task)
    teams = {past.profile.get("team") for past in story.projects} - {None, ""}
    of_teams = f" of {len(teams)} teams" if teams else ""
    console.print(
        f"{len(story.projects)} finished projects{of_teams}, {points} discussion points, {lessons} lessons recorded."
    )


def _events(past: PastProject) -> list[dict[str, Any]]:
    """Return a past project's retrospectives as the API takes them, ids made here."""
    events: list[dict[str, Any]] = []
    for retrospective in past.retrospectives:
        held, ids, at = new_id(), dict[str, UUID](), f"{retrospective.held_on}T12:00:00Z"
        meeting = {"title": retrospective.title, "held_on": retrospective.held_on}
        events.append(_event("retrospective_held", held, at, **meeting))
        for point in retrospective.points:
            ids[point.key] = new_id()
            said = {"kind": point.kind, "text": point.text, "tags": list(point.tags)}
            events.append(_event("discussion_point_raised", ids[point.key], at, retrospective_id=str(held), **said))
        for lesson in retrospective.lessons:
            drawn = {
                "insight": lesson.insight,
                "advice": lesson.advice,
                "applies_when": lesson.applies_when,
                "points": [str(ids[key]) for key in lesson.points],
                "tags": list(lesson.tags),
            }
            events.append(_event("lesson_drawn", new_id(), at, retrospective_id=str(held), **drawn))
    return events


def _event(type_: str, id_: UUID, at: str, **data: Any) -> dict[str, Any]:  # noqa: ANN401 - plain JSON
    return {"type": type_, "id": str(id_), "occurred_at": at, "data": data}


def _register_the_new_project(story: Story, http: httpx.Client, console: Console) -> dict[str, Any]:
    """Register it and wait for its suggestions: the first answer brings them, unless the worker still reads the lessons."""
    deadline = time.monotonic() + _PATIENCE
    with console.status("the worker reads the lessons and ranks them"):
        answer = _checked(http.post("/projects", json=story.new_project, headers={"Prefer": "wait=30"})).json()
        recommendations: dict[str, Any] = answer["recommendations"]
        while recommendations["state"] != "ready":
            if time.monotonic() > deadline:
                raise Unavailable(f"No suggestions came within {_PATIENCE:g} seconds; see the worker's log.")
            path = f"/projects/{answer['id']}/recommendations"
            recommendations = _checked(http.get(path, headers={"Prefer": "wait=30"})).json()
    return recommendations


def _print_suggestions(recommendations: dict[str, Any], seconds: float, console: Console) -> None:
    items = recommendations["items"]
    console.print(
        f"{len(items)} lessons of other projects are suggested after {seconds:.1f} s; {recommendations['considered']} were "
        f"considered, {recommendations['hidden']} held back.\n"
    )
    for item in items:
        lesson, source = item["lesson"], item["source_project"]
        team = f", {escape(source['team'])}" if source["team"] else ""
        console.print(
            f"[bold]{item['rank']}. from {escape(source['name'])}[/bold]{team}  [dim]score {item['score']:.2f}[/dim]"
        )
        advice = _shortened(lesson["advice"]) or "[dim]none was recorded[/dim]"
        console.print(Padding(f"[green]advice[/green]  {advice}", (0, 3)))
        console.print(Padding(f"[cyan]lesson[/cyan]  {_shortened(lesson['insight'])}", (0, 3)))
        for reason in item["reasons"]:
            console.print(Padding(f"[yellow]why[/yellow]     {_told(reason)}", (0, 3)))
        console.print()


def _told(reason: dict[str, Any]) -> str:
    """Say a reason in words; the number is what it adds to the score."""
    told = {
        "similar_text": "close to the project's {aspect}: “{passage}”",
        "common_theme": "{count} of {total} projects met this: “{passage}”",
        "similar_project": "what its project was about is near to this one",
        "meant_for": "meant for this case: “{passage}”",
        "shared_trait": "its project shares one of your {aspect}: {passage}",
        "told_again": "{count} projects tell the same",
        "evidence": "{count} projects stand behind it",
        "recent": "newer than others",
        "learned": "projects like this one found lessons like this one useful",
    }
    words = told[reason["kind"]].format(**reason | {"passage": _shortened(reason["passage"])})
    return f"{reason['weight']:+.2f} {words}"


def _shortened(text: str) -> str:
    return escape(shorten(text, _SHOWN, placeholder=" ..."))


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_error:
        raise Unavailable(
            f"{answer.request.method} {answer.request.url.path} was answered {answer.status_code}: {answer.text}"
        )
    return answer
