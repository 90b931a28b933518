"""Sets of real text, found in a folder by the files they hold."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class SetUnreadable(Exception):
    """A file of a set is not what its format says."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text that can be found."""

    id: str
    text: str
    project: str = ""
    type: str = ""
    """A label by which answers are judged; no ranker ever sees it."""


@dataclass(frozen=True, slots=True)
class PastProject:
    """A project of a projects set, with the problems it met."""

    id: str
    name: str
    year: int
    platforms: tuple[str, ...]
    genres: tuple[str, ...]
    modes: tuple[str, ...]
    asks: bool
    """Whether the project is asked for, or only fills the pool."""
    problems: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    name: str
    documents: tuple[Document, ...]
    queries: dict[str, str]
    gains: dict[str, dict[str, float]]
    """Query -> document -> gain, above 0."""


@dataclass(frozen=True, slots=True)
class ProjectsSet:
    name: str
    projects: tuple[PastProject, ...]
    """In order of year."""

    @property
    def problems(self) -> tuple[Document, ...]:
        return tuple(problem for project in self.projects for problem in project.problems)


def find(folder: Path) -> Iterator[RetrievalSet | ProjectsSet]:
    """Read the sets that lie in the folder, one a folder, in order of name.

    Raises:
        SetUnreadable: names the file and line.

    """
    for each in sorted([folder, *folder.iterdir()]):
        if (each / "projects.jsonl").exists() and (each / "problems.jsonl").exists():
            yield _projects_set(each)
        elif (each / "corpus.jsonl").exists() and (each / "qrels.tsv").exists():
            yield _retrieval_set(each)


def _projects_set(folder: Path) -> ProjectsSet:
    problems: dict[str, list[Document]] = {}
    for row in _rows(folder / "problems.jsonl", "id", "project", "text"):
        problem = Document(row["id"], row["text"], row["project"], row.get("type", ""))
        problems.setdefault(problem.project, []).append(problem)
    projects = [
        PastProject(
            row["id"],
            row["name"],
            int(row["year"]),
            tuple(row.get("platforms") or ()),
            tuple(row.get("genres") or ()),
            tuple(row.get("modes") or ()),
            bool(row.get("query", True)),
            tuple(problems.get(row["id"], ())),
        )
        for row in _rows(folder / "projects.jsonl", "id", "name", "year")
    ]
    return ProjectsSet(folder.name, tuple(sorted(projects, key=lambda each: (each.year, each.id))))


def _retrieval_set(folder: Path) -> RetrievalSet:
    documents = tuple(
        Document(row["id"], f"{row.get('title') or ''}\n{row['text']}".strip(), row.get("project") or "")
        for row in _rows(folder / "corpus.jsonl", "id", "text")
        if row["text"].strip()  # Cranfield has two empty ones, which nobody could record as a lesson
    )
    known = {each.id for each in documents}
    queries = {row["id"]: row["text"] for row in _rows(folder / "queries.jsonl", "id", "text")}
    gains: dict[str, dict[str, float]] = {}
    for number, line in enumerate((folder / "qrels.tsv").read_text("utf-8").splitlines(), start=1):
        fields = line.split("\t")
        if len(fields) != 4:  # noqa: PLR2004 - query, 0, document, gain
            raise SetUnreadable(
                f"{folder / 'qrels.tsv'}:{number}: expected query, 0, document and gain, separated by tabs."
            )
        query, _, document, gain = fields
        if query in queries and document in known and float(gain) > 0:
            gains.setdefault(query, {})[document] = float(gain)
    return RetrievalSet(folder.name, documents, {id_: text for id_, text in queries.items() if id_ in gains}, gains)


def _rows(path: Path, *needed: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise SetUnreadable(f"{path}:{number}: not JSON: {error.msg}.") from None
        missing = [name for name in needed if row.get(name) is None]
        if missing:
            raise SetUnreadable(f"{path}:{number}: {', '.join(missing)} missing.")
        yield row
