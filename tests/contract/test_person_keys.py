"""The keys of members' words in PostgreSQL: who can use them, who cannot, and that a destroyed one is gone at once."""

import base64
import os
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection

from hardwon.bootstrap import open_log, open_pool
from hardwon.config import DatabaseSettings, SettingsError, load
from hardwon.domain.errors import Unavailable
from hardwon.domain.events import DiscussionPointRaised
from hardwon.ids import new_id
from hardwon.log.keys import PersonKeys
from hardwon.log.personal import ERASED, Keys
from hardwon.log.verify import verify
from hardwon.log.wire import Metadata, NewEvent
from hardwon.ports import Log
from hardwon.projections import points
from hardwon.projections.following import Pool, advance, checkpoints

SAID = "The crane did not fit."


def raised(person: UUID | None) -> NewEvent:
    id_ = new_id()
    event = DiscussionPointRaised(id_, UUID(int=2), None, "went_wrong", SAID)
    return NewEvent(id_, "raised", event, Metadata("tests", person_id=person))


@pytest.fixture(params=["HARDWON_PERSON_KEY is not set", "HARDWON_PERSON_KEY is not the key"])
def elsewhere(request: pytest.FixtureRequest, stack: Any, pool: Pool) -> Iterator[tuple[Pool, str]]:
    """A process without the wrapping key, and one with another."""
    key = base64.b64encode(os.urandom(32)).decode() if "not the key" in request.param else None
    with open_pool(DatabaseSettings(database_url=stack.database_url, person_key=key), "hardwon-tests") as other:
        yield other, request.param


def text_of(log: Log, organisation: UUID) -> str:
    return str(log.read(organisation)[-1].event.text)  # type: ignore[union-attr]


def test_a_process_without_the_right_key_says_so(
    log: Log, organisation: UUID, elsewhere: tuple[Pool, str], pool: Pool
) -> None:
    """It starts, verifies and records what is in plain; a member's words it neither writes nor reads, and names the setting."""
    person, (other, why) = new_id(), elsewhere
    log.append(organisation, [raised(person)])
    their_log = open_log(other)
    with pytest.raises(Unavailable, match=why):
        text_of(their_log, organisation)
    for writer in (person, new_id()):
        with pytest.raises(Unavailable, match=why):
            their_log.append(organisation, [raised(writer)])
    their_log.append(organisation, [raised(None)])
    assert verify(their_log, organisation, lambda *_: None).broken_at is None
    with pytest.raises(Unavailable, match=why):
        advance(other, points.PROJECTION, organisation)
    advance(pool, points.PROJECTION, organisation)  # it halted nothing: who has the key goes on
    with pool.of(organisation) as connection:
        assert checkpoints(connection, organisation)["points"].position == 3


def test_a_destroyed_key_stops_working_at_once_in_every_process(
    log: Log, organisation: UUID, stack: Any, pool: Pool
) -> None:
    """A second process that has read the words a moment ago reads them no more."""
    person = new_id()
    log.append(organisation, [raised(person)])
    settings = DatabaseSettings(database_url=stack.database_url, person_key=stack.person_key)
    with open_pool(settings, "hardwon-tests") as other:
        assert text_of(open_log(other), organisation) == SAID
        log.destroy_key(organisation, person)
        assert text_of(open_log(other), organisation) == ERASED


def test_a_batch_asks_once_for_all_its_keys(log: Log, organisation: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many members wrote a page of the log, reading it is two queries."""
    log.append(organisation, [raised(new_id()) for _ in range(20)])
    asked: list[int] = []
    of = PersonKeys.of

    def counting(keys: PersonKeys, connection: Any, organisation_id: UUID, persons: Collection[UUID]) -> Keys:
        asked.append(len(persons))
        return of(keys, connection, organisation_id, persons)

    monkeypatch.setattr(PersonKeys, "of", counting)
    log.read(organisation)
    log.read(organisation, limit=1)  # the registration, which holds nobody's words
    assert asked == [20]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM person_keys.person_key",
        "TRUNCATE person_keys.person_key",
        "UPDATE person_keys.person_key SET person_id = gen_random_uuid()",
    ],
)
def test_the_application_cannot_forget_that_a_person_was_erased(pool: Pool, statement: str) -> None:
    """Without the row a new key would be made for somebody who was erased; the application cannot remove or move one."""
    with pool.across() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)  # type: ignore[arg-type]


def test_a_wrapped_key_opens_in_its_own_row_only(log: Log, organisation: UUID, owner: Connection[Any]) -> None:
    """Whoever copies one member's key over another's, to read what he wrote under a new name, is told that it is no key."""
    one, other = new_id(), new_id()
    log.append(organisation, [raised(one), raised(other)])
    owner.execute(
        """
        UPDATE person_keys.person_key SET wrapped_key = copied.wrapped_key FROM person_keys.person_key AS copied
        WHERE person_key.person_id = %s AND copied.person_id = %s
        """,
        (other, one),
    )
    with pytest.raises(Unavailable):
        text_of(log, organisation)


@pytest.mark.parametrize("key", ["too short", "not base64 !", base64.b64encode(bytes(31)).decode()])
def test_a_key_of_the_wrong_form_ends_the_start(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped key is refused before anything is written under it, and is not repeated in the message."""
    monkeypatch.setenv("HARDWON_DATABASE_URL", "postgresql://nowhere")
    monkeypatch.setenv("HARDWON_PERSON_KEY", key)
    with pytest.raises(SettingsError, match=r"HARDWON_PERSON_KEY.*must be 32 bytes in base64") as refused:
        load(DatabaseSettings)
    assert key not in str(refused.value)
