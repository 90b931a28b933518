"""Stories to tell: a past of finished projects, and a new one. From the built-in sample, or from a projects set of yours."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from hardwon.domain.events import PointKind
from hardwon_local.errors import LocalError

# What the API takes: said here already, with file and line, and not half way through the loading.
MAX_TEXT = 10_000
MAX_SHORT = 200
MAX_WORDS = 50
MAX_YEAR = 9999
KINDS = get_args(PointKind)


class StoryError(LocalError):
    """The projects set cannot be read."""


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
    """Return the story of the invented transport operator that lies in ``sample/``."""
    folder = files("hardwon_local") / "sample"
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


def projects_set_story(folder: Path) -> Story:
    """Return the story of a projects set: its newest project is the new one, all others are the past.

    ``projects.jsonl`` holds a project a line: ``id``, ``name``, ``year``, lists of traits, and optionally ``query: false`` (then it
    is never the new one). ``problems.jsonl`` holds a problem a line: ``id``, ``project``, ``text`` and optionally ``kind``. Each problem
    becomes a discussion point and a lesson without advice, since the set holds none. Other fields are labels, and left alone.

    Raises:
        StoryError: names the file and the line.

    """
    projects = _by_id(_lines(folder / "projects.jsonl", id=str, name=str, year=int))
    problems: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for problem in _by_id(_lines(folder / "problems.jsonl", id=str, project=str, text=str)).values():
        if problem["project"] not in projects:
            raise StoryError(f"{problem['where']}: there is no project {problem['project']!r} in projects.jsonl.")
        problems[problem["project"]].append(problem)
    by_year = sorted(projects.values(), key=_year)
    candidates = [project for project in by_year if project.get("query") is not False]
    if len(projects) < 2 or not candidates:  # noqa: PLR2004 - a past and a new one
        raise StoryError(
            f"{folder / 'projects.jsonl'} holds {len(projects)} projects, {len(candidates)} of them without `query: false`: "
            "a story needs two, and one that may be the new one."
        )
    newest = candidates[-1]
    return Story(
        f"The projects of {folder.resolve().name}",
        tuple(
            PastProject(_closed(each), _post_mortem(each, problems[each["id"]]))
            for each in by_year
            if each is not newest
        ),
        _profile(newest),
    )


def _profile(project: dict[str, Any]) -> dict[str, Any]:
    """Return what the set says of a project, as a profile: platforms are technologies, other lists of words are tags."""
    name, title = project["name"], project.get("title")
    traits = {key: _words(project, key) for key, value in project.items() if _is_words(value)}
    about = (
        f"{title}, {project['year']}."
        if isinstance(title, str) and title != name
        else f"A project of {_year(project)}."
    )
    domain = ", ".join(traits.pop("genres", []))
    return {
        "name": _fitting(project, "name", name, MAX_SHORT),
        "summary": _fitting(project, "title", about, MAX_TEXT),
        "domain": domain and _fitting(project, "genres", domain, MAX_SHORT),
        "technologies": traits.pop("platforms", []),
        "tags": [word for words in traits.values() for word in words],
    }


def _is_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _words(project: dict[str, Any], field: str) -> list[str]:
    return [_fitting(project, field, word, MAX_SHORT) for word in project[field]]


def _year(project: dict[str, Any]) -> int:
    year = int(project["year"])
    if not 1 <= year <= MAX_YEAR:
        raise StoryError(f"{project['where']}: year is {year}, and must be from 1 to {MAX_YEAR}.")
    return year


def _closed(project: dict[str, Any]) -> dict[str, Any]:
    year = f"{project['year']:04d}"
    return _profile(project) | {"phase": "closed", "started_on": f"{year}-01-01", "ended_on": f"{year}-12-31"}


def _post_mortem(project: dict[str, Any], problems: list[dict[str, Any]]) -> tuple[Retrospective, ...]:
    if not problems:
        return ()
    points = [Point(problem["id"], _kind(problem), _text(problem)) for problem in problems]
    lessons = [Lesson(insight=point.text, advice="", applies_when="", points=(point.key,)) for point in points]
    held_on = f"{project['year']:04d}-12-31"
    return (Retrospective(f"Post-mortem of {project['name']}"[:200], held_on, tuple(points), tuple(lessons)),)


def _kind(problem: dict[str, Any]) -> str:
    kind = str(problem.get("kind", "went_wrong"))
    if kind not in KINDS:
        raise StoryError(f"{problem['where']}: kind is {kind!r}, and must be one of {', '.join(KINDS)}.")
    return kind


def _text(problem: dict[str, Any]) -> str:
    text = str(problem["text"])
    if not text.strip() or len(text) > MAX_TEXT:
        raise StoryError(f"{problem['where']}: text has {len(text)} characters, and must have 1 to {MAX_TEXT:,}.")
    return text


def _lines(path: Path, **required: type) -> Iterator[dict[str, Any]]:
    """Yield each line's object with ``where`` it stands, its required fields checked."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StoryError(
            f"{path} cannot be read: {error}. A projects set is a folder with projects.jsonl and problems.jsonl."
        ) from None
    for number, line in enumerate(text.splitlines(), start=1):
        where = f"{path}, line {number}"
        try:
            told = json.loads(line)
        except json.JSONDecodeError as error:
            raise StoryError(f"{where}: this is not JSON ({error.msg}, column {error.colno}).") from None
        for name, type_ in required.items():
            if not isinstance(told, dict) or not isinstance(told.get(name), type_):
                raise StoryError(f"{where}: the field {name!r} must be there, as {type_.__name__}.")
        yield told | {"where": where}
