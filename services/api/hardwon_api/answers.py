"""What answers look like, made from read models' rows: the other half of the OpenAPI document."""

from collections import Counter
from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hardwon.domain.lesson import State as LessonState
from hardwon.domain.values import ArtefactKind, Occasion, Outcome, Verdict


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
    """How many projects said what of a lesson that they were suggested."""

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


class Reason(Answer):
    """One cause of a suggestion's score."""

    kind: str = Field(description="similar_text, common_theme, shared_trait, told_again, evidence, recent or learned")
    aspect: str = Field(description="the part of the project's profile that matched, if it was one")
    passage: str = Field(description="the part of the lesson that matched, or the trait that both projects share")
    weight: float = Field(description="what it adds to the score; the weights of all reasons make the score")
    count: int = Field(0, description="so many projects met the theme, told the same, or adopted the lesson")
    total: int = Field(0, description="of a common theme: of so many")
    asked: str = Field("", description="what the project's own paper says where the passage matched")


class Feedback(Answer):
    """What a project says of a lesson that it was suggested."""

    verdict: Verdict
    note: str
    outcome: Outcome | None = Field(description="whether the adopted lesson helped; null until it is reported")
    outcome_note: str
    at: datetime = Field(description="when the last of it was said")


class GivenFeedback(Feedback):
    """What a project now says of a lesson, and where in the log it said so."""

    project_id: UUID
    lesson_id: UUID
    position: int


class Suggestion(Answer):
    """A lesson that a project was offered."""

    rank: int = Field(description="1 is the best of all that could be suggested on this occasion")
    score: float
    occasion: Occasion = Field(
        description="what led to it: the registration, a change of the profile, new lessons, or what was held back for a digest"
    )
    suggested_at: datetime
    lesson: Lesson
    source_project: SourceProject
    reasons: list[Reason]
    feedback: Feedback | None = Field(description="what the project says of it; null until it does")

    @classmethod
    def told(cls, said: dict[str, Any], lesson: dict[str, Any], feedback: dict[str, Any] | None) -> Self:
        source = SourceProject.of(lesson)
        return cls.of(said | {"lesson": Lesson.of(lesson), "source_project": source, "feedback": feedback})


class Recommendations(Answer):
    """All that a project was suggested, and whether it waits for an answer; what it was suggested before stays there meanwhile."""

    project_id: UUID
    state: Literal["pending", "ready"]
    position: int = Field(description="log position of the latest suggestions, or of what they still wait for")
    considered: int = Field(0, description="lessons of other projects that could have been suggested the last time")
    hidden: int = Field(
        0, description="lessons then looked at and held back as not relevant enough, or one too many of a project"
    )
    ranker: str = ""
    embedding_model: str = ""
    items: list[Suggestion] = []

    @classmethod
    def told(cls, row: dict[str, Any], lessons: dict[UUID, dict[str, Any]]) -> Self:
        """Build from the recommendation's row and the rows of its lessons; one retired since is left out."""
        answers = row["suggested"][::-1]
        items = [
            Suggestion.told(answer | said, lesson, row["answers"].get(said["lesson_id"]))
            for answer in answers
            for said in answer["suggestions"]
            if (lesson := lessons.get(UUID(said["lesson_id"]))) and lesson["state"] == "current"
        ]
        known = {"project_id": row["project_id"], "state": row["state"], "position": row["position"]}
        return cls.model_validate((answers[0] if answers else {}) | known | {"items": items})


class RegisteredProject(Project):
    """A project just registered, with its recommendations as far as they are ready."""

    position: int
    recommendations: Recommendations


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

    score: float
    passage: str = Field(description="the part of the lesson nearest to the question")
    passage_in: Literal["insight", "advice", "applies_when"] | None = Field(
        description="where the passage stands; null where the lesson was changed at this moment"
    )
    passage_at: int | None = Field(description="so many characters stand before it there")
    lesson: Lesson

    @classmethod
    def told(cls, score: float, passage: str, lesson: Lesson) -> Self:
        texts = {"insight": lesson.insight, "advice": lesson.advice, "applies_when": lesson.applies_when}
        held = next((name for name, text in texts.items() if passage in text), None)
        at = texts[held].index(passage) if held else None
        return cls.model_validate(
            {"score": score, "passage": passage, "passage_in": held, "passage_at": at, "lesson": lesson}
        )


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
