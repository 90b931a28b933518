"""A text that kills the worker, or asks for more memory than there is, each time: the others are embedded, and it is seen."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from deadly_worker import DEADLY, HUGE
from outside import wait_for
from telling import Teller
from world import TESTS, World

from hardwon.bootstrap import open_log
from hardwon.projections.following import set_aside

DEADLY_WORKER = str(TESTS / "deadly_worker.py")


@pytest.fixture
def mortal(world: World) -> Iterator[World]:
    """A world whose worker dies of some texts, and is started again by its supervisor, which is this test."""
    world.worker.stop()
    world.start_another_worker(DEADLY_WORKER)
    yield world
    world.worker.stop()
    world.start_worker()


def told_of(world: World) -> int:
    """Return how many texts /readyz says were set aside, once the database answers it."""
    told: dict[str, Any] = {}

    def answers() -> bool:
        told.update(httpx.get(f"{world.url}/readyz", timeout=30).json())
        return bool(told["checks"]["database"] == "ok")

    wait_for(answers, "a database that answers")
    return sum(each["texts"] for each in told["set_aside"])


@pytest.mark.timeout(300)
@pytest.mark.parametrize("bad", [DEADLY, HUGE])
def test_all_but_the_bad_one(mortal: World, bad: str) -> None:
    """Whatever stood before and behind it is found; it is set aside, which /readyz tells; the worker lives."""
    organisation, _ = mortal.register(f"With {bad}")
    before, deaths = told_of(mortal), 0
    with mortal.open() as pool:
        teller = Teller(open_log(pool), organisation)
        teller.past_project(
            *(f"Before, number {n}." for n in range(5)), bad, *(f"Behind, number {n}." for n in range(5))
        )

        def embedded() -> int:
            nonlocal deaths
            if not mortal.worker.running:
                deaths += 1
                with mortal.redis() as redis:
                    redis.flushall()  # what a dead worker holds runs out by itself, but nobody wants to wait for that here
                mortal.start_another_worker(DEADLY_WORKER)
            with pool.of(organisation) as connection:
                asked = "SELECT count(*) FROM lesson_vector WHERE organisation_id = %s"
                return int(connection.execute(asked, [organisation]).fetchone()[0])  # type: ignore[index]

        wait_for(lambda: embedded() == 10, "all but the bad one", patience=200)
        with pool.across() as connection:
            assert [row[2] for row in set_aside(connection) if row[0] == organisation] == [1]
    assert told_of(mortal) == before + 1
    assert deaths == (2 if bad == DEADLY else 0)
    time.sleep(3)
    assert mortal.worker.running


@pytest.mark.timeout(300)
def test_a_deadly_project_is_set_aside_and_others_are_answered(mortal: World) -> None:
    """Its profile kills as many workers as it may, and no more: then nobody asks for it, /readyz counts it, and the next is answered."""
    organisation, _ = mortal.register("With a deadly project")
    before, deaths = told_of(mortal), 0
    with mortal.open() as pool:
        teller = Teller(open_log(pool), organisation)
        teller.past_project(*(f"Ferries, number {n}." for n in range(5)))
        teller.project(DEADLY, summary="Ferries.")

        def set_aside_() -> bool:
            nonlocal deaths
            if not mortal.worker.running:
                deaths += 1
                with mortal.redis() as redis:
                    redis.flushall()  # as above
                mortal.start_another_worker(DEADLY_WORKER)
            return told_of(mortal) == before + 1

        wait_for(set_aside_, "the deadly project to be set aside", patience=200)
        good = teller.project("Another", summary="Ferries.")
        wait_for(lambda: len(teller.suggested(good)) == 1, "the next one to be answered")
    assert deaths == 2
    assert mortal.worker.running
