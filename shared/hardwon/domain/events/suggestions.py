"""What was suggested or brought to projects, what they said of it, and what rankers learned from that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from hardwon.domain.values import Occasion, Outcome, Suggestion, Verdict


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
class LessonBrought:
    """Somebody found a lesson and brought it to a project; nothing ranked it. From then on it stands there beside what was suggested."""

    project_id: UUID
    lesson_id: UUID


@dataclass(frozen=True, slots=True)
class LessonPutBack:
    """A lesson that somebody had brought to a project was put back: it stands there no more, as if nobody had brought it.

    With it goes what the project said of it until then.
    """

    project_id: UUID
    lesson_id: UUID


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


SuggestionEvent = (
    LessonsSuggested
    | LessonBrought
    | LessonPutBack
    | FeedbackGiven
    | FeedbackWithdrawn
    | OutcomeReported
    | RankerTrained
    | RankerSwitched
)
