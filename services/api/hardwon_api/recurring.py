"""What answers about recurrences look like; see answers.py for the rest."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from hardwon.domain.recurrence import State
from hardwon_api.answers import Answer, DiscussionPoint, Lesson


class Recurrence(Answer):
    """A problem that the organisation had met before."""

    point: DiscussionPoint
    lesson: Lesson | None = Field(
        description="the lesson drawn before that is closest; null where none is close enough"
    )
    earlier_point: DiscussionPoint | None = Field(
        description="the story told before, in another meeting, that is closest; null where none is close enough"
    )
    similarity: float = Field(description="to the closer of the two, up to 1")
    suggested: bool = Field(
        description="the lesson had been suggested, or brought, to the project before: a repeat after warning"
    )
    adopted: bool = Field(description="the project had adopted the lesson before")
    state: State = Field(description="detected until a person confirms or rejects it")
    note: str
    raised_at: datetime
    version: int
    radar: str = Field(description="what found it")
    embedding_model: str

    @classmethod
    def told(cls, row: dict[str, Any], points: dict[UUID, dict[str, Any]], lessons: dict[UUID, dict[str, Any]]) -> Self:
        lesson, earlier = lessons.get(row["lesson_id"]), points.get(row["earlier_point_id"])
        told = {
            "point": DiscussionPoint.of(points[row["point_id"]]),
            "lesson": Lesson.of(lesson) if lesson else None,
            "earlier_point": DiscussionPoint.of(earlier) if earlier else None,
        }
        return cls.model_validate(row | told)


class RecurrencePage(Answer):
    """A page of recurrences, newest first."""

    items: list[Recurrence]
    next: str | None


class JudgedRecurrence(Answer):
    """A recurrence just confirmed or rejected."""

    point_id: UUID
    project_id: UUID
    state: State
    note: str
    position: int
    version: int
