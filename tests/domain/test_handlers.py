"""Commands become events in the log; a retry of any of them is answered as the first time."""

from dataclasses import replace
from uuid import UUID

import pytest

from hardwon import handlers, organisations
from hardwon.domain import project
from hardwon.domain.commands import (
    ChangeProfile,
    HoldRetrospective,
    RaiseDiscussionPoint,
    RegisterProject,
    SuggestLessons,
)
from hardwon.domain.errors import EventIdReused, NotFound, StreamConflict
from hardwon.domain.events import ProjectProfileChanged
from hardwon.domain.values import Profile
from hardwon.handlers import BatchRefused, Request, RetroItem
from hardwon.handlers.recording import record
from hardwon.ids import id_for_key, new_id
from hardwon.log.memory import MemoryLog
from hardwon.log.wire import Metadata

METADATA = Metadata("tests")


@pytest.fixture
def memory() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def organisation_id(memory: MemoryLog) -> UUID:
    return organisations.register(memory, "An organisation", "tests")


@pytest.fixture
def project_id(memory: MemoryLog, organisation_id: UUID) -> UUID:
    id_ = new_id()
    handlers.register_project(memory, organisation_id, RegisterProject(id_, Profile("P")), Request(id_, METADATA))
    return id_


def point(project_id: UUID, text: str = "It broke.", retrospective_id: UUID | None = None) -> RetroItem:
    id_ = new_id()
    return RetroItem(RaiseDiscussionPoint(id_, project_id, retrospective_id, "went_wrong", text, ()), id_)


def test_registering_again_with_the_same_event_is_answered_as_before(
    memory: MemoryLog, organisation_id: UUID, project_id: UUID
) -> None:
    """A client that did not hear the answer asks again and gets the same one, also after the project has moved on."""
    command, request = RegisterProject(project_id, Profile("P")), Request(project_id, METADATA)
    first = memory.read(organisation_id, after=1)[0]
    change = ChangeProfile(project_id, {"phase": "delivery"})
    changed = handlers.change_profile(memory, organisation_id, change, asked := Request(new_id(), METADATA))
    assert handlers.register_project(memory, organisation_id, command, request) == first
    assert handlers.change_profile(memory, organisation_id, change, asked) == changed
    with pytest.raises(EventIdReused):
        handlers.register_project(memory, organisation_id, replace(command, profile=Profile("Q")), request)


def test_a_change_decided_on_an_old_version_is_a_conflict(
    memory: MemoryLog, organisation_id: UUID, project_id: UUID
) -> None:
    """Who says on which version a change was decided is told when there is a newer one."""
    change = ChangeProfile(project_id, {"phase": "delivery"})
    handlers.change_profile(memory, organisation_id, change, Request(new_id(), METADATA, expected_version=1))
    with pytest.raises(StreamConflict) as conflict:
        handlers.change_profile(
            memory,
            organisation_id,
            ChangeProfile(project_id, {"phase": "closing"}),
            Request(new_id(), METADATA, expected_version=1),
        )
    assert conflict.value.actual == 2


def test_who_is_overtaken_is_decided_on_anew(memory: MemoryLog, organisation_id: UUID, project_id: UUID) -> None:
    """Somebody else's change that comes in between does not stop mine, which is decided on again with his in view."""
    seen: list[str] = []

    def change(phase: str) -> None:
        wanted = ChangeProfile(project_id, {"phase": phase})
        handlers.change_profile(memory, organisation_id, wanted, Request(new_id(), METADATA))

    def decide(known: project.Project | None) -> list[ProjectProfileChanged]:
        assert known
        seen.append(known.profile.phase)
        if len(seen) == 1:
            change("delivery")
        return [ProjectProfileChanged(project_id, {"phase": "closing"})]

    request = Request(new_id(), METADATA)
    stored = record(memory, organisation_id, project.stream(project_id), project.evolve, decide, request)
    assert seen == ["", "delivery"]
    assert stored
    assert stored.version == 3


def test_an_item_may_lean_on_the_one_above_it(memory: MemoryLog, organisation_id: UUID, project_id: UUID) -> None:
    """A retrospective and its points come in one batch; the other way round, the point is refused and nothing is kept."""
    held = RetroItem(HoldRetrospective(id_ := new_id(), project_id, "R", None), id_)
    raised = point(project_id, retrospective_id=id_)
    with pytest.raises(BatchRefused) as refused:
        handlers.record_retro_events(memory, organisation_id, project_id, [raised, held], METADATA)
    assert list(refused.value.errors) == [0]
    assert memory.head(organisation_id).position == 2
    stored = handlers.record_retro_events(memory, organisation_id, project_id, [held, raised], METADATA)
    assert [s.position for s in stored] == [3, 4]


def test_every_bad_item_is_named(memory: MemoryLog, organisation_id: UUID, project_id: UUID) -> None:
    """A batch with two bad items reports both, by their index."""
    items = [point(project_id), point(project_id, " "), point(project_id), point(project_id, retrospective_id=new_id())]
    with pytest.raises(BatchRefused) as refused:
        handlers.record_retro_events(memory, organisation_id, project_id, items, METADATA)
    assert sorted(refused.value.errors) == [1, 3]


def test_an_unknown_project_is_not_found(memory: MemoryLog, organisation_id: UUID) -> None:
    """Nothing can be recorded for a project that was never registered here."""
    with pytest.raises(NotFound):
        handlers.record_retro_events(memory, organisation_id, new_id(), [], METADATA)


def test_suggesting_a_second_time_adds_nothing(memory: MemoryLog, organisation_id: UUID, project_id: UUID) -> None:
    """A task that runs twice, even with another ranking, leaves the first suggestions as the only ones."""
    command = SuggestLessons(project_id, 2, "vectors", "a-model", 0, 0, ())
    assert handlers.suggest_lessons(memory, organisation_id, command, Request(new_id(), METADATA))
    other = replace(command, considered=7)
    assert handlers.suggest_lessons(memory, organisation_id, other, Request(new_id(), METADATA)) is None
    assert memory.head(organisation_id).position == 3


def test_an_idempotency_key_always_leads_to_the_same_id() -> None:
    """A UUID stands for itself; any other text for one id within its organisation, and another elsewhere."""
    ours, theirs, own = new_id(), new_id(), new_id()
    assert id_for_key(ours, str(own)) == own
    derived = id_for_key(ours, "order 66")
    assert derived == id_for_key(ours, "order 66") != id_for_key(theirs, "order 66")
    assert (derived.version, derived.variant) == (8, "specified in RFC 4122")
