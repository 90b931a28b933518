"""Whatever members wrote, and however far the read models were: after an erasure live, rebuild and fold agree, and hold none of it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from histories import history
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_following import NAMES, folded, rows

from hardwon import erasure, organisations
from hardwon.domain import board, lesson, recurrence, retrospective
from hardwon.domain.events import DiscussionPointRaised, DomainEvent, PointReworded, PointWithdrawn
from hardwon.domain.own_words import OWN_WORDS
from hardwon.ids import new_id
from hardwon.log.personal import ERASED
from hardwon.log.verify import verify
from hardwon.log.wire import Metadata, NewEvent
from hardwon.ports import Log
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, advance
from hardwon.projections.rebuilding import rebuild


def mark(person: UUID | None) -> str:
    """Return a word that only this person says."""
    return f"said{person.hex[::-1]}" if person else ""


def written(event: DomainEvent, person: UUID | None) -> NewEvent:
    """Return the event where handlers would put it, with the person's mark in everything that he says in it."""
    told: dict[str, Any] = {name: getattr(event, name) for name in OWN_WORDS.get(type(event), ())}
    marked = {
        name: tuple(f"{mark(person)} {each}" for each in text) if isinstance(text, tuple) else f"{mark(person)} {text}"
        for name, text in told.items()
    }
    own = {"metadata": Metadata("tests", person_id=person), "event": replace(event, **marked) if person else event}
    match event:
        case DiscussionPointRaised() | PointReworded() | PointWithdrawn():
            id_ = event.point_id if isinstance(event, DiscussionPointRaised) else new_id()
            return NewEvent(id_, retrospective.stream(event.project_id, event.retrospective_id), **own)
        case _ if type(event).__name__.startswith(("Retrospective", "Group", "Vote")):
            return NewEvent(new_id(), board.stream(event.retrospective_id), **own)
        case _ if hasattr(event, "lesson_id") and type(event).__name__.startswith(("Lesson", "Merge")):
            return NewEvent(new_id(), lesson.stream(event.lesson_id), **own)
        case _ if hasattr(event, "point_id"):
            return NewEvent(new_id(), recurrence.stream(event.point_id), **own)
        case _:
            return NewEvent(new_id(), "others", **own)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=history(), data=st.data())
def test_live_equals_rebuild_equals_fold_after_an_erasure(
    pool: Pool, log: Log, events: list[DomainEvent], data: st.DataObject
) -> None:
    """One of two members is erased while the read models are anywhere; the other's words stay."""
    organisation, (one, other) = organisations.register(log, "Any", "tests"), (new_id(), new_id())
    writers = [data.draw(st.sampled_from([one, other, None])) for _ in events]
    new = [written(event, person) for event, person in zip(events, writers, strict=True)]
    followed = data.draw(st.integers(0, len(new)))
    log.append(organisation, new[:followed])
    for projection in PROJECTIONS:
        advance(pool, projection, organisation)
    log.append(organisation, new[followed:])
    held = any(mark(one) in str(stored.event) for stored in log.read(organisation, limit=1_000))
    assert not any(mark(one) in str(stored.data) for stored in log.read(organisation, limit=1_000))
    erasure.erase(pool, log, organisation, one, lambda _: None)
    after = log.read(organisation, limit=1_000)
    assert not any(mark(one) in str(stored.event) for stored in after)
    assert any(ERASED in str(stored.event) for stored in after) is held
    assert verify(log, organisation, lambda *_: None).broken_at is None
    for name, projection in zip(NAMES, PROJECTIONS, strict=True):
        live = rows(pool, projection, organisation)
        assert mark(one) not in str(live), name
        assert live == folded(pool, log, projection, organisation)
        rebuild(pool, projection, organisation)
        assert rows(pool, projection, organisation) == live
