"""kill -9 of anything, at any moment, while several write: what was answered for is there once, and everything made from it is whole."""

import os
import random
import time
from collections import Counter
from uuid import UUID

import pytest
from checking import CLIENTS, caught_up, differences, losses, unanswered, whole_log
from outside import wait_for
from world import World
from writing import Ledger, writing

from hardwon.bootstrap import open_log
from hardwon.projections.following import halted, set_aside

pytestmark = pytest.mark.timeout(300)
SEEDS = range(int(os.environ.get("FAULT_SEEDS", "1")))
KILLS = 8
WRITERS = 3
"""Of each of two organisations."""


@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost(world: World, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    """The API, the worker, PostgreSQL, one of its sessions and Valkey are killed in any order; no event is missing, doubled or altered, and
    in the end the read models are the fold of the log, and every project is answered once."""
    chance, before, began = random.Random(seed), len(world.kills), time.monotonic()
    ledgers: dict[str, Ledger] = {}
    organisations: dict[str, UUID] = {}
    for number in range(2):
        organisation, token = world.register(f"Organisation {number} of seed {seed}")
        ledgers[token], organisations[token] = Ledger(), organisation
    with writing(world.url, ledgers, writers=WRITERS, seed=seed):
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.2, 1.2))
            _break_something(world, chance)
        time.sleep(1)
    world.heal()
    kills = Counter(world.kills[before:])
    with world.open() as pool:
        log = open_log(pool)
        took = max(caught_up(pool, log, each) for each in organisations.values())
        wrong, events = [], 0
        for token, organisation in organisations.items():
            found = whole_log(log, organisation)
            wrong += losses(found, ledgers[token].answered) + unanswered(found, ledgers[token].projects)
            wrong += differences(pool, log, organisation)
            events += len(found)
            assert ledgers[token].unclear == []
            assert ledgers[token].sent.keys() == ledgers[token].answered.keys()
        with pool.across() as connection:
            found_bad = [row for row in halted(connection) + set_aside(connection) if row[0] in organisations.values()]
            assert found_bad == []
    with capsys.disabled():
        print(  # noqa: T201 - what `make faults` tells
            f"\nseed {seed}: {_told(list(ledgers.values()))}; {events} events in the logs; {sum(kills.values())} kills {dict(kills)}; "
            f"caught up {took:.1f} s later; losses {len(wrong)}; {time.monotonic() - began:.0f} s in all"
        )
    assert wrong == []


def _told(ledgers: list[Ledger]) -> str:
    answers = sum((each.answers for each in ledgers), Counter[int]())
    written, requests = sum(len(each.answered) for each in ledgers), sum(each.requests for each in ledgers)
    return f"{written} events written, {requests} requests ({dict(answers)}, {sum(e.unanswered for e in ledgers)} without an answer)"


def _break_something(world: World, chance: random.Random) -> None:
    """Kill one thing, or two at once, and start it again a moment later, as a supervisor does."""
    for name in chance.sample(["api", "worker", "postgres", "valkey", "backend"], chance.choice([1, 1, 2])):
        if name == "backend":
            world.kill_a_backend()
        else:
            world.kill(name)
    time.sleep(chance.uniform(0.0, 1.0))
    for name in ("postgres", "valkey", "api", "worker"):
        world.start_again(name)


def test_a_writer_that_does_not_send_again_is_noticed(world: World) -> None:
    """The control: what was sent and got no answer, and is not sent again, is missing; the check says so."""
    organisation, token = world.register("Careless")
    ledger = Ledger()
    with writing(world.url, {token: ledger}, writers=2, seed=7, resends=False):
        time.sleep(1)
        world.kill("api")
        time.sleep(0.5)
        world.start_again("api")
        time.sleep(0.2)
    world.heal()
    with world.open() as pool:
        found = whole_log(open_log(pool), organisation)
    assert any("is missing" in each for each in losses(found, ledger.sent))
    assert [each for each in losses(found, ledger.answered) if "is missing" in each] == []


def test_a_log_without_one_of_its_events_is_noticed(world: World) -> None:
    """The control of the check itself: removed, doubled, altered or written by nobody, it says so."""
    organisation, token = world.register("Checked")
    ledger = Ledger()
    with writing(world.url, {token: ledger}, writers=1, seed=3):
        wait_for(lambda: len(ledger.answered) > 20, "enough to take something out of the middle of")
    with world.open() as pool:
        events = whole_log(open_log(pool), organisation)
    assert losses(events, ledger.answered) == []
    middle = next(place for place, each in enumerate(events) if place > 5 and each.type in CLIENTS)
    without = [*events[:middle], *events[middle + 1 :]]
    assert f"{events[middle].type} {events[middle].event_id} is missing" in losses(without, ledger.answered)
    assert f"position {middle + 1} is missing" in losses(without, ledger.answered)
    assert any("2 times" in each for each in losses([*events, events[-1]], ledger.answered))
    fewer = {id_: type_ for id_, type_ in ledger.answered.items() if id_ != events[middle].event_id}
    assert any("by nobody" in each for each in losses(events, fewer))
