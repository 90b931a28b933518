"""Where in an event a person speaks in his own words. What a member writes there is stored so that it can be erased with the person."""

from collections.abc import Mapping
from typing import Any

from hardwon.domain.events import (
    DiscussionPointRaised,
    FeedbackGiven,
    GroupNamed,
    LessonDrawn,
    LessonEndorsed,
    LessonMerged,
    LessonRestored,
    LessonRetired,
    LessonRevised,
    LessonSuperseded,
    MergeDeclined,
    OutcomeReported,
    PointReworded,
    RankerSwitched,
    RecurrenceConfirmed,
    RecurrenceRejected,
    RetrospectiveHeld,
)

TEXT = ("insight", "advice", "applies_when")
LESSON = (*TEXT, "tags")
"""What a lesson says; ``LessonDrawn`` and ``LessonRevised`` hold it under the same names."""

OWN_WORDS: Mapping[type[Any], tuple[str, ...]] = {
    RetrospectiveHeld: ("title",),
    DiscussionPointRaised: ("text", "tags"),
    PointReworded: ("text",),
    GroupNamed: ("name",),
    LessonDrawn: LESSON,
    LessonRevised: (*LESSON, "reason"),
    LessonEndorsed: ("note",),
    MergeDeclined: ("reason",),
    LessonMerged: ("reason",),
    LessonSuperseded: ("reason",),
    LessonRetired: ("reason",),
    LessonRestored: ("reason",),
    FeedbackGiven: ("note",),
    OutcomeReported: ("note",),
    RankerSwitched: ("reason",),
    RecurrenceConfirmed: ("note",),
    RecurrenceRejected: ("note",),
}
"""Event -> its fields of free text. A project's profile is none of them: it is the organisation's own record of its project."""
