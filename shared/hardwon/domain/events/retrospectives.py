"""What happens in a retrospective and on its board, and what its points turn out to repeat."""

from dataclasses import dataclass
from uuid import UUID

from hardwon.domain.values import PointKind


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
class PointReworded:
    """A point says something else than before; the latest word counts."""

    point_id: UUID
    project_id: UUID
    retrospective_id: UUID | None
    text: str


@dataclass(frozen=True, slots=True)
class PointWithdrawn:
    """A point was taken back: it is told and counted no more."""

    point_id: UUID
    project_id: UUID
    retrospective_id: UUID | None
    kind: PointKind
    """As what it was raised ..."""
    raised_on: str
    """... and on which day (UTC): what it counted for, so that who counts need not remember each point."""


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
    """The lesson had been suggested, or brought, to the project before the point was raised ..."""
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


RetrospectiveEvent = (
    RetrospectiveHeld
    | DiscussionPointRaised
    | PointReworded
    | PointWithdrawn
    | GroupNamed
    | PointGrouped
    | VoteCast
    | VoteTakenBack
    | RetrospectiveClosed
    | RetrospectiveReopened
    | RecurrenceDetected
    | RecurrenceConfirmed
    | RecurrenceRejected
)
