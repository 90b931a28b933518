"""A service of its own under Granian, small enough to be overloaded."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPException
from typing import Any

import pytest
from busy import Service

from hardwon import organisations, tokens
from hardwon.ports import Log
from hardwon.projections.following import Pool


@pytest.fixture
def serve(stack: Any, pool: Pool, log: Log) -> Iterator[Callable[..., Service]]:
    """Return what starts the API with these settings."""
    processes = []

    def start(**settings: str) -> Service:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        env = dict(os.environ) | {
            "HARDWON_DATABASE_URL": stack.database_url,
            "HARDWON_REDIS_URL": stack.redis_url,
            "HARDWON_PERSON_KEY": stack.person_key,
        }
        command = [sys.executable, "-m", "hardwon_api", "--port", str(port)]
        processes.append(
            subprocess.Popen(command, env=env | settings, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        )
        service = Service(port, tokens.first(pool, organisations.register(log, "A busy one", "tests")))
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with suppress(OSError, HTTPException):
                if service.ask("GET", "/healthz")[0] == 200:
                    return service
            time.sleep(0.05)
        raise AssertionError("the service did not start")

    yield start
    for process in processes:
        process.terminate()
        process.wait(60)
