"""Hints come twice, late, in any order, or not at all: it makes no difference to what there is in the end."""

import random
import time

import pytest
from celery import Celery
from checking import caught_up, differences, losses, unanswered, whole_log
from kombu import Exchange, Queue
from world import World
from writing import Ledger, writing

from hardwon import work
from hardwon.bootstrap import open_log
from hardwon_worker.following import COMPARE, EMBED, FOLLOW, SUGGEST, TELL, WATCH

pytestmark = pytest.mark.timeout(300)
EACH = 60


def test_any_task_at_any_time(world: World) -> None:
    """Every task of an organisation is asked for many times, in any order, also for projects that were answered: each is answered once."""
    organisation, token = world.register("Hinted at")
    ledger, chance = Ledger(), random.Random(11)
    app = Celery("asking", broker=world.valkey.redis_url, set_as_current=False)
    app.conf.task_queues = [Queue(name, Exchange(""), routing_key=name) for name in (work.INTERACTIVE, work.BULK)]
    with writing(world.url, {token: ledger}, writers=2, seed=2):
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
    with world.open() as pool:
        log = open_log(pool)
        caught_up(pool, log, organisation)
        events = whole_log(log, organisation)
        assert losses(events, ledger.answered) == []
        assert unanswered(events, ledger.projects) == []
        assert differences(pool, log, organisation) == []
        answered = [
            each.event.project_id
            for each in events
            if each.type == "lessons_suggested" and each.event.occasion == "registered"
        ]
    assert sorted(answered) == sorted(ledger.projects)
