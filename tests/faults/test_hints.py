"""Hints come twice, late, in any order, or not at all: it makes no difference to what there is in the end."""

import random
import time
from collections.abc import Sequence
from uuid import UUID

import pytest
from celery import Celery
from checking import caught_up, differences, losses, unanswered, whole_log
from kombu import Exchange, Queue
from outside import wait_for
from world import TESTS, World
from writing import Ledger, writing

from hardwon import work
from hardwon.bootstrap import open_log
from hardwon.domain.events import LessonsSuggested
from hardwon.log.wire import StoredEvent
from hardwon_worker.following import COMPARE, EMBED, FOLLOW, SUGGEST, TELL, WATCH

pytestmark = pytest.mark.timeout(300)
EACH = 60


def hinted_at(world: World, organisation: UUID, token: str) -> Ledger:
    """Ask for every task of an organisation many times and in any order, also for projects that were answered, while it is written to."""
    ledger, chance = Ledger(), random.Random(11)
    app = Celery("asking", broker=world.valkey.redis_url, set_as_current=False)
    app.conf.task_queues = [Queue(name, Exchange(""), routing_key=name) for name in (work.INTERACTIVE, work.BULK)]
    with writing(world.url, {token: ledger}, writers=2, seed=2):
        wait_for(lambda: bool(ledger.projects), "a project")
        for _ in range(3):
            time.sleep(0.7)
            projects = [str(each) for each in ledger.projects]
            asked = [(task, [str(organisation)]) for task in (FOLLOW, EMBED, WATCH, COMPARE) for _ in range(EACH // 12)]
            asked += [(SUGGEST, [str(organisation), project]) for project in projects * 2]
            asked += [
                (TELL, [str(organisation), each, occasion])
                for each in projects
                for occasion in ("new_lessons", "digest")
            ]
            chance.shuffle(asked)
            for task, arguments in asked[:EACH]:
                queue = chance.choice([work.INTERACTIVE, work.BULK])
                app.send_task(task, arguments, queue=queue, ignore_result=True)
    return ledger


def answered(events: Sequence[StoredEvent]) -> list[UUID]:
    """Return the projects whose registration was answered, each as often as it was."""
    found = [each.event for each in events if each.type == "lessons_suggested"]
    return sorted(
        each.project_id for each in found if isinstance(each, LessonsSuggested) and each.occasion == "registered"
    )


def test_any_task_at_any_time(world: World) -> None:
    """However often and whenever each task is asked for, every project is answered once, and all is as the log says."""
    organisation, token = world.register("Hinted at")
    ledger = hinted_at(world, organisation, token)
    with world.open() as pool:
        log = open_log(pool)
        caught_up(pool, log, organisation)
        events = whole_log(log, organisation)
        assert losses(events, ledger.answered) == []
        assert unanswered(events, ledger.projects) == []
        assert differences(pool, log, organisation) == []
    assert answered(events) == sorted(ledger.projects)


def test_the_control_a_forgetful_worker_is_found(world: World) -> None:
    """One that does not look at what it offered before answers projects more than once, asked for the same."""
    world.worker.stop()
    world.start_another_worker(str(TESTS / "forgetful_worker.py"))
    try:
        organisation, token = world.register("Hinted at in vain")
        ledger = hinted_at(world, organisation, token)
        with world.open() as pool:
            log = open_log(pool)
            wait_for(lambda: len(answered(whole_log(log, organisation))) > len(ledger.projects), "a second answer", 60)
    finally:
        world.worker.stop()
        world.start_worker()
