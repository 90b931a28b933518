"""Random but possible histories of an organisation, for Hypothesis."""

from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

from hypothesis import strategies as st

from hardwon.domain.events import (
    DiscussionPointRaised,
    DomainEvent,
    FeedbackGiven,
    FeedbackWithdrawn,
    GroupNamed,
    LessonBrought,
    LessonDrawn,
    LessonEndorsed,
    LessonMerged,
    LessonPutBack,
    LessonRestored,
    LessonRetired,
    LessonRevised,
    LessonsSuggested,
    LessonSuperseded,
    MergeDeclined,
    MergeProposed,
    OutcomeReported,
    PointReworded,
    PointWithdrawn,
    ProjectProfileChanged,
    ProjectRegistered,
    RecurrenceConfirmed,
    RecurrenceDetected,
    RecurrenceRejected,
    RetrospectiveClosed,
    RetrospectiveHeld,
    RetrospectiveReopened,
    VoteCast,
)
from hardwon.domain.values import Outcome, PointKind, Profile, Verdict
from hardwon.ids import new_id
from hardwon.log.wire import Metadata, NewEvent

words = st.sampled_from(["late suppliers", "a rehearsed move", "Ünïcode", "two words", "x" * 200])

kinds = st.sampled_from(get_args(PointKind))


@st.composite
def history(draw: st.DrawFn) -> list[DomainEvent]:  # noqa: C901, PLR0912 - one case a sort of event
    """Return events in an order in which they could have happened, ids fresh for each example."""
    projects: list[UUID] = []
    points: list[tuple[UUID, UUID]] = []
    raised: dict[UUID, DiscussionPointRaised] = {}
    lessons: list[UUID] = []
    held: list[tuple[UUID, UUID]] = []
    met: list[tuple[UUID, UUID]] = []
    events: list[DomainEvent] = []
    for _ in range(draw(st.integers(1, 30))):
        match draw(st.integers(0, 11)):
            case 0:
                projects.append(new_id())
                ended_on = draw(st.sampled_from([None, "2020-01-01", "2999-01-01"]))
                events.append(ProjectRegistered(projects[-1], Profile(draw(words), ended_on=ended_on)))
            case 1 if projects:
                changes = {"name": draw(words), "team": draw(words), "summary": draw(words), "tags": [draw(words)]}
                events.append(ProjectProfileChanged(draw(st.sampled_from(projects)), changes))
            case 2 if projects:
                held.append((new_id(), draw(st.sampled_from(projects))))
                events.append(RetrospectiveHeld(*held[-1], draw(words)))
            case 3 if projects:
                meeting, project = draw(st.sampled_from([*held, (None, draw(st.sampled_from(projects)))]))
                points.append((new_id(), project))
                events.append(DiscussionPointRaised(*points[-1], meeting, draw(kinds), draw(words), (draw(words),)))
                raised[points[-1][0]] = events[-1]
            case 11 if points:
                changed = draw(st.sampled_from(points))
                events.append(draw(mended(raised[changed[0]])))
                if isinstance(events[-1], PointWithdrawn):
                    points.remove(changed)
            case 10 if held:
                events.append(draw(met_in(draw(st.sampled_from(held))[0])))
            case 9 if points:
                repeated = draw(st.sampled_from(points))
                events.append(draw(judged(*repeated) if repeated in met else found(*repeated, lessons)))
                met.append(repeated)
            case 4 if points:
                lessons.append(new_id())
                point, project = draw(st.sampled_from(points))
                events.append(LessonDrawn(lessons[-1], project, None, draw(words), draw(words), points=(point,)))
            case 5 if lessons:
                events.append(LessonRetired(draw(st.sampled_from(lessons)), draw(words)))
            case 6 if projects:
                events.append(LessonsSuggested(draw(st.sampled_from(projects)), 1, "r", "m", 3, 1))
            case 7 if projects and lessons:
                events.append(draw(said(draw(st.sampled_from(projects)), draw(st.sampled_from(lessons)))))
            case 8 if projects and lessons:
                lesson, other = (draw(st.sampled_from(lessons)) for _ in range(2))
                events.append(draw(lived(lesson, other, draw(st.sampled_from(projects)))))
            case _:
                pass
    return events


def lived(lesson: UUID, other: UUID, project: UUID) -> st.SearchStrategy[DomainEvent]:
    """Return what a lesson may go through after it was drawn."""
    one, both = (st.just(lesson),), (st.just(lesson), st.just(other))
    return st.one_of(
        st.builds(LessonRevised, *one, words, words, words, st.tuples(words), words),
        st.builds(LessonEndorsed, *one, st.just(project), words),
        st.builds(MergeProposed, *both, st.sampled_from([0.9, 0.95])),
        st.builds(MergeDeclined, *both, words),
        st.builds(LessonMerged, *both, words),
        st.builds(LessonSuperseded, *both, words),
        st.builds(LessonRestored, *one, words),
    )


def met_in(meeting: UUID) -> st.SearchStrategy[DomainEvent]:
    """Return what may happen on a retrospective's board."""
    ids = st.just(meeting), st.just(new_id())
    return st.one_of(
        st.builds(GroupNamed, *ids, words),
        st.builds(VoteCast, *ids, words),
        st.builds(RetrospectiveClosed, ids[0]),
        st.builds(RetrospectiveReopened, ids[0]),
    )


def mended(point: DiscussionPointRaised) -> st.SearchStrategy[DomainEvent]:
    """Return how a point may be said otherwise, or taken back."""
    of = st.just(point.point_id), st.just(point.project_id), st.just(point.retrospective_id)
    today = st.just(datetime.now(UTC).date().isoformat())
    return st.one_of(st.builds(PointReworded, *of, words), st.builds(PointWithdrawn, *of, st.just(point.kind), today))


def found(point: UUID, project: UUID, lessons: list[UUID]) -> st.SearchStrategy[DomainEvent]:
    """Return what the radar may find of a point."""
    yes_or_no = st.booleans()
    what = st.sampled_from([None, *lessons]), st.none(), st.sampled_from([0.5, 0.75]), yes_or_no, yes_or_no
    return st.builds(RecurrenceDetected, st.just(point), st.just(project), *what, st.just("r"), st.just("m"))


def judged(*point: UUID) -> st.SearchStrategy[DomainEvent]:
    """Return what a person may say of that."""
    ids = [st.just(each) for each in point]
    return st.one_of(st.builds(RecurrenceConfirmed, *ids, words), st.builds(RecurrenceRejected, *ids, words))


def said(project: UUID, lesson: UUID) -> st.SearchStrategy[DomainEvent]:
    """Return what a project may say of a lesson, or take back; or that somebody brings it one."""
    ids = st.just(project), st.just(lesson)
    return st.one_of(
        st.builds(LessonBrought, *ids),
        st.builds(LessonPutBack, *ids),
        st.builds(FeedbackGiven, *ids, st.sampled_from(get_args(Verdict)), words),
        st.builds(FeedbackWithdrawn, *ids),
        st.builds(OutcomeReported, *ids, st.sampled_from(get_args(Outcome)), words),
    )


def recorded(events: list[DomainEvent]) -> list[NewEvent]:
    return [NewEvent(new_id(), "history", event, Metadata("tests")) for event in events]
