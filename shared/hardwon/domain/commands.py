"""Everything that can be asked for, in the imperative. Ids are chosen by whoever asks, so that asking twice is harmless."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hardwon.domain.values import Occasion, Outcome, PointKind, Profile, Role, Suggestion, Verdict


@dataclass(frozen=True, slots=True)
class RegisterProject:
    project_id: UUID
    profile: Profile


@dataclass(frozen=True, slots=True)
class ChangeProfile:
    project_id: UUID
    changes: Mapping[str, Any]
    """Profile field -> new value."""


@dataclass(frozen=True, slots=True)
class HoldRetrospective:
    retrospective_id: UUID
    project_id: UUID
    title: str
    held_on: str | None


@dataclass(frozen=True, slots=True)
class RaiseDiscussionPoint:
    point_id: UUID
    project_id: UUID
    retrospective_id: UUID | None
    kind: PointKind
    text: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawLesson:
    lesson_id: UUID
    project_id: UUID
    retrospective_id: UUID | None
    insight: str
    advice: str
    applies_when: str
    points: tuple[UUID, ...]
    tags: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class ReviseLesson:
    lesson_id: UUID
    changes: Mapping[str, Any]
    """insight, advice, applies_when or tags -> its new value."""
    reason: str


@dataclass(frozen=True, slots=True)
class EndorseLesson:
    lesson_id: UUID
    project_id: UUID
    note: str


@dataclass(frozen=True, slots=True)
class ProposeMerge:
    lesson_id: UUID
    into_lesson_id: UUID
    similarity: float


@dataclass(frozen=True, slots=True)
class DeclineMerge:
    lesson_id: UUID
    into_lesson_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class MergeLesson:
    lesson_id: UUID
    into_lesson_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class SupersedeLesson:
    lesson_id: UUID
    by_lesson_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class RetireLesson:
    lesson_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class RestoreLesson:
    lesson_id: UUID
    reason: str


LessonCommand = (
    ReviseLesson
    | EndorseLesson
    | ProposeMerge
    | DeclineMerge
    | MergeLesson
    | SupersedeLesson
    | RetireLesson
    | RestoreLesson
)


@dataclass(frozen=True, slots=True)
class SuggestLessons:
    project_id: UUID
    known_position: int
    ranker: str
    embedding_model: str
    considered: int
    hidden: int
    suggestions: tuple[Suggestion, ...]
    occasion: Occasion = "registered"
    profile_position: int = 0
    """Where in the log the profile last changed; matters where that is the occasion."""


@dataclass(frozen=True, slots=True)
class BringLesson:
    project_id: UUID
    lesson_id: UUID


@dataclass(frozen=True, slots=True)
class PutBackLesson:
    project_id: UUID
    lesson_id: UUID


RetroCommand = HoldRetrospective | RaiseDiscussionPoint | DrawLesson


@dataclass(frozen=True, slots=True)
class RewordPoint:
    point_id: UUID
    text: str


@dataclass(frozen=True, slots=True)
class WithdrawPoint:
    point_id: UUID


PointCommand = RewordPoint | WithdrawPoint


@dataclass(frozen=True, slots=True)
class NameGroup:
    retrospective_id: UUID
    group_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class GroupPoint:
    retrospective_id: UUID
    point_id: UUID
    under: UUID | None


@dataclass(frozen=True, slots=True)
class CastVote:
    retrospective_id: UUID
    point_id: UUID
    ballot: str


@dataclass(frozen=True, slots=True)
class TakeVoteBack:
    retrospective_id: UUID
    point_id: UUID
    ballot: str


@dataclass(frozen=True, slots=True)
class CloseRetrospective:
    retrospective_id: UUID


@dataclass(frozen=True, slots=True)
class ReopenRetrospective:
    retrospective_id: UUID


BoardCommand = NameGroup | GroupPoint | CastVote | TakeVoteBack | CloseRetrospective | ReopenRetrospective


@dataclass(frozen=True, slots=True)
class GiveFeedback:
    project_id: UUID
    lesson_id: UUID
    verdict: Verdict
    note: str


@dataclass(frozen=True, slots=True)
class WithdrawFeedback:
    project_id: UUID
    lesson_id: UUID


@dataclass(frozen=True, slots=True)
class ReportOutcome:
    project_id: UUID
    lesson_id: UUID
    outcome: Outcome
    note: str


@dataclass(frozen=True, slots=True)
class TrainRanker:
    method: str
    embedding_model: str
    data_position: int
    verdicts: int
    projects: int
    figures: Mapping[str, float]
    switched_on: bool


@dataclass(frozen=True, slots=True)
class SwitchRanker:
    version: int
    reason: str


RankerCommand = TrainRanker | SwitchRanker


@dataclass(frozen=True, slots=True)
class DetectRecurrence:
    point_id: UUID
    project_id: UUID
    lesson_id: UUID | None
    earlier_point_id: UUID | None
    similarity: float
    suggested: bool
    adopted: bool
    radar: str
    embedding_model: str


@dataclass(frozen=True, slots=True)
class ConfirmRecurrence:
    point_id: UUID
    note: str


@dataclass(frozen=True, slots=True)
class RejectRecurrence:
    point_id: UUID
    note: str


@dataclass(frozen=True, slots=True)
class AddMember:
    member_id: UUID
    name: str
    email: str
    role: Role
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeMember:
    member_id: UUID
    changes: Mapping[str, Any]
    """name, email, role or teams -> new value."""


@dataclass(frozen=True, slots=True)
class RemoveMember:
    member_id: UUID


MemberCommand = AddMember | ChangeMember | RemoveMember
