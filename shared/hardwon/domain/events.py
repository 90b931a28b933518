"""Everything that can happen, in the past tense. Shipped events never change (see README.md in this folder).

Ids are UUIDs; the fact that opens a project, retrospective, point or lesson names it for ever. Dates are ISO 8601 text
(``2026-11-23``), so that an event is plain JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from hardwon.domain.values import Occasion, Outcome, PointKind, Profile, Role, Scope, Suggestion, Verdict


@dataclass(frozen=True, slots=True)
class OrganisationRegistered:
    name: str


@dataclass(frozen=True, slots=True)
class ProjectRegistered:
    project_id: UUID
    profile: Profile


@dataclass(frozen=True, slots=True)
class ProjectProfileChanged:
    project_id: UUID
    changes: Mapping[str, Any]
    """Profile field -> its new value; fields left out stay as they were."""


@dataclass(frozen=True, slots=True)
class RetrospectiveHeld:
    retrospective_id: UUID
    project_id: UUID
    title: str
    held_on: str | None = None


@dataclass(frozen=True, slots=True)
class DiscussionPointRaised:
    point_id: UUID
    project_id: UUID
    retrospective_id: UUID | None
    """None for a point raised between meetings."""
    kind: PointKind
    text: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupNamed:
    """A heading on a retrospective's board, under which points can be put; named again, it is called so from now on."""

    retrospective_id: UUID
    group_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class PointGrouped:
    """A point now stands under a group, under another point that says the same, or by itself again."""

    retrospective_id: UUID
    point_id: UUID
    under: UUID | None


@dataclass(frozen=True, slots=True)
class VoteCast:
    """Somebody finds this point worth talking about."""

    retrospective_id: UUID
    point_id: UUID
    ballot: str
    """Whose vote it is, in this retrospective only: it leads to nobody, but tells one person's votes from another's."""


@dataclass(frozen=True, slots=True)
class VoteTakenBack:
    retrospective_id: UUID
    point_id: UUID
    ballot: str


@dataclass(frozen=True, slots=True)
class RetrospectiveClosed:
    """The meeting is over: its board stands as it was left. Lessons may still be drawn from its points."""

    retrospective_id: UUID


@dataclass(frozen=True, slots=True)
class RetrospectiveReopened:
    retrospective_id: UUID


@dataclass(frozen=True, slots=True)
class LessonDrawn:
    lesson_id: UUID
    project_id: UUID
    retrospective_id: UUID | None
    insight: str
    advice: str
    """What to do next time; may be empty where only the insight was recorded."""
    applies_when: str = ""
    points: tuple[UUID, ...] = ()
    """The discussion points that the lesson answers."""
    tags: tuple[str, ...] = ()
    language: str = "en"
    """BCP 47 tag of the text."""


@dataclass(frozen=True, slots=True)
class LessonRetired:
    lesson_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class LessonRevised:
    """The lesson says it better now; its text as a whole, and why it changed."""

    lesson_id: UUID
    insight: str
    advice: str
    applies_when: str
    tags: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class LessonEndorsed:
    """Another project stands behind the lesson: it went through the same."""

    lesson_id: UUID
    project_id: UUID
    note: str = ""


@dataclass(frozen=True, slots=True)
class MergeProposed:
    """Two lessons seem to say the same; a person decides."""

    lesson_id: UUID
    into_lesson_id: UUID
    similarity: float
    """Cosine of the two texts' vectors."""


@dataclass(frozen=True, slots=True)
class MergeDeclined:
    """The two lessons are not the same; it is not proposed again."""

    lesson_id: UUID
    into_lesson_id: UUID
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LessonMerged:
    """The lesson lives on in another one that says the same."""

    lesson_id: UUID
    into_lesson_id: UUID
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LessonSuperseded:
    """Newer advice takes the lesson's place."""

    lesson_id: UUID
    by_lesson_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class LessonRestored:
    """A lesson that was retired, superseded or merged stands again."""

    lesson_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class FeedbackGiven:
    """What a project says of a lesson that it was offered; the latest word counts."""

    project_id: UUID
    lesson_id: UUID
    verdict: Verdict
    note: str = ""


@dataclass(frozen=True, slots=True)
class FeedbackWithdrawn:
    """The project takes back what it said of the lesson, as if it had not answered."""

    project_id: UUID
    lesson_id: UUID


@dataclass(frozen=True, slots=True)
class OutcomeReported:
    """Whether an adopted lesson helped; the latest word counts."""

    project_id: UUID
    lesson_id: UUID
    outcome: Outcome
    note: str = ""


