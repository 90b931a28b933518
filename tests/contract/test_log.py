"""What every log promises; the one in memory and the one in PostgreSQL must both keep it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from logs import note, notes

from hardwon.domain.errors import EventIdReused, Invalid, NotFound, StreamConflict
from hardwon.domain.events import FeedbackGiven, FeedbackWithdrawn, LessonRetired, ProjectProfileChanged
from hardwon.ids import new_id
from hardwon.log import wire
from hardwon.log.sealing import Head
from hardwon.log.verify import verify
from hardwon.log.wire import Metadata, NewEvent, Sought
from hardwon.ports import Log


def test_positions_run_gapless_from_one_and_versions_within_each_stream(any_log: Log, empty: UUID) -> None:
    """The first event of a log is at position 1, each stream counts its own versions, and no number is left out."""
    any_log.append(empty, [note(stream="a"), note(stream="b"), note(stream="a")])
    any_log.append(empty, [note(stream="b")])
    stored = any_log.read(empty)
    assert [s.position for s in stored] == [1, 2, 3, 4]
    assert [(s.stream, s.version) for s in stored] == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    assert any_log.head(empty).position == 4
    assert [s.position for s in any_log.read_stream(empty, "b")] == [2, 4]


def test_what_is_appended_is_what_is_read(any_log: Log, empty: UUID) -> None:
    """The answer of an append and a later read agree in every field, times and hash included."""
    when = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    new = replace(note("Grüße, 你好, 👩‍🚀"), occurred_at=when, metadata=Metadata("me", "request-7", new_id()))
    (answered,) = any_log.append(empty, [new])
    (read,) = any_log.read(empty)
    assert answered == read
    assert read.event == new.event
    assert (read.event_id, read.occurred_at, read.metadata["actor"]) == (new.event_id, when, "me")


def test_the_log_is_read_back_by_who_wrote_it(any_log: Log, empty: UUID) -> None:
    """The newest first, below a position, of one actor or of everybody."""
    by = [replace(note(), metadata=Metadata(actor)) for actor in ("me", "you", "me", "me")]
    any_log.append(empty, by)
    back = partial(any_log.read_back, empty)
    assert [stored.position for stored in back(100, 3)] == [4, 3, 2]
    assert [stored.position for stored in back(4, 10, Sought("me"))] == [3, 1]
    assert back(100, 10, Sought("nobody")) == []


def test_the_log_is_read_back_by_what_is_looked_for(any_log: Log, empty: UUID) -> None:
    """Of some types, about one project, behind a position: each by itself and together."""
    mine, other = new_id(), new_id()
    happened = [LessonRetired(new_id(), "old"), FeedbackWithdrawn(mine, new_id()), FeedbackWithdrawn(other, new_id())]
    happened.append(FeedbackGiven(mine, new_id(), "helpful"))
    any_log.append(empty, [NewEvent(new_id(), "a stream", each, Metadata("me")) for each in happened])

    def found(**sought: Any) -> list[int]:
        return [stored.position for stored in any_log.read_back(empty, 100, 10, Sought(**sought))]

    assert found(types=frozenset({"feedback_withdrawn", "lesson_retired"})) == [3, 2, 1]
    assert found(project_id=mine) == [4, 2]
    assert found(after=2) == [4, 3]
    assert found(after=1, project_id=mine, types=frozenset({"feedback_withdrawn"}), actor="me") == [2]
    assert found(after=10) == found(project_id=new_id()) == []


def test_a_log_must_be_created_before_it_is_used(any_log: Log) -> None:
    """Appending to or asking the head of an unknown organisation is refused, not silently begun."""
    with pytest.raises(NotFound):
        any_log.append(new_id(), [note()])
    with pytest.raises(NotFound):
        any_log.head(new_id())


def test_creating_a_log_twice_changes_nothing(any_log: Log, empty: UUID) -> None:
    """A second creation leaves the log and its head as they were."""
    any_log.append(empty, notes(2))
    any_log.create(empty)
    assert any_log.head(empty).position == 2
    assert any_log.heads()[empty] == 2


def test_a_retry_is_answered_as_the_first_time(any_log: Log, empty: UUID) -> None:
    """The same ids with the same payload are stored once, and every retry reads like the first answer."""
    events = notes(3)
    first = any_log.append(empty, events)
    assert any_log.append(empty, events) == first
    assert any_log.append(empty, events[1:2]) == first[1:2]
    assert any_log.head(empty).position == 3


def test_a_retry_is_not_held_to_the_version_it_expected(any_log: Log, empty: UUID) -> None:
    """The stream has moved on by the retried event itself; that is no conflict."""
    first = any_log.append(empty, [event := note()], {event.stream: 0})
    any_log.append(empty, [note()])
    assert any_log.append(empty, [event], {event.stream: 0}) == first


def test_a_batch_that_overlaps_an_earlier_one_adds_only_what_is_new(any_log: Log, empty: UUID) -> None:
    """Events already stored keep their places; the rest of the batch is appended behind the head."""
    events = notes(4)
    any_log.append(empty, events[:2])
    any_log.append(empty, [note()])
    assert [s.position for s in any_log.append(empty, events)] == [1, 2, 4, 5]


@pytest.mark.parametrize(
    "other",
    [
        lambda new: replace(new, event=note("another text").event),
        lambda new: replace(new, stream="elsewhere"),
        lambda new: replace(new, occurred_at=datetime(2020, 1, 1, tzinfo=UTC)),
    ],
    ids=["text", "stream", "time"],
)
def test_an_id_with_another_payload_is_refused(any_log: Log, empty: UUID, other: object) -> None:
    """Reusing an id for something else names the id and stores nothing, also for the good events beside it."""
    any_log.append(empty, [event := note("a text")])
    with pytest.raises(EventIdReused, match=str(event.event_id)):
        any_log.append(empty, [note(), other(event)])  # type: ignore[operator]
    assert any_log.head(empty).position == 1


def test_an_id_twice_in_one_batch_is_refused(any_log: Log, empty: UUID) -> None:
    """A batch that repeats an id says at which place."""
    event = note()
    with pytest.raises(Invalid) as refused:
        any_log.append(empty, [note(), event, event])
    assert refused.value.field == "/2/id"
    assert any_log.head(empty).position == 0


def test_a_stale_expectation_is_a_conflict_that_says_both_versions(any_log: Log, empty: UUID) -> None:
    """Who decided on an older version is told the version there is, and nothing is stored."""
    any_log.append(empty, [*notes(1), note(stream="s"), note(stream="s")])
    with pytest.raises(StreamConflict) as conflict:
        any_log.append(empty, [note(), note(stream="s")], {"s": 1})
    assert (conflict.value.expected, conflict.value.actual) == (1, 2)
    assert any_log.head(empty).position == 3


def test_one_writer_wins_per_expected_version(any_log: Log, empty: UUID) -> None:
    """Of eight writers that decided on the same version, one succeeds and seven are told of the conflict."""

    def write(number: int) -> bool:
        try:
            any_log.append(empty, [note(str(number), stream="s")], {"s": 0})
        except StreamConflict:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(write, range(8)))
    assert outcomes.count(True) == 1
    assert any_log.head(empty).position == 1


def test_the_same_batch_from_eight_threads_is_stored_once(any_log: Log, empty: UUID) -> None:
    """A client that retries impatiently, on eight connections at once, gets eight equal answers and one set of events."""
    events = notes(5)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: any_log.append(empty, events), range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert any_log.head(empty).position == 5


def test_a_batch_is_stored_whole_or_not_at_all(any_log: Log, empty: UUID) -> None:
    """One event that cannot be stored takes its whole batch with it, and leaves no gap."""
    with pytest.raises(Invalid):
        any_log.append(empty, [*notes(3), note("a NUL \x00 byte"), *notes(3)])
    assert any_log.head(empty) == Head()
    any_log.append(empty, [note()])
    assert [s.position for s in any_log.read(empty)] == [1]


def test_organisations_do_not_see_each_other(any_log: Log, empty: UUID) -> None:
    """The same event id lives in two organisations, and neither reads, finds or counts the other's."""
    other = new_id()
    any_log.create(other)
    event = note("ours")
    any_log.append(empty, [event])
    any_log.append(other, [replace(event, event=note("theirs").event)])
    assert [s.event for s in any_log.read(empty)] == [event.event]
    assert any_log.find(other, [event.event_id])[event.event_id].organisation_id == other
    assert any_log.read_stream(other, event.stream)[0].event != event.event


