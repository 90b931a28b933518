"""Suggesting: a project is answered when it is registered and when its profile changes, and told of what is new; each answer is a fact.

A person may bring it a lesson too, found in some other way. No lesson is ever offered twice to the same project, whatever became of the
first offer.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from hardwon.domain.commands import BringLesson, PutBackLesson, SuggestLessons
from hardwon.domain.errors import Conflict, Invalid
from hardwon.domain.events import DomainEvent, LessonBrought, LessonPutBack, LessonsSuggested
from hardwon.domain.lesson import Lesson, need_current
from hardwon.domain.project import Project

RELEVANT = 0.25
"""Cosine from which a lesson says something of what was asked, and is worth suggesting; docs/decisions/0007 tells how it was found, and for
which model."""
AT_ONCE = 10
"""So many lessons one answer holds at most, a digest too."""
NEW_A_DAY = 3
"""So many new lessons reach a project at once within ``DAY``: more would be read by nobody. The rest waits for its digest."""
DAY = timedelta(days=1)
"""What is held back waits so long at least, so that a digest is not merely a fourth lesson of the day."""
DIGEST_EVERY = timedelta(days=7)
"""A project gets at most one digest within this time."""


@dataclass(frozen=True, slots=True)
class Suggesting:
    """What must be known of a project's suggestions to decide about the next ones."""

    answered: bool = False
    """Whether its registration was."""
    offered: frozenset[UUID] = frozenset()
    """The lessons suggested and brought so far, without those put back."""
    brought: frozenset[UUID] = frozenset()
    """Those of them that somebody brought."""
    known_position: int = 0
    """Up to this log position its profile, and all lessons, are answered."""
    new_at: tuple[datetime, ...] = ()
    """When each of the latest day's new lessons was suggested, the oldest first."""
    digest_at: datetime | None = None
    """When the last digest was given."""

    def room(self, now: datetime) -> int:
        """Return how many new lessons may be suggested at once."""
        return max(0, NEW_A_DAY - sum(now - at < DAY for at in self.new_at)) if self.answered else 0

    def digest_from(self) -> datetime | None:
        """Return from when on the next digest may be given; None where it may be any time."""
        return self.digest_at + DIGEST_EVERY if self.digest_at else None


def stream(project_id: UUID) -> str:
    return f"suggestions:{project_id}"


def is_open(ended_on: str | None, day: str) -> bool:
    """Tell whether a project has use for lessons on that day (ISO 8601): one that had ended by then lends, only."""
    return ended_on is None or ended_on >= day


def suggest(command: SuggestLessons, suggesting: Suggesting, now: datetime) -> list[DomainEvent]:
    """Decide what of the ranking is offered; a task that runs a second time finds it offered and adds nothing.

    An answer without lessons is no event, but for the first one, which tells a new project that nothing is known yet.
    """
    fresh = [each for each in command.suggestions if each.lesson_id not in suggesting.offered]
    most = _most(command, suggesting, now)
    if not most or not (fresh or command.occasion == "registered"):
        return []
    return [
        LessonsSuggested(
            command.project_id,
            command.known_position,
            command.ranker,
            command.embedding_model,
            command.considered,
            command.hidden,
            tuple(fresh[:most]),
            command.occasion,
        )
    ]


def bring(
    command: BringLesson, suggesting: Suggesting, project: Project, lesson: Lesson, day: str
) -> list[DomainEvent]:
    """Decide on a lesson that somebody found for a project; ``day`` is today. What stands there already is not brought again."""
    if command.lesson_id in suggesting.offered:
        return []
    if not is_open(project.profile.ended_on, day):
        raise Conflict(
            "The project ended on %(day)s: bring the lesson to one that goes on.", day=project.profile.ended_on
        )
    if lesson.project_id == command.project_id:
        raise Invalid("The project learned this itself: bring it a lesson of another one.", field="/lesson_id")
    need_current(lesson)
    return [LessonBrought(command.project_id, command.lesson_id)]


def put_back(command: PutBackLesson, suggesting: Suggesting) -> list[DomainEvent]:
    """Decide on a lesson that somebody brought, and did not mean to; one that does not stand there is not put back."""
    if command.lesson_id not in suggesting.offered:
        return []
    if command.lesson_id not in suggesting.brought:
        raise Conflict("This lesson was suggested, and not brought: say that it is not for you.")
    return [LessonPutBack(command.project_id, command.lesson_id)]


def _most(command: SuggestLessons, suggesting: Suggesting, now: datetime) -> int:
    match command.occasion:
        case "registered":
            allowed = not suggesting.answered
        case "profile_changed":
            allowed = suggesting.answered and command.profile_position > suggesting.known_position
        case "new_lessons":
            return suggesting.room(now)
        case "digest":
            due = suggesting.digest_from()
            allowed = suggesting.answered and (due is None or due <= now)
    return AT_ONCE if allowed else 0


def evolve(suggesting: Suggesting, event: DomainEvent, at: datetime) -> Suggesting:
    """Return what is known after the event, which was recorded ``at`` that time."""
    if isinstance(event, LessonBrought | LessonPutBack):
        which, brought = {event.lesson_id}, isinstance(event, LessonBrought)
        offered, by_somebody = (
            known | which if brought else known - which for known in (suggesting.offered, suggesting.brought)
        )
        return replace(suggesting, offered=offered, brought=by_somebody)
    if not isinstance(event, LessonsSuggested):
        return suggesting
    after = replace(suggesting, offered=suggesting.offered | {said.lesson_id for said in event.suggestions})
    match event.occasion:
        case "registered" | "profile_changed":
            return replace(after, answered=True, known_position=event.known_position)
        case "new_lessons":
            today = tuple(each for each in suggesting.new_at if at - each < DAY)
            return replace(after, new_at=today + (at,) * len(event.suggestions))
        case "digest":
            return replace(after, digest_at=at)
