"""The composition root: the only place that names the real database. Nothing is opened at import."""

import logging
import sys
from collections.abc import Callable
from math import inf
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from psycopg import Connection

from hardwon.config import DatabaseSettings, LogSettings
from hardwon.log.keys import PersonKeys
from hardwon.log.pool import Pool
from hardwon.log.store import PostgresLog
from hardwon.ports import Log

_TRUSTED = 1.0
"""Seconds for which a connection that answered is taken to live: a search borrows one six times, and each asking is a round trip."""


def _checking() -> Callable[[Connection[Any]], None]:
    """Return the pool's check of a connection before it is lent, which knows when each one answered last."""
    answered: WeakKeyDictionary[Connection[Any], float] = WeakKeyDictionary()

    def check(connection: Connection[Any]) -> None:
        if monotonic() - answered.get(connection, -inf) > _TRUSTED:
            Pool.check_connection(connection)
            answered[connection] = monotonic()

    return check


def open_pool(settings: DatabaseSettings, application: str) -> Pool:
    """Return an open pool of autocommit connections; they are made as they are needed, so the database may start later.

    Statements are bounded to 30 s, so that no stuck query holds a worker for ever.
    """
    pool = Pool(
        settings.database_url.get_secret_value(),
        min_size=1,
        max_size=settings.database_connections,
        timeout=5.0,
        kwargs={
            "autocommit": True,
            "application_name": application,
            "options": "-c statement_timeout=30s -c lock_timeout=10s -c timezone=UTC",
        },
        check=_checking(),
        open=False,
    )
    pool.person_keys = PersonKeys(settings.wrapping_key)
    pool.open()
    return pool


def open_log(pool: Pool) -> Log:
    return PostgresLog(pool)


def configure_logs(settings: LogSettings, service: str) -> None:
    """Write one line an event to standard error: JSON for machines, or coloured for a person."""
    as_json = settings.log_format == "json"
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.log_level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