def test_the_events_of_some_types_are_read_up_to_a_position(any_log: Log, empty: UUID) -> None:
    """What is folded from a few types only need not walk the whole log, and can stop at any day."""
    changes = [
        NewEvent(new_id(), "project", ProjectProfileChanged(UUID(int=2), {"phase": "build"}), Metadata("tests"))
        for _ in range(2)
    ]
    any_log.append(empty, [note(), changes[0], note(), changes[1]])
    assert [s.position for s in any_log.read_types(empty, {ProjectProfileChanged}, until=4)] == [2, 4]
    assert [s.position for s in any_log.read_types(empty, {ProjectProfileChanged}, until=3)] == [2]
    assert [s.position for s in any_log.read_types(empty, {ProjectProfileChanged, LessonRetired}, until=3)] == [1, 2, 3]


def test_the_newest_events_of_a_type_come_newest_first(any_log: Log, empty: UUID) -> None:
    """A page of a list begins in front of any position and is as long as is asked for."""
    change = NewEvent(new_id(), "project", ProjectProfileChanged(UUID(int=2), {}), Metadata("tests"))
    any_log.append(empty, [note(), note(), change, note()])
    assert [s.position for s in any_log.read_newest(empty, LessonRetired, 9, 2)] == [4, 2]
    assert [s.position for s in any_log.read_newest(empty, LessonRetired, 4, 9)] == [2, 1]


