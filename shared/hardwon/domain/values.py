"""What events and commands hold: kinds, and values that have no life of their own. They are part of the events, and change as these do."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

PointKind = Literal["went_well", "went_wrong", "puzzle", "idea"]
Verdict = Literal["adopted", "helpful", "already_known", "not_relevant"]
Outcome = Literal["helped", "did_not_help", "too_early"]
Occasion = Literal["registered", "profile_changed", "new_lessons", "digest"]
Scope = Literal["read", "write", "curate", "administer"]
"""What a token may do: look; record and say what one thinks; decide about lessons; decide about people and tokens."""
Role = Literal["reader", "member", "project_office", "administrator"]
ArtefactKind = Literal["charter", "goals", "risks", "issues", "other"]


@dataclass(frozen=True, slots=True)
class Artefact:
    """A paper that a project starts with."""

    kind: ArtefactKind
    text: str
    """Plain or Markdown."""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """How a project describes itself. Empty means not said."""

    name: str
    summary: str = ""
    domain: str = ""
    technologies: tuple[str, ...] = ()
    practices: tuple[str, ...] = ()
    team: str = ""
    size: int | None = None
    """People on the project."""
    phase: str = ""
    started_on: str | None = None
    ended_on: str | None = None
    tags: tuple[str, ...] = ()
    artefacts: tuple[Artefact, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One cause of a suggestion's score. The weights of all its reasons add up to the score."""

    kind: str
    """What sort of cause: ``similar_text``, ``common_theme``, ``similar_project``, ``meant_for``, ``shared_trait``, ``told_again``,
    ``evidence``, ``recent`` or ``learned``."""
    aspect: str
    """The part of the project's profile that matched, e.g. ``summary`` or ``risks``; empty where the cause is none of it."""
    passage: str
    """The part of the lesson that matched, or the trait that is shared; empty where the cause is neither."""
    weight: float
    """What the cause adds to the score."""
    count: int = 0
    """So many projects met the theme, told the same, adopted the lesson ..."""
    total: int = 0
    """... of so many; 0 where no total is known."""
    asked: str = ""
    """What the project itself says where the passage matched, in its summary, name or a paper; empty for a trait, which is named."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    lesson_id: UUID
    rank: int
    """1 is the best of all that could be offered then; an answer that holds only what is new leaves ranks out."""
    score: float
    reasons: tuple[Reason, ...]
    learned: float = 0.0
    """The part of the score that was learned from feedback; the rest is what the default ranker would give."""
