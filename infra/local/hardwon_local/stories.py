"""The story that a projects set of yours tells: a past of finished projects, and a new one. The built-in one is hardwon/sample."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from hardwon.domain.values import PointKind
from hardwon.sample import Lesson, PastProject, Point, Retrospective, Story
from hardwon_local.errors import LocalError

# What the API takes: said here already, with file and line, and not half way through the loading.
MAX_TEXT = 10_000
MAX_SHORT = 200
MAX_WORDS = 50
MAX_YEAR = 9999
KINDS = get_args(PointKind)


class StoryError(LocalError):
    """The projects set cannot be read."""


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
    name, title, year = project["name"], project.get("title"), _year(project)
    about = f"{title}, {year}." if isinstance(title, str) and title != name else f"A project of {year}."
    traits = {field: value for field, value in project.items() if _is_words(value)}
    domain = ", ".join(traits.pop("genres", []))
    technologies = traits.pop("platforms", [])
    tags = list(dict.fromkeys(word for words in traits.values() for word in words))
    for words in (technologies, tags):
        _check_words(project, words)
    return {
        "name": _fitting(project, "name", name, MAX_SHORT),
        "summary": _fitting(project, "title", about, MAX_TEXT),
        "domain": domain and _fitting(project, "genres", domain, MAX_SHORT),
        "technologies": technologies,
        "tags": tags,
    }


def _is_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _check_words(project: dict[str, Any], words: list[str]) -> None:
    if len(words) > MAX_WORDS:
        raise StoryError(f"{project['where']}: {len(words)} words describe the project, and at most {MAX_WORDS} can.")
    for word in words:
        _fitting(project, "a word that describes the project", word, MAX_SHORT)


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
    points = [Point(each["id"], _kind(each), _fitting(each, "text", each["text"], MAX_TEXT)) for each in problems]
    lessons = [Lesson(insight=point.text, advice="", applies_when="", points=(point.key,)) for point in points]
    title, held_on = f"Post-mortem of {project['name']}"[:MAX_SHORT], f"{project['year']:04d}-12-31"
    return (Retrospective(title, held_on, tuple(points), tuple(lessons)),)


def _kind(problem: dict[str, Any]) -> str:
    kind = str(problem.get("kind", "went_wrong"))
    if kind not in KINDS:
        raise StoryError(f"{problem['where']}: kind is {kind!r}, and must be one of {', '.join(KINDS)}.")
    return kind


def _fitting(told: dict[str, Any], field: str, text: str, most: int) -> str:
    if not text.strip():
        raise StoryError(f"{told['where']}: {field} must not be blank.")
    if len(text) > most:
        raise StoryError(f"{told['where']}: {field} has {len(text):,} characters, and may have {most:,}.")
    return text


def _by_id(lines: Iterator[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the lines by their ids, in the file's order."""
    found: dict[str, dict[str, Any]] = {}
    for line in lines:
        if (first := found.setdefault(line["id"], line)) is not line:
            raise StoryError(f"{line['where']}: the id {line['id']!r} was already used in {first['where']}.")
    return found


def _lines(path: Path, **required: type) -> Iterator[dict[str, Any]]:
    """Yield each line's object with ``where`` it stands, its required fields checked."""
    try:
        # Of bytes: a text's own line separators (U+2028) end no line of the file.
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise StoryError(
            f"{path} cannot be read: {error.strerror}. A projects set is a folder with projects.jsonl and problems.jsonl."
        ) from None
    for number, line in enumerate(lines, start=1):
        if line.strip():
            where = f"{path}, line {number}"
            yield _object(line, where, required) | {"where": where}


def _object(line: bytes, where: str, required: dict[str, type]) -> dict[str, Any]:
    try:
        told = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise StoryError(f"{where}: this is not UTF-8 (byte {error.start + 1} of the line).") from None
    except json.JSONDecodeError as error:
        raise StoryError(f"{where}: this is not JSON ({error.msg}, column {error.colno}).") from None
    except (RecursionError, ValueError):  # nested a thousand deep, or a number of thousands of digits
        raise StoryError(f"{where}: this JSON is deeper, or a number in it longer, than can be read.") from None
    if not isinstance(told, dict):
        raise StoryError(f"{where}: this must be a JSON object.")
    for name, type_ in required.items():
        if type(told.get(name)) is not type_:  # exactly: to isinstance, true would be a year
            raise StoryError(f"{where}: the field {name!r} must be there, as {type_.__name__}.")
    return told
