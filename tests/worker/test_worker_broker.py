"""A broker that dies while a worker has all its hands full."""

from collections.abc import Iterator
from typing import Any

import pytest
from kombu import Connection, Queue
from outside import Broker, own_broker

from hardwon_worker.broker import BrokerConnection


@pytest.fixture
def broker() -> Iterator[Broker]:
    with own_broker() as broker:
        yield broker


def takes_more_after(broker: Broker, connection: Connection) -> bool:
    """Take one task where one is allowed, let the broker die under it, and tell whether another one would be asked for."""
    taken: list[Any] = []
    with connection:
        channel: Any = connection.channel()
        channel.basic_qos(0, 1, False)
        connection.Producer(channel).publish("a task", routing_key="tasks", declare=[Queue("tasks")])
        with connection.Consumer([Queue("tasks")], channel=channel, callbacks=[lambda _, task: taken.append(task)]):
            connection.drain_events(timeout=60)
            assert not channel.qos.can_consume()
            broker.stop()
            with pytest.raises(connection.connection_errors):
                taken[0].ack()
            told = bool(channel.qos.can_consume())
            broker.start()
    return told


def test_a_task_that_ended_without_a_broker_leaves_its_place(broker: Broker) -> None:
    """The worker asks for the next task, sees that the connection is gone, and makes a new one."""
    assert takes_more_after(broker, BrokerConnection(broker.url))


def test_kombu_by_itself_would_wait_for_ever(broker: Broker) -> None:
    """The control: its place stays taken, and nobody would ever ask again."""
    assert not takes_more_after(broker, Connection(broker.url))
