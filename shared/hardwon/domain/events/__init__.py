"""Everything that can happen, in the past tense. Shipped events never change (see README.md in this folder).

Ids are UUIDs; the fact that opens a project, retrospective, point or lesson names it for ever. Dates are ISO 8601 text
(``2026-11-23``), so that an event is plain JSON.
"""

from hardwon.domain.events.lessons import (
    LessonDrawn,
    LessonEndorsed,
    LessonEvent,
    LessonMerged,
    LessonRestored,
    LessonRetired,
    LessonRevised,
    LessonSuperseded,
    MergeDeclined,
    MergeProposed,
)
from hardwon.domain.events.organisation import (
    MemberAdded,
    MemberChanged,
    MemberRemoved,
    OrganisationEvent,
    OrganisationRegistered,
    PersonErased,
    TokenIssued,
    TokenRevoked,
)
from hardwon.domain.events.projects import (
    ProjectEvent,
    ProjectProfileChanged,
    ProjectRegistered,
)
from hardwon.domain.events.retrospectives import (
    DiscussionPointRaised,
    GroupNamed,
    PointGrouped,
    PointReworded,
    PointWithdrawn,
    RecurrenceConfirmed,
    RecurrenceDetected,
    RecurrenceRejected,
    RetrospectiveClosed,
    RetrospectiveEvent,
    RetrospectiveHeld,
    RetrospectiveReopened,
    VoteCast,
    VoteTakenBack,
)
from hardwon.domain.events.suggestions import (
    FeedbackGiven,
    FeedbackWithdrawn,
    LessonBrought,
    LessonPutBack,
    LessonsSuggested,
    OutcomeReported,
    RankerSwitched,
    RankerTrained,
    SuggestionEvent,
)

DomainEvent = OrganisationEvent | ProjectEvent | RetrospectiveEvent | LessonEvent | SuggestionEvent

__all__ = [
    "DiscussionPointRaised",
    "DomainEvent",
    "FeedbackGiven",
    "FeedbackWithdrawn",
    "GroupNamed",
    "LessonBrought",
    "LessonDrawn",
    "LessonEndorsed",
    "LessonMerged",
    "LessonPutBack",
    "LessonRestored",
    "LessonRetired",
    "LessonRevised",
    "LessonSuperseded",
    "LessonsSuggested",
    "MemberAdded",
    "MemberChanged",
    "MemberRemoved",
    "MergeDeclined",
    "MergeProposed",
    "OrganisationRegistered",
    "OutcomeReported",
    "PersonErased",
    "PointGrouped",
    "PointReworded",
    "PointWithdrawn",
    "ProjectProfileChanged",
    "ProjectRegistered",
    "RankerSwitched",
    "RankerTrained",
    "RecurrenceConfirmed",
    "RecurrenceDetected",
    "RecurrenceRejected",
    "RetrospectiveClosed",
    "RetrospectiveHeld",
    "RetrospectiveReopened",
    "TokenIssued",
    "TokenRevoked",
    "VoteCast",
    "VoteTakenBack",
]
