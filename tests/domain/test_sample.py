"""The sample that an empty organisation can be given."""

from uuid import UUID

import pytest

from hardwon.domain.events import LessonDrawn, ProjectRegistered
from hardwon.ids import new_id
from hardwon.log.memory import MemoryLog
from hardwon.log.wire import Metadata
from hardwon.sample import bringing, sample_story

BY = Metadata("member:me")


@pytest.fixture
def organisation() -> UUID:
    return new_id()


@pytest.fixture
def log(organisation: UUID) -> MemoryLog:
    log = MemoryLog()
    log.create(organisation)
    return log


def _events(log: MemoryLog, organisation: UUID) -> list[object]:
    return [stored.event for stored in log.read(organisation, limit=10_000)]


def test_the_sample_is_marked_and_happened_when_it_happened(log: MemoryLog, organisation: UUID) -> None:
    """Every project bears the tag, and what it tells of lies years back, so that there is something to see over time."""
    bringing.bring(log, organisation, BY)
    registered = [each for each in _events(log, organisation) if isinstance(each, ProjectRegistered)]
    assert len(registered) == len(sample_story().projects)
    assert all(bringing.TAG in each.profile.tags for each in registered)
    drawn = [stored for stored in log.read(organisation, limit=10_000) if isinstance(stored.event, LessonDrawn)]
    assert len({stored.occurred_at.year for stored in drawn}) > 1
    assert all(each.event.points for each in drawn if isinstance(each.event, LessonDrawn))


def test_asked_twice_it_comes_once(log: MemoryLog, organisation: UUID) -> None:
    """By whoever it is asked the second time."""
    bringing.bring(log, organisation, BY)
    before = log.head(organisation)
    bringing.bring(log, organisation, Metadata("member:you"))
    assert log.head(organisation) == before


def test_cut_short_it_goes_on(organisation: UUID) -> None:
    """After any number of events: what is missing comes, and nothing comes twice."""
    whole = MemoryLog()
    whole.create(organisation)
    bringing.bring(whole, organisation, BY)

    class CutShort(MemoryLog):
        left = 7

        def append(self, *args: object, **kwargs: object) -> list:  # type: ignore[override,type-arg]
            if self.left == 0:
                raise ConnectionError
            self.left -= 1
            return super().append(*args, **kwargs)  # type: ignore[arg-type]

    log = CutShort()
    log.create(organisation)
    with pytest.raises(ConnectionError):
        bringing.bring(log, organisation, BY)
    log.left = 1_000
    bringing.bring(log, organisation, BY)
    assert _events(log, organisation) == _events(whole, organisation)
