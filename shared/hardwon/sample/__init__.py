"""A story to begin with: an invented organisation's finished projects, with what they learned, and a new project that needs it."""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Point:
    key: str
    kind: str
    text: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    insight: str
    advice: str
    applies_when: str
    points: tuple[str, ...]
    """Keys of the points that it answers."""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retrospective:
    title: str
    held_on: str
    points: tuple[Point, ...]
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True, slots=True)
class PastProject:
    profile: dict[str, Any]
    """As the API takes it."""
    retrospectives: tuple[Retrospective, ...]


@dataclass(frozen=True, slots=True)
class Story:
    name: str
    """The organisation's."""
    projects: tuple[PastProject, ...]
    new_project: dict[str, Any]


def sample_story() -> Story:
    """Return the story of the invented transport operator that lies in this folder."""
    folder = files("hardwon.sample")
    told = json.loads((folder / "organisation.json").read_text("utf-8"))
    projects = [
        json.loads(file.read_text("utf-8")) for file in (folder / "projects").iterdir() if file.name.endswith(".json")
    ]
    projects.sort(key=lambda each: str(each["profile"]["started_on"]))
    return Story(told["name"], tuple(_past(each) for each in projects), told["new_project"])


def _past(told: dict[str, Any]) -> PastProject:
    return PastProject(told["profile"], tuple(_retrospective(each) for each in told["retrospectives"]))


def _retrospective(told: dict[str, Any]) -> Retrospective:
    points = [Point(p["key"], p["kind"], p["text"], tuple(p.get("tags", ()))) for p in told["points"]]
    lessons = [
        Lesson(
            each["insight"], each["advice"], each["applies_when"], tuple(each["points"]), tuple(each.get("tags", ()))
        )
        for each in told["lessons"]
    ]
    return Retrospective(told["title"], told["held_on"], tuple(points), tuple(lessons))
