"""What a member writes stands sealed in the log, and reads as erased once the key is gone; in both logs."""

import hashlib
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import pytest

from hardwon.domain.errors import Conflict, EventIdReused
from hardwon.domain.events import DiscussionPointRaised, DomainEvent, FeedbackGiven, LessonRevised
from hardwon.domain.own_words import OWN_WORDS
from hardwon.domain.values import Reason, Suggestion
from hardwon.ids import new_id
from hardwon.log import wire
from hardwon.log.personal import ERASED, PersonKey
from hardwon.log.verify import verify
from hardwon.log.wire import Metadata, NewEvent, StoredEvent
from hardwon.ports import Log

GOLDEN = Path(__file__).parent / "golden/sealed"
SAID = "I told them in March that the crane would not fit."


def raised(text: str = SAID, person: UUID | None = None, *, event_id: UUID | None = None) -> NewEvent:
    id_ = event_id or new_id()
    event = DiscussionPointRaised(id_, UUID(int=2), None, "went_wrong", text, ("cranes", "March"))
    return NewEvent(id_, "raised", event, Metadata("tests", person_id=person))


def holds(log: Log, organisation: UUID) -> bool:
    return verify(log, organisation, lambda _done, _total: None).broken_at is None


def test_what_a_member_writes_is_stored_sealed_and_read_as_written(any_log: Log, empty: UUID) -> None:
    """The stored event does not hold my words in plain, names me by id only, and every reader reads what I wrote."""
    person = new_id()
    new = raised(person=person)
    (answered,) = any_log.append(empty, [new])
    (read,) = any_log.read(empty)
    assert answered == read
    assert answered.event == read.event == new.event
    plain = json.dumps([read.data, read.metadata])
    assert SAID not in plain
    assert "cranes" not in plain
    assert read.metadata["person_id"] == str(person)
    assert read.data["kind"] == "went_wrong"  # what is no text of mine stays as it is, for indexes and folds
    assert wire.to_cloudevent(read)["data"]["text"] == SAID
    assert SAID not in repr(read)
    for found in (any_log.find(empty, [new.event_id])[new.event_id], *any_log.read_stream(empty, "raised")):
        assert found.event == new.event
    assert holds(any_log, empty)


def test_who_writes_as_nobody_in_particular_is_not_sealed(any_log: Log, empty: UUID) -> None:
    """A service's token and an anonymous member write in plain: there is no person whose key it could be."""
    any_log.append(empty, [raised()])
    (read,) = any_log.read(empty)
    assert read.data["text"] == SAID
    assert "person_id" not in read.metadata
    assert read.words_of == set()


def test_without_the_key_only_the_persons_own_words_are_gone(any_log: Log, empty: UUID) -> None:
    """After the key is destroyed my words read as erased everywhere, others' stay, and the chain of hashes still holds."""
    mine, other = new_id(), new_id()
    any_log.append(empty, [raised(person=mine), raised("The other's view.", other), raised("Nobody's.")])
    before = any_log.read(empty)
    any_log.destroy_key(empty, mine)
    any_log.destroy_key(empty, mine)
    after = any_log.read(empty)
    assert [stored.event.text for stored in after] == [ERASED, "The other's view.", "Nobody's."]  # type: ignore[union-attr]
    assert after[0].event.tags == (ERASED, ERASED)  # type: ignore[union-attr]
    assert after == before  # as stored
    assert holds(any_log, empty)


def test_a_retry_is_told_from_another_text(any_log: Log, empty: UUID) -> None:
    """The same words under the same id are answered as before, whoever sends them again; other words are refused."""
    new = raised(person=new_id())
    first = any_log.append(empty, [new])
    assert any_log.append(empty, [new]) == first
    assert any_log.append(empty, [replace(new, metadata=Metadata("a token"))]) == first
    with pytest.raises(EventIdReused):
        any_log.append(empty, [raised("Other words.", new.metadata.person_id, event_id=new.event_id)])


def test_a_retry_after_the_erasure_is_answered_with_what_is_left(any_log: Log, empty: UUID) -> None:
    """Who sends an old collection again is neither refused for ever, nor does he bring the words back."""
    person = new_id()
    new = raised(person=person)
    first = any_log.append(empty, [new])
    any_log.destroy_key(empty, person)
    again = any_log.append(empty, [new, raised("Nobody's.")])
    assert again[:1] == first
    assert again[0].event.text == ERASED  # type: ignore[union-attr]
    with pytest.raises(EventIdReused):
        any_log.append(empty, [replace(new, stream="elsewhere")])


@pytest.mark.parametrize("wrote_before", [True, False])
def test_nothing_more_is_recorded_for_an_erased_person(any_log: Log, empty: UUID, wrote_before: bool) -> None:  # noqa: FBT001
    """New words of someone who was erased are refused with a reason, and nothing is stored; no new key is made."""
    person = new_id()
    if wrote_before:
        any_log.append(empty, [raised(person=person)])
    any_log.destroy_key(empty, person)
    before = any_log.head(empty)
    with pytest.raises(Conflict, match=f"{person} were erased"):
        any_log.append(empty, [raised("Nobody's."), raised("More.", person)])
    assert any_log.head(empty) == before


