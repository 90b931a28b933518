"""No secret stands in a line of the log, whatever goes wrong."""

import os
import subprocess
import sys
from typing import Any

import pytest
from api_client import Client

FAILING = """
import sys
from dataclasses import replace
from hardwon_api.app import create_app, from_environment

class Broken:
    def __getattr__(self, name):
        def fail(*arguments, **named):
            raise RuntimeError(sys.argv[2])
        return fail

service = create_app(replace(from_environment().extensions["hardwon"], log=Broken())).test_client()
headers = {"Authorization": f"Bearer {sys.argv[1]}", "X-Request-ID": "request-7"}
body = {"name": "Quetzalcoatlus", "summary": "Quetzalcoatlus"}
print(service.post("/v1/projects", json=body, headers=headers).status_code)
"""


BROKEN = "broken with all it was given in reach"


def lines_of(client: Client, stack: Any, form: str, error: str) -> str:
    """Return what the service writes when it breaks with this error."""
    env = dict(os.environ) | {
        "HARDWON_DATABASE_URL": stack.database_url,
        "HARDWON_REDIS_URL": stack.redis_url,
        "HARDWON_PERSON_KEY": stack.person_key,
        "HARDWON_LOG_FORMAT": form,
        "HARDWON_LOG_LEVEL": "debug",
    }
    command = [sys.executable, "-c", FAILING, client.token, error]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=110)
    assert done.stdout.strip() == "500"
    assert "request-7" in done.stderr
    return done.stderr


def told(client: Client, stack: Any, lines: str) -> list[str]:
    """Return the secrets that stand in the lines."""
    token = client.token
    secrets = [token, token.split("_", 2)[2], stack.database_url, stack.person_key, "Quetzalcoatlus"]
    return [each for each in secrets if each in lines]


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_token_key_password_or_words_in_a_line(client: Client, stack: Any, form: str) -> None:
    """An unexpected error is logged with its traceback and the request's id, without what was sent, and without settings."""
    lines = lines_of(client, stack, form, BROKEN)
    assert BROKEN in lines
    assert told(client, stack, lines) == []


def test_the_control_a_careless_error_is_found(client: Client, stack: Any) -> None:
    """One whose message holds what was sent is told by the same look at the same lines."""
    lines = lines_of(client, stack, "json", f"cannot store Quetzalcoatlus for {client.token}")
    assert set(told(client, stack, lines)) == {client.token, client.token.split("_", 2)[2], "Quetzalcoatlus"}
