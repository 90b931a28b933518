"""A lesson's way from the first story to the latest advice: what answers tell of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from hardwon.log import wire
from hardwon.log.wire import StoredEvent
from hardwon_api.answers import Answer, DiscussionPoint, Lesson


class Step(Answer):
    """One step of a lesson's life."""

    type: str = Field(description="the event: lesson_drawn, lesson_revised, ...")
    at: datetime
    position: int
    reason: str = ""
    insight: str | None = Field(None, description="what the lesson says from then on")
    advice: str | None = None
    lesson_id: UUID | None = Field(None, description="the other lesson of a merge or a succession")
    project_id: UUID | None = Field(None, description="the project that drew or endorsed it")

    @classmethod
    def told(cls, stored: StoredEvent) -> Self:
        data = wire.to_json(stored.event)
        other = data.get("into_lesson_id") or data.get("by_lesson_id")
        told = {"type": stored.type, "at": stored.occurred_at, "position": stored.position, "lesson_id": other}
        return cls.model_validate(data | {"reason": data.get("reason") or data.get("note") or ""} | told)


class Carried(Answer):
    """A project that was suggested or brought the lesson, and what it says of it."""

    project_id: UUID
    verdict: str
    outcome: str | None


class LessonWithStory(Lesson):
    """A lesson, the discussion points that it answers, and its way from the first story to the latest advice."""

    points: list[DiscussionPoint]
    lineage: list[Step]
    lives_on_here: list[Lesson] = Field(description="lessons merged into this one or superseded by it")
    carried_to: list[Carried]

    @classmethod
    def told(
        cls,
        row: dict[str, Any],
        points: Sequence[dict[str, Any]],
        history: Sequence[StoredEvent],
        joined: Sequence[dict[str, Any]],
    ) -> Self:
        answers = sorted(row["answers"].items())  # the database and a fold keep keys in different orders
        return cls.model_validate(
            Lesson.of(row).model_dump()
            | {
                "points": [DiscussionPoint.of(point) for point in points],
                "lineage": [Step.told(stored) for stored in history],
                "lives_on_here": [Lesson.of(each) for each in joined],
                "carried_to": [{"project_id": id_, **said} for id_, said in answers if said["verdict"]],
            }
        )


class ProposedMerge(Answer):
    """A lesson that might be the same, and the cosine of their texts."""

    lesson: Lesson
    similarity: float


class MergeProposal(Answer):
    """A lesson, and others that seem to say the same."""

    lesson: Lesson
    into: list[ProposedMerge]

    @classmethod
    def told(cls, row: dict[str, Any], others: dict[UUID, dict[str, Any]]) -> Self:
        into = [
            ProposedMerge(lesson=Lesson.of(others[UUID(id_)]), similarity=said["similarity"])
            for id_, said in row["merges"].items()
            if said["state"] == "proposed" and UUID(id_) in others
        ]
        return cls(lesson=Lesson.of(row), into=into)


class MergeProposalPage(Answer):
    """A page of proposals, newest first."""

    items: list[MergeProposal]
    next: str | None