def test_words_that_another_event_takes_over_stay_their_writers(any_log: Log, empty: UUID) -> None:
    """Who revises a lesson takes over what he leaves as it was, and the worker quotes a passage: both go with the one who wrote it."""
    writer, reviser = new_id(), new_id()
    any_log.append(empty, [raised(person=writer)])
    revised = LessonRevised(UUID(int=3), SAID, "Measure the yard.", "", ("cranes",), "shorter")
    words_of = {"insight": writer, "tags": None}
    quoted = wire.TYPES["lessons_suggested"](
        UUID(int=2), 1, "r", "m", 1, 0, (Suggestion(UUID(int=3), 1, 1.0, (Reason("similar_text", "", SAID, 1.0),)),)
    )
    passage = {"suggestions/0/reasons/0/passage": writer}
    stored = any_log.append(
        empty,
        [
            NewEvent(new_id(), "lesson", revised, Metadata("tests", person_id=reviser), words_of=words_of),
            NewEvent(new_id(), "quoting", quoted, Metadata("worker"), words_of=passage),
        ],
    )
    assert [each.event for each in any_log.read(empty, after=1)] == [revised, quoted]
    assert [each.words_of for each in stored] == [{writer, reviser}, {writer}]
    assert {each.position for each in any_log.read_words_of(empty, writer)} == {1, 2, 3}
    assert SAID not in json.dumps([each.data for each in stored])
    any_log.destroy_key(empty, writer)
    lesson, suggested = (each.event for each in any_log.read(empty, after=1))
    assert (lesson.insight, lesson.advice, lesson.tags) == (ERASED, "Measure the yard.", ("cranes",))  # type: ignore[union-attr]
    assert suggested.suggestions[0].reasons[0].passage == ERASED  # type: ignore[union-attr]
    # A worker that still had the text in hand.
    (late,) = any_log.append(empty, [NewEvent(new_id(), "quoting", quoted, Metadata("worker"), words_of=passage)])
    assert SAID not in json.dumps(late.data)


def test_the_digest_of_a_payload_helps_nobody_to_guess_it(any_log: Log, empty: UUID) -> None:
    """Who has the log and a guess at what I said cannot confirm it; of words in plain he could."""
    for person, guessable in ((new_id(), False), (None, True)):
        new = raised(person=person)
        (stored,) = any_log.append(empty, [new])
        guess = wire.canonical([new.stream, *wire.encode(new.event), None])
        assert (hashlib.sha256(guess).digest() == stored.payload_digest) is guessable


def test_each_free_text_was_decided_on() -> None:
    """Whoever adds a text to an event says whether it is somebody's own words."""
    others = {
        ("OrganisationRegistered", "name"),
        *(("MemberAdded", name) for name in ("name", "email", "role", "teams")),  # sealed by handlers/members.py
        ("MemberChanged", "changes"),
        *(("TokenIssued", name) for name in ("name", "scopes", "expires_at")),
        ("ProjectRegistered", "profile"),
        ("ProjectProfileChanged", "changes"),
        ("RetrospectiveHeld", "held_on"),
        ("DiscussionPointRaised", "kind"),
        *(("PointWithdrawn", name) for name in ("kind", "raised_on")),
        *((vote, "ballot") for vote in ("VoteCast", "VoteTakenBack")),
        ("LessonDrawn", "language"),
        ("FeedbackGiven", "verdict"),
        ("OutcomeReported", "outcome"),
        ("LessonsSuggested", "ranker"),
        ("LessonsSuggested", "embedding_model"),
        ("LessonsSuggested", "suggestions"),  # their passages are words of the lessons' writers
        ("LessonsSuggested", "occasion"),
        ("RankerTrained", "method"),
        ("RankerTrained", "embedding_model"),
        ("RankerTrained", "figures"),
        ("RecurrenceDetected", "radar"),
        ("RecurrenceDetected", "embedding_model"),
    }
    plain = {UUID, UUID | None, int, float, bool, tuple[UUID, ...]}
    texts = {(cls, each.name) for cls in get_args(DomainEvent) for each in fields(cls) if each.type not in plain}
    own = {(cls, name) for cls, names in OWN_WORDS.items() for name in names}
    assert {(cls.__name__, name) for cls, name in texts - own} == others
    assert own <= texts
    assert (FeedbackGiven, "note") in own


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.json")), ids=lambda file: file.stem)
def test_a_sealed_event_of_any_age_still_opens(file: Path) -> None:
    """What was sealed by an earlier version reads as it was written with the key, and as erased without it."""
    golden = json.loads(file.read_text("utf-8"))
    person, secret = UUID(golden["person_id"]), bytes.fromhex(golden["key"])
    ids = {name: UUID(golden[name]) for name in ("organisation_id", "event_id")}
    blank: Any = dict.fromkeys(("stream", "occurred_at", "recorded_at", "hash", "payload_digest"))
    stored = StoredEvent(
        **ids,
        **blank,
        position=1,
        version=1,
        **{name: golden[name] for name in ("type", "schema_version", "data", "metadata")},
        keys={person: PersonKey(secret)},
    )
    assert wire.to_json(stored.event) == golden["opened"]
    assert wire.to_json(replace(stored, keys={}).event) == golden["erased"]
    assert wire.to_json(replace(stored, keys={person: PersonKey(bytes(32))}).event) == golden["erased"]
    moved = replace(stored, event_id=new_id())  # a sealed text opens in its own place only
    assert wire.to_json(moved.event) == golden["erased"]
