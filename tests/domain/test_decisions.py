"""What the domain accepts and refuses, as given / when / then; no database in sight."""

from uuid import UUID

import pytest

from hardwon.domain import lesson, project, retrospective, suggesting
from hardwon.domain.commands import (
    ChangeProfile,
    DrawLesson,
    HoldRetrospective,
    RaiseDiscussionPoint,
    RegisterProject,
    RetireLesson,
)
from hardwon.domain.errors import Conflict, Invalid, NotFound
from hardwon.domain.events import (
    DiscussionPointRaised,
    LessonDrawn,
    LessonRetired,
    ProjectProfileChanged,
    ProjectRegistered,
    RetrospectiveHeld,
)
from hardwon.domain.values import Profile

PROJECT, OTHER, RETRO, POINT, LESSON = (UUID(int=n) for n in range(1, 6))
PROFILE = Profile("A project", technologies=("Python",))
HELD = RetrospectiveHeld(RETRO, PROJECT, "A retrospective")
RAISED = DiscussionPointRaised(POINT, PROJECT, RETRO, "went_wrong", "It broke.")


def draw(**changes: object) -> DrawLesson:
    given = {
        "lesson_id": LESSON,
        "project_id": PROJECT,
        "retrospective_id": RETRO,
        "insight": "It breaks under load.",
        "advice": "Load it before others do.",
        "applies_when": "",
        "points": (POINT,),
        "tags": (),
        "language": "en",
    }
    return DrawLesson(**(given | changes))  # type: ignore[arg-type]


def test_a_project_is_registered_with_its_profile() -> None:
    """Given nothing, when a project is registered, then that is what happened."""
    assert project.register(RegisterProject(PROJECT, PROFILE), None) == [ProjectRegistered(PROJECT, PROFILE)]


def test_a_project_is_registered_only_once() -> None:
    """Given a project, when it is registered again under its id, then it is refused."""
    with pytest.raises(Conflict, match="already registered"):
        project.register(RegisterProject(PROJECT, PROFILE), project.Project(PROJECT, PROFILE))


@pytest.mark.parametrize(
    ("profile", "field"),
    [(Profile("  "), "/name"), (Profile("P", started_on="2026-02-01", ended_on="2026-01-01"), "/ended_on")],
)
def test_a_profile_that_makes_no_sense_names_the_field(profile: Profile, field: str) -> None:
    """A blank name or an end before the start is refused, and the field is named."""
    with pytest.raises(Invalid) as refused:
        project.register(RegisterProject(PROJECT, profile), None)
    assert refused.value.field == field


def test_only_what_differs_is_an_event() -> None:
    """Given a profile, when it is changed to partly the same, then only the difference is recorded; none, then nothing is."""
    known = project.Project(PROJECT, PROFILE)
    changes = {"name": "A project", "phase": "delivery"}
    assert project.change_profile(ChangeProfile(PROJECT, changes), known) == [
        ProjectProfileChanged(PROJECT, {"phase": "delivery"})
    ]
    assert project.change_profile(ChangeProfile(PROJECT, {"technologies": ("Python",)}), known) == []


def test_a_change_must_leave_a_sensible_profile() -> None:
    """Given a project, when its name is blanked, then that is refused; without the project there is nothing to change."""
    with pytest.raises(Invalid):
        project.change_profile(ChangeProfile(PROJECT, {"name": ""}), project.Project(PROJECT, PROFILE))
    with pytest.raises(NotFound):
        project.change_profile(ChangeProfile(PROJECT, {"name": "x"}), None)


def test_changes_fold_into_the_profile() -> None:
    """Given a registration and a change as they come from the log, then the profile holds both."""
    state = project.evolve(None, ProjectRegistered(PROJECT, PROFILE))
    state = project.evolve(state, ProjectProfileChanged(PROJECT, {"tags": ["a"], "size": 4}))
    assert state == project.Project(PROJECT, Profile("A project", technologies=("Python",), tags=("a",), size=4))


def test_retrospective_points_and_lessons_build_on_each_other() -> None:
    """Given a retrospective, a point is raised in it, and a lesson answers the point."""
    assert retrospective.decide(HoldRetrospective(RETRO, PROJECT, "A retrospective", None), {}) == HELD
    raise_point = RaiseDiscussionPoint(POINT, PROJECT, RETRO, "went_wrong", "It broke.", ())
    assert retrospective.decide(raise_point, {RETRO: HELD}) == RAISED
    drawn = retrospective.decide(draw(), {RETRO: HELD, POINT: RAISED})
    assert isinstance(drawn, LessonDrawn)
    assert drawn.points == (POINT,)


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (HoldRetrospective(RETRO, PROJECT, " ", None), "/title"),
        (RaiseDiscussionPoint(POINT, PROJECT, None, "idea", "\n", ()), "/text"),
        (RaiseDiscussionPoint(POINT, PROJECT, OTHER, "idea", "text", ()), "/retrospective_id"),
        (draw(insight=""), "/insight"),
        (draw(points=(POINT, OTHER)), "/points/1"),
        (draw(retrospective_id=POINT), "/retrospective_id"),
    ],
)
def test_a_fact_that_leans_on_nothing_names_the_field(command: retrospective.RetroCommand, field: str) -> None:
    """Given a retrospective and a point, an empty text or a reference to something else is refused by its field."""
    with pytest.raises(Invalid) as refused:
        retrospective.decide(command, {RETRO: HELD, POINT: RAISED})
    assert refused.value.field == field


def test_another_projects_point_cannot_be_answered() -> None:
    """Given a point of another project, when a lesson names it, then it is refused as unknown here."""
    foreign = DiscussionPointRaised(POINT, OTHER, None, "idea", "text")
    with pytest.raises(Invalid):
        retrospective.decide(draw(), {RETRO: HELD, POINT: foreign})


def test_a_lesson_is_retired_once() -> None:
    """Given a lesson, when it is retired, then it is; again, then it is refused; an unknown one is not found."""
    state = lesson.evolve(None, LessonDrawn(LESSON, PROJECT, None, "insight", ""))
    retired = LessonRetired(LESSON, "outdated")
    assert lesson.decide(RetireLesson(LESSON, "outdated"), state) == [retired]
    with pytest.raises(Conflict):
        lesson.decide(RetireLesson(LESSON, "outdated"), lesson.evolve(state, retired))
    with pytest.raises(NotFound):
        lesson.decide(RetireLesson(LESSON, "outdated"), None)


def test_the_searchable_text_is_the_lessons_words_alone() -> None:
    """What is embedded holds insight, advice and when it applies, and no empty lines for what is missing."""
    assert lesson.searchable_text(" It broke. ", "", "under load") == "It broke.\nunder load"


def test_history_is_owed_nothing() -> None:
    """A project that had ended before that day lends lessons; one that runs, or ends on it, is owed suggestions."""
    assert suggesting.is_open(None, "2026-11-23")
    assert suggesting.is_open("2026-11-23", "2026-11-23")
    assert not suggesting.is_open("2026-11-22", "2026-11-23")
