"""Passwords: which are taken, how they are kept, and how often one may guess."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from psycopg import Connection

from hardwon import erasure, lockout, passwords
from hardwon.domain.errors import Invalid, Unavailable
from hardwon.lockout import TooOften
from hardwon.ports import Log
from hardwon.projections.following import Pool

GOOD = "a ferry in the fog"
Tried = Callable[..., UUID | None]


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have a hash cost nothing, where many are tried and only their number matters."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture
def long_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have whoever guessed too often wait for longer than many guesses may take on a busy machine."""
    monkeypatch.setitem(lockout.SQL, "take", lockout.SQL["take"].replace("'2 seconds'", "'5 minutes'"))


@pytest.fixture
def ada(added: Any, pool: Pool, organisation: UUID) -> UUID:
    """A member with a password."""
    member_id: UUID = added()
    with pool.of(organisation) as connection:
        passwords.save(connection, organisation, member_id, GOOD)
    return member_id


@pytest.fixture
def tried(pool: Pool, organisation: UUID) -> Tried:
    """Return what tries a password; by itself from another network each time."""

    networks = itertools.count(100)

    def attempt(password: str, email: str = "ada@ferries.example", client: str | None = None) -> UUID | None:
        n = next(networks)
        return passwords.tried(pool, organisation, email, password, client or f"2001:db8:{n:x}::1")

    return attempt


@pytest.fixture
def closed_for(owner: Connection[Any], organisation: UUID) -> Callable[[int], None]:
    """Return what has everybody wait for so many seconds from now, whoever had to wait; however slow the machine is."""

    def close(seconds: int) -> None:
        closed = "UPDATE sign_in_attempt SET closed_until = now() + %s * interval '1 second' WHERE organisation_id = %s"
        owner.execute(closed, (seconds, organisation))

    return close


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "too_short"),
        ("x" * 201, "too_long"),
        ("passwordpassword", "common"),
        ("P@ssw0rd!2026", "common"),
        ("123456789012", "common"),
        ("qwertyuiop[]12", "common"),
        ("aaaaaaaaaaaaa", "common"),
        ("Welcome2Hardwon!", "common"),
        ("iloveyouforever", "common"),
        ("abcabcabcabcabc", "common"),
        (GOOD, None),
        ("correct horse battery", None),
        ("köttbullar på fredag", None),
        ("Zq8-vT2m-Lr5x", None),
    ],
)
def test_a_password_that_is_tried_first_is_refused(password: str, why: str | None) -> None:
    """Too short or among those that everybody tries: refused. There is no other rule."""
    assert passwords.weakness(password) == why


def test_a_refused_password_changes_nothing(ada: UUID, pool: Pool, organisation: UUID, tried: Tried) -> None:
    """The one before is still good."""
    with pool.of(organisation) as connection, pytest.raises(Invalid):
        passwords.save(connection, organisation, ada, "passwordpassword")
    assert tried(GOOD) == ada


def test_a_password_is_kept_as_an_argon2_hash_where_no_backup_goes(ada: UUID, owner: Connection[Any]) -> None:
    """Not itself, not the same for two, and in the schema that dumps leave out."""
    (kept,) = owner.execute("SELECT hash FROM person_keys.password WHERE member_id = %s", (ada,)).fetchone() or ("",)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_only_address_and_password_together_are_right(ada: UUID, tried: Tried, added: Any) -> None:
    """The address counts however it is capitalised; a member without a password has none that fits."""
    added("Ben", "member")
    assert tried(GOOD, "ADA@ferries.example") == ada
    assert tried(GOOD.upper()) is None
    assert tried(GOOD, "ben@ferries.example") is None
    assert tried(GOOD, "nobody@ferries.example") is None
    assert tried(GOOD + "\0", "ada@ferries.example\0") is None


def test_an_accent_is_one_however_the_keyboard_writes_it(
    added: Any, pool: Pool, organisation: UUID, tried: Tried
) -> None:
    """Set on a telephone, used on a computer."""
    ada = added()
    with pool.of(organisation) as connection:
        passwords.save(connection, organisation, ada, "smörgåsbord igen")
    assert tried("smo\u0308rga\u030asbord igen") == ada


