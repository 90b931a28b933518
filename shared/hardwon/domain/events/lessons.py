"""What becomes of a lesson."""

from dataclasses import dataclass
from uuid import UUID


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
class LessonRetired:
    lesson_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class LessonRestored:
    """A lesson that was retired, superseded or merged stands again."""

    lesson_id: UUID
    reason: str


LessonEvent = (
    LessonDrawn
    | LessonRevised
    | LessonEndorsed
    | MergeProposed
    | MergeDeclined
    | LessonMerged
    | LessonSuperseded
    | LessonRetired
    | LessonRestored
)
