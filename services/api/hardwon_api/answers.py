"""What answers look like, made from read models' rows: the other half of the OpenAPI document."""

from collections import Counter
from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hardwon.domain.lesson import State as LessonState
from hardwon.domain.values import ArtefactKind
from hardwon_api.found import Found


class Answer(BaseModel):
    """A part of an answer, made from a read model's row."""

    model_config = ConfigDict(extra="ignore")

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        return cls.model_validate(row)


class Artefact(Answer):
    """A paper that the project started with."""

    kind: ArtefactKind
    title: str
    text: str


class Project(Answer):
    """A project's profile as it now is, and how much was recorded in it."""

    id: UUID
    name: str
    summary: str
    domain: str
    technologies: list[str]
    practices: list[str]
    team: str
    size: int | None
    phase: str
    started_on: str | None
    ended_on: str | None
    tags: list[str]
    version: int = Field(description="of the profile; also the ETag")
    registered_at: datetime
    retrospectives: int
    points: int
    lessons: int
    artefacts: list[Artefact] = Field([], description="left out of lists of projects")

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        return cls.model_validate(row["profile"] | row | {"id": row["project_id"]})


class SourceProject(Answer):
    """The project that something comes from."""

    id: UUID
    name: str
    team: str

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        return cls(id=row["project_id"], name=row["project_name"], team=row["project_team"])


class Evidence(Answer):
    """How many projects said what of a lesson that they were suggested or brought."""

    adopted: int = 0
    helpful: int = 0
    already_known: int = 0
    not_relevant: int = 0
    helped: int = Field(0, description="of those that adopted it")
    did_not_help: int = Field(0, description="of those that adopted it")

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        answers = row["answers"].values()
        return cls.model_validate(
            Counter(said for answer in answers for said in (answer["verdict"], answer["outcome"]))
        )

    def without(self, *said: str | None) -> Self:
        """Return what the others said, for whoever said this: it is no news to them. One read model may be ahead of the other."""
        others = {name: max(0, count - (name in said)) for name, count in self.model_dump().items()}
        return self.model_copy(update=others)


class Lesson(Answer):
    """An insight, and advice for the next project."""

    id: UUID
    insight: str
    advice: str
    applies_when: str
    tags: list[str]
    language: str
    state: LessonState
    leads_to: UUID | None = Field(None, description="the lesson in which a superseded or merged one lives on")
    drawn_at: datetime
    version: int
    source_project: SourceProject
    evidence: Evidence

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        told = {"id": row["lesson_id"], "source_project": SourceProject.of(row), "evidence": Evidence.of(row)}
        return cls.model_validate(row | told)


class DiscussionPoint(Answer):
    """A story behind a lesson."""

    id: UUID
    project_id: UUID
    retrospective_id: UUID | None
    kind: str
    text: str
    tags: list[str]
    raised_at: datetime

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        return cls.model_validate(row | {"id": row["point_id"]})


class RecordedItem(Answer):
    """What became of one event of a batch."""

    index: int
    id: UUID
    type: str
    status: Literal["recorded"] = "recorded"
    position: int


class RecordedEvents(Answer):
    """What became of a batch: all of it is recorded."""

    position: int
    items: list[RecordedItem]


class ChangedLesson(Answer):
    """A lesson just changed."""

    id: UUID
    state: LessonState
    leads_to: UUID | None = Field(description="the lesson in which this one lives on")
    position: int
    version: int


class FoundLesson(Answer):
    """A lesson that a search found."""

    score: float = Field(description="by meaning and words together; comparable within one answer only")
    close: bool = Field(
        description="whether it says something like what was asked, so that it would be worth suggesting; else it is only near"
    )
    passage: str = Field(description="the part of the lesson nearest to the question")
    passage_in: Literal["insight", "advice", "applies_when"] | None = Field(
        description="where the passage stands; null where the lesson was changed at this moment"
    )
    passage_at: int | None = Field(description="so many characters stand before it there")
    lesson: Lesson

    @classmethod
    def told(cls, found: Found, lesson: Lesson) -> Self:
        texts = {"insight": lesson.insight, "advice": lesson.advice, "applies_when": lesson.applies_when}
        held = next((name for name, text in texts.items() if found.passage in text), None)
        at = texts[held].index(found.passage) if held else None
        said = {"score": found.score, "close": found.close, "passage": found.passage}
        return cls.model_validate(said | {"passage_in": held, "passage_at": at, "lesson": lesson})


class SearchResults(Answer):
    """What a search found, the best first."""

    items: list[FoundLesson]


class ProjectPage(Answer):
    """A page of projects, newest first."""

    items: list[Project]
    next: str | None


class LessonPage(Answer):
    """A page of lessons, newest first."""

    items: list[Lesson]
    next: str | None


class CloudEvent(Answer):
    """An event of the log in the CloudEvents 1.0 JSON format."""

    model_config = ConfigDict(extra="allow")

    specversion: Literal["1.0"]
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str
    data: dict[str, Any]
    sequence: str = Field(description="log position, zero-padded")


class Feed(Answer):
    """A stretch of the log."""

    items: list[CloudEvent]
    position: int = Field(description="of the last event in this answer: the next `after`")
    next: int | None = Field(description="the next `after`, if there is more already")