def test_a_time_has_its_place_in_the_log(any_log: Log, empty: UUID) -> None:
    """At each moment the log ended at the last event recorded by then, and before the first one it was empty."""
    for count in (1, 3, 2, 1):
        any_log.append(empty, notes(count))
    stored = any_log.read(empty)
    assert [any_log.position_at(empty, s.recorded_at) for s in stored] == [1, 4, 4, 4, 6, 6, 7]
    just_before = [s.recorded_at - timedelta(microseconds=1) for s in stored]
    assert [any_log.position_at(empty, moment) for moment in just_before] == [0, 1, 1, 1, 4, 4, 6]
    assert any_log.position_at(empty, datetime(1, 1, 1, tzinfo=UTC)) == 0
    assert any_log.position_at(empty, datetime(9999, 12, 31, tzinfo=UTC)) == 7
    with pytest.raises(NotFound):
        any_log.position_at(new_id(), datetime(2026, 1, 1, tzinfo=UTC))


def test_an_untouched_log_verifies(any_log: Log, empty: UUID) -> None:
    """Verifying walks every event and reports its progress."""
    any_log.append(empty, notes(30))
    any_log.append(empty, [note()])
    progress: list[tuple[int, int]] = []
    verified = verify(any_log, empty, lambda done, total: progress.append((done, total)))
    assert (verified.broken_at, verified.events) == (None, 31)
    assert verified.head_hash == any_log.head(empty).hash
    assert progress == [(31, 31)]


plain_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(-1e15, 1e15)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.dictionaries(st.sampled_from("abcd"), plain_json, max_size=4))
def test_any_plain_json_keeps_its_hash_through_storage(any_log: Log, empty: UUID, values: dict[str, object]) -> None:
    """Whatever plain JSON an event holds, the log reads it back so that the chain still verifies."""
    event = NewEvent(new_id(), "json", ProjectProfileChanged(UUID(int=2), values), Metadata("tests"))
    any_log.append(empty, [event])
    head = any_log.head(empty)
    stored = any_log.read(empty, after=head.position - 1)[0]
    previous = any_log.read(empty, after=head.position - 2)[0].hash if head.position > 1 else wire.GENESIS
    assert wire.chain_hash(previous, stored) == stored.hash
    assert any_log.append(empty, [event]) == [stored]
