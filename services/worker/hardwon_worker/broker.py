"""The way to the broker: what Celery and kombu bring, and what had to be added so that a broker may go away at any moment and come back."""

from typing import Any

from kombu import Connection
from kombu.transport import redis, virtual


class _QoS(redis.QoS):
    """Counts the tasks that are under way, and takes no more than fit.

    kombu goes on counting one whose end the broker could not be told. With all places taken so it asks for no further task; and who asks
    for nothing does not see that the connection is gone, and never makes a new one: the worker stood still for ever.
    """

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        finally:
            virtual.QoS.ack(self, delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 - as the base
        try:
            super().reject(delivery_tag, requeue)
        finally:
            virtual.QoS.ack(self, delivery_tag)


class _Channel(redis.Channel):
    QoS = _QoS


class _Transport(redis.Transport):
    Channel = _Channel


class BrokerConnection(Connection):
    """Asks an absent broker again every second. By default the pauses grow to half a minute, which a restart would then cost."""

    def get_transport_cls(self) -> type[_Transport]:
        return _Transport

    def ensure_connection(self, *args: Any, **kwargs: Any) -> Connection:  # type: ignore[override]  # noqa: ANN401 - as the base
        return super().ensure_connection(*args, **kwargs | {"interval_start": 1, "interval_step": 0})