@dataclass(frozen=True, slots=True)
class LessonsSuggested:
    """What was offered to a project on an occasion; a fact, never computed again on replay.

    Only the answer to a registration may be empty: it says that nothing was relevant.
    """

    project_id: UUID
    known_position: int
    """Lessons up to this log position were considered."""
    ranker: str
    embedding_model: str
    considered: int
    """Lessons of other projects that could have been suggested."""
    hidden: int
    """Lessons looked at closely and held back as not relevant enough or one too many from the same project."""
    suggestions: tuple[Suggestion, ...] = field(default=())
    occasion: Occasion = "registered"


@dataclass(frozen=True, slots=True)
class RankerTrained:
    """A version of the organisation's ranker was learned from its feedback, and tried on feedback that it had not seen."""

    version: int
    """From 1 on."""
    method: str
    """How it was learned; another method cannot speak for it."""
    embedding_model: str
    data_position: int
    """Feedback up to this log position was learned from and tried on: from the log up to here the version can be made again."""
    verdicts: int
    projects: int
    """That gave them."""
    figures: Mapping[str, float]
    """What the trial measured, by name."""
    switched_on: bool
    """Whether it speaks from now on, since it did better than what spoke before."""


@dataclass(frozen=True, slots=True)
class RankerSwitched:
    """From now on this version speaks; 0 is the default, which knows no feedback."""

    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class RecurrenceDetected:
    """A point is close to what the organisation had met before; a person decides whether it is the same."""

    point_id: UUID
    project_id: UUID
    lesson_id: UUID | None
    """The lesson drawn before that is closest; None where none is close enough."""
    earlier_point_id: UUID | None
    """The point raised before, in another meeting, that is closest; None where none is close enough."""
    similarity: float
    """To the closer of the two: cosine of the texts' vectors, without what all the organisation's texts have in common."""
    suggested: bool
    """The lesson had been suggested to the project before the point was raised ..."""
    adopted: bool
    """... and adopted by it."""
    radar: str
    embedding_model: str


@dataclass(frozen=True, slots=True)
class RecurrenceConfirmed:
    """It is the same problem again; the latest word counts."""

    point_id: UUID
    project_id: UUID
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecurrenceRejected:
    """It is another problem; the latest word counts."""

    point_id: UUID
    project_id: UUID
    note: str = ""


@dataclass(frozen=True, slots=True)
class MemberAdded:
    """Somebody belongs to the organisation from now on. Name and address are the member's own words: they can be erased."""

    member_id: UUID
    name: str
    email: str
    role: Role
    teams: tuple[str, ...] = ()
    """By the names that projects call their teams."""


@dataclass(frozen=True, slots=True)
class MemberChanged:
    member_id: UUID
    changes: Mapping[str, Any]
    """name, email, role or teams -> its new value; fields left out stay as they were."""


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    """The member may do nothing any more; what was recorded stays."""

    member_id: UUID


@dataclass(frozen=True, slots=True)
class TokenIssued:
    """Whoever shows the token may do this from now on. The token itself is nowhere."""

    token_id: UUID
    name: str
    scopes: tuple[Scope, ...]
    member_id: UUID | None = None
    """On whose behalf it speaks, and then never for more than this member's role; None: a tool's own."""
    expires_at: str | None = None
    """RFC 3339 time; None: never."""


@dataclass(frozen=True, slots=True)
class TokenRevoked:
    token_id: UUID


@dataclass(frozen=True, slots=True)
class PersonErased:
    """What this person had written can be read no more, here and wherever the log was copied to."""

    person_id: UUID


DomainEvent = (
    OrganisationRegistered
    | ProjectRegistered
    | ProjectProfileChanged
    | RetrospectiveHeld
    | DiscussionPointRaised
    | GroupNamed
    | PointGrouped
    | VoteCast
    | VoteTakenBack
    | RetrospectiveClosed
    | RetrospectiveReopened
    | LessonDrawn
    | LessonRevised
    | LessonEndorsed
    | MergeProposed
    | MergeDeclined
    | LessonMerged
    | LessonSuperseded
    | LessonRetired
    | LessonRestored
    | LessonsSuggested
    | FeedbackGiven
    | FeedbackWithdrawn
    | OutcomeReported
    | RankerTrained
    | RankerSwitched
    | RecurrenceDetected
    | RecurrenceConfirmed
    | RecurrenceRejected
    | MemberAdded
    | MemberChanged
    | MemberRemoved
    | TokenIssued
    | TokenRevoked
    | PersonErased
)
