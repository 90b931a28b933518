"""The Celery application: how work travels, so that nothing but time is lost when Redis is flushed, stopped or restarted."""

from typing import Any

from celery import Celery
from celery.app.amqp import AMQP
from kombu import Exchange, Queue

from hardwon.work import BULK, INTERACTIVE
from hardwon_worker.broker import BrokerConnection
from hardwon_worker.following import COMPARE, EMBED, LONG_WORK, PUBLISH, SWEEP, TELL, THEMES, TRAIN, WATCH
from hardwon_worker.settings import WorkerSettings

_SWEEP_SECONDS = 2.0
_VISIBILITY_SECONDS = 60
"""Longer than any task's limit; a task that outlives it comes a second time, which changes nothing."""
_ANSWER_SECONDS = 60
"""How long a result nobody has fetched is kept."""


class _Amqp(AMQP):
    Connection = BrokerConnection


def create_celery(settings: WorkerSettings) -> Celery:
    """Return the application, without tasks and without a connection."""
    app = Celery("hardwon", amqp=_Amqp, set_as_current=False)
    url = settings.redis_url.get_secret_value()
    app.conf.update(broker_url=url, result_backend=url, **_DELIVERY, **_CONNECTION, **_FORMAT, **_PROCESS)
    if settings.anchor_path or settings.anchor_url:
        every = {"task": PUBLISH, "schedule": settings.anchor_seconds, "options": {"expires": settings.anchor_seconds}}
        app.conf.beat_schedule = app.conf.beat_schedule | {"publish": every}
    return app


_DELIVERY: dict[str, Any] = {
    # The default exchange leads to a queue by its name alone. Any other needs bindings, which lie in Redis and are lost by a flush.
    "task_queues": [Queue(name, Exchange(""), routing_key=name) for name in (INTERACTIVE, BULK)],
    "task_default_queue": INTERACTIVE,
    "task_default_exchange": "",
    "task_default_routing_key": INTERACTIVE,
    "task_create_missing_queues": False,
    "task_routes": {task: {"queue": BULK} for task in (EMBED, WATCH, COMPARE, TELL, TRAIN, THEMES, PUBLISH, LONG_WORK)},
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "beat_schedule": {
        # Expires, so that no sweeps pile up while workers are away or busy.
        "sweep": {"task": SWEEP, "schedule": _SWEEP_SECONDS, "options": {"expires": 10}},
    },
    "beat_scheduler": "celery.beat:Scheduler",  # keeps no file: a sweep too many or too few is harmless
}

_CONNECTION: dict[str, Any] = {
    "broker_connection_retry": True,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    # By default a worker ends when Redis refuses anything, as a full one refuses to note which task was taken.
    "broker_channel_error_retry": True,
    "broker_transport_options": {
        "visibility_timeout": _VISIBILITY_SECONDS,
        # By default kombu looks for abandoned tasks every 10 s and then only each tenth time.
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        # By default a worker killed while it looks keeps the others from looking for five minutes.
        "unacked_mutex_expire": 10,
        "socket_timeout": 5,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 10,
    },
    "redis_socket_timeout": 5.0,
    "redis_socket_connect_timeout": 5.0,
    "redis_socket_keepalive": True,
    "redis_backend_health_check_interval": 10,
}

_FORMAT: dict[str, Any] = {
    "accept_content": ["json"],
    "task_serializer": "json",
    "result_serializer": "json",
    "task_ignore_result": True,
    "result_expires": _ANSWER_SECONDS,
}

_PROCESS: dict[str, Any] = {
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    # Its bindings would be lost by a flush, and nothing here asks for it: /readyz learns from the sweep that a worker is there.
    "worker_enable_remote_control": False,
    # Loading a model takes longer than the four seconds after which Celery takes a new process for dead.
    "worker_proc_alive_timeout": 120.0,
}
