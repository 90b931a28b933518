"""What is told of a retrospective and its board; see answers.py for the rest."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from pydantic import BaseModel, Field

from hardwon.domain.board import VOTES
from hardwon.domain.board import Board as Standing
from hardwon.domain.events import DiscussionPointRaised, RetrospectiveClosed, RetrospectiveHeld
from hardwon.log.wire import StoredEvent
from hardwon_api.answers import Answer, DiscussionPoint, Lesson, SourceProject


class Asker(NamedTuple):
    """Who looks at a board."""

    ballot: str | None
    """Under which they vote; None for a tool."""
    may_change: Callable[[StoredEvent], bool]
    """Whether they may change what this event raised."""


class RetrospectivePath(BaseModel):
    """A retrospective's id."""

    retrospective_id: UUID


class Retrospective(Answer):
    """A meeting in which the project looked back, or is looking back."""

    id: UUID
    project: SourceProject
    title: str
    held_on: str | None
    opened_at: datetime
    closed_at: datetime | None = Field(description="null while it is open")
    points: int = Field(description="so many were raised in it")

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        return cls.model_validate(row | {"id": row["retrospective_id"], "project": SourceProject.of(row)})


class RetrospectivePage(Answer):
    """A page of retrospectives, newest first."""

    items: list[Retrospective]
    next: str | None


class Raiser(Answer):
    """Who raised a point under a name."""

    id: UUID
    name: str


class BoardPoint(DiscussionPoint):
    """A discussion point as it stands on the board."""

    raised_by: Raiser | None = Field(description="null where it was raised anonymously, or by a tool")
    under: UUID | None = Field(
        description="the group or the point that it stands under; null where it stands by itself"
    )
    votes: int
    my_vote: bool = Field(description="one of them is yours")
    lessons: list[UUID] = Field(description="the lessons that answer it")
    changeable: bool = Field(description="you may say it otherwise or take it back")


class BoardGroup(Answer):
    """A heading on the board."""

    id: UUID
    name: str
    votes: int = Field(description="for the points under it")


class Board(Answer):
    """A retrospective's board: what was raised, how it is grouped, what was voted for and what was learned."""

    id: UUID
    project_id: UUID
    title: str
    held_on: str | None
    opened_at: datetime
    closed_at: datetime | None = Field(description="null while it is open")
    version: int = Field(description="of the retrospective; also the ETag")
    votes_each: int = Field(VOTES, description="so many points one person can vote for")
    votes_left: int | None = Field(
        description="so many more you can vote for; null for a tool, since votes are persons'"
    )
    groups: list[BoardGroup]
    points: list[BoardPoint] = Field(description="in the order in which they were raised")
    lessons: list[Lesson] = Field(description="drawn in it, or from one of its points")
    unanswered: list[UUID] = Field(description="the points that no lesson answers yet")

    @classmethod
    def told(
        cls,
        standing: Standing,
        history: Sequence[StoredEvent],
        lessons: Sequence[dict[str, Any]],
        raisers: Mapping[UUID, dict[str, Any]],
        asks: Asker,
    ) -> Self:
        """Build from the board, the events that tell it, the rows of its lessons and of its members, and who asks."""
        (held,) = (stored.event for stored in history if isinstance(stored.event, RetrospectiveHeld))
        closings = [stored for stored in history if isinstance(stored.event, RetrospectiveClosed)]
        answers = _answers(standing.points, lessons)
        points = [
            _point(stored, standing.points[stored.event.point_id], standing, answers, raisers, asks)
            for stored in history
            if isinstance(stored.event, DiscussionPointRaised) and stored.event.point_id in standing.points
        ]
        return cls(
            id=held.retrospective_id,
            project_id=held.project_id,
            title=held.title,
            held_on=held.held_on,
            opened_at=history[0].occurred_at,
            closed_at=closings[-1].occurred_at if standing.closed else None,
            version=history[-1].version,
            votes_left=None if asks.ballot is None else VOTES - len(standing.voted(asks.ballot)),
            groups=[_group(id_, name, points) for id_, name in standing.groups.items()],
            points=points,
            lessons=[Lesson.of(row) for row in lessons],
            unanswered=[each.id for each in points if not each.lessons],
        )


class ChangedBoard(Answer):
    """A board just changed, or already as it was to be."""

    id: UUID
    position: int
    version: int
    votes_left: int | None = Field(description="so many more you can vote for; null for a tool")


class BoardPointPath(RetrospectivePath):
    """A retrospective, and a point of it."""

    point_id: UUID


class BoardGroupPath(RetrospectivePath):
    """A retrospective, and a group of it, whose id you choose."""

    group_id: UUID


def raised_by(stored: StoredEvent) -> UUID | None:
    """Return the member who had the event recorded; None for an anonymous point, or a tool's."""
    person = stored.metadata.get("person_id")
    return UUID(person) if person else None


def _answers(points: Collection[UUID], lessons: Sequence[dict[str, Any]]) -> dict[UUID, list[UUID]]:
    answers: dict[UUID, list[UUID]] = {id_: [] for id_ in points}
    for row in lessons:
        for id_ in map(UUID, row["points"]):
            answers.get(id_, []).append(row["lesson_id"])
    return answers


def _point(
    stored: StoredEvent,
    told: DiscussionPointRaised,
    standing: Standing,
    answers: Mapping[UUID, list[UUID]],
    raisers: Mapping[UUID, dict[str, Any]],
    asks: Asker,
) -> BoardPoint:
    head, ballots = standing.head(told.point_id), standing.votes.get(told.point_id, frozenset())
    who = raised_by(stored)
    return BoardPoint(
        id=told.point_id,
        project_id=told.project_id,
        retrospective_id=told.retrospective_id,
        kind=told.kind,
        text=told.text,
        tags=list(told.tags),
        raised_at=stored.occurred_at,
        raised_by=Raiser(id=who, name=raisers[who]["name"]) if who in raisers and who else None,
        under=None if head == told.point_id else head,
        votes=len(ballots),
        my_vote=asks.ballot in ballots,
        lessons=answers[told.point_id],
        changeable=not (standing.closed or answers[told.point_id]) and asks.may_change(stored),
    )


def _group(id_: UUID, name: str, points: Sequence[BoardPoint]) -> BoardGroup:
    return BoardGroup(id=id_, name=name, votes=sum(each.votes for each in points if each.under == id_))
