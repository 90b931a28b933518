"""One form for all log lines: what Celery says goes through structlog, and every line of a task bears its name, id and organisation."""

import logging
from typing import Any

import structlog
from celery import Task, signals

SERVICE = "worker"


class _ToStructlog(logging.Handler):
    """Hands on what libraries log."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(
            record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info or None
        )


def connect() -> None:
    """Take over Celery's logging for this process; doing it again changes nothing."""
    _setup()
    # Celery sets up no logging of its own where somebody receives this signal.
    signals.setup_logging.connect(_setup, dispatch_uid="hardwon-setup-logging")
    signals.task_prerun.connect(_bind, dispatch_uid="hardwon-bind")
    signals.task_postrun.connect(_unbind, dispatch_uid="hardwon-unbind")


def _setup(**_: object) -> None:
    root = logging.getLogger()
    root.handlers = [_ToStructlog()]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


def _bind(task_id: str, task: Task[Any, Any], args: tuple[Any, ...], **_: object) -> None:
    organisation = {"organisation_id": args[0]} if args else {}
    structlog.contextvars.bind_contextvars(service=SERVICE, task_id=task_id, task=task.name, **organisation)


def _unbind(**_: object) -> None:
    structlog.contextvars.clear_contextvars()