def test_a_hash_of_weaker_parameters_is_made_anew_when_it_is_used(
    ada: UUID, owner: Connection[Any], tried: Tried
) -> None:
    """What is advised changes; whoever signs in gets it."""
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    owner.execute("UPDATE person_keys.password SET hash = %s WHERE member_id = %s", (weak, ada))
    assert tried(GOOD) == ada
    found = owner.execute("SELECT hash FROM person_keys.password WHERE member_id = %s", (ada,)).fetchone()
    assert found
    assert "m=65536" in found[0]
    assert tried(GOOD) == ada


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("email", ["ada@ferries.example", "nobody@ferries.example"])
def test_guessing_waits_longer_and_longer_whether_the_address_exists_or_not(
    ada: UUID, tried: Tried, closed_for: Callable[[int], None], email: str, owner: Connection[Any], organisation: UUID
) -> None:
    """Five are free, from wherever they come; then 2, 4, 8 seconds up to a quarter of an hour, and the right one waits too."""
    waits = """
        SELECT extract(epoch FROM closed_until - last_at)::int FROM sign_in_attempt
        WHERE organisation_id = %s AND NOT starts_with(subject, 'client:')
    """
    waited = []
    for _ in range(15):
        assert tried("wrong", email) is None
        waited += owner.execute(waits, (organisation,)).fetchall()
        closed_for(600)
        with pytest.raises(TooOften) as refused:
            tried(GOOD, email)
        assert 500 < refused.value.seconds <= 600
        closed_for(0)
    assert [seconds for (seconds,) in waited] == [0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


@pytest.mark.usefixtures("cheap")
def test_the_right_password_after_the_wait_begins_anew(
    ada: UUID, tried: Tried, closed_for: Callable[[int], None]
) -> None:
    """The lock-out ends by itself, and afterwards one has all attempts again."""
    for _ in range(7):
        tried("wrong")
        closed_for(0)
    assert tried(GOOD) == ada
    assert [tried("wrong") for _ in range(4)] == [None] * 4
    assert tried(GOOD) == ada


def test_what_lies_a_day_back_counts_no_more(
    ada: UUID, tried: Tried, owner: Connection[Any], organisation: UUID
) -> None:
    """It is not even kept."""
    tried("wrong", "nobody@ferries.example")
    owner.execute(
        "UPDATE sign_in_attempt SET last_at = last_at - interval '25 hours' WHERE organisation_id = %s", (organisation,)
    )
    tried(GOOD)
    left = "SELECT count(*) FROM sign_in_attempt WHERE organisation_id = %s AND starts_with(subject, 'nobody:')"
    assert owner.execute(left, (organisation,)).fetchone() == (0,)


@pytest.mark.usefixtures("cheap", "long_locks")
def test_one_network_cannot_try_everybody(ada: UUID, tried: Tried) -> None:
    """A common password tried with many addresses: twenty, then it waits. Elsewhere the same addresses go on."""
    for n in range(20):
        tried("wrong", f"member-{n}@ferries.example", "2001:db8:1:2::1")
    with pytest.raises(TooOften):
        tried(GOOD, client="2001:db8:1:2:ffff::9")
    assert tried(GOOD, client="2001:db8:1:3::1") == ada


@pytest.mark.usefixtures("cheap")
def test_who_signs_in_rightly_uses_up_nothing_of_the_office(ada: UUID, tried: Tried) -> None:
    """Fifty colleagues behind one address come in the morning."""
    assert [tried(GOOD, client="192.0.2.1") for _ in range(25)] == [ada] * 25


@pytest.mark.usefixtures("long_locks")
def test_a_hundred_guesses_at_the_same_moment_are_a_hundred(pool: Pool, organisation: UUID) -> None:
    """Of those sent together only the free ones are looked at."""
    subject = lockout.Subject("somebody", free=5)

    def attempt(_: int) -> bool:
        with pool.of(organisation) as connection:
            try:
                lockout.take(connection, organisation, subject)
            except TooOften:
                return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(attempt, range(100))) == 5


def test_a_flood_of_guesses_takes_no_more_than_its_places(ada: UUID, tried: Tried) -> None:
    """Whoever comes then is told to come again, and nothing is counted; everybody else has the service's other threads."""
    with ExitStack() as taken:
        for _ in range(8):
            taken.enter_context(passwords._IN_LINE)
        with pytest.raises(Unavailable):
            tried(GOOD)
    assert tried(GOOD) == ada


def test_an_erased_persons_password_is_gone(
    ada: UUID, added: Any, pool: Pool, log: Log, organisation: UUID, tried: Tried, owner: Connection[Any]
) -> None:
    """And what was counted of attempts to guess it."""
    added("Ben")
    tried("wrong")
    erasure.erase(pool, log, organisation, ada, lambda _said: None)
    assert tried(GOOD) is None
    for table, column, value in (
        ("person_keys.password", "member_id", ada),
        ("sign_in_attempt", "subject", f"member:{ada}"),
    ):
        assert owner.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", (value,)).fetchone() == (0,)
