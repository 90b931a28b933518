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
            raise RuntimeError("broken with all it was given in reach")
        return fail

service = create_app(replace(from_environment().extensions["hardwon"], log=Broken())).test_client()
headers = {"Authorization": f"Bearer {sys.argv[1]}", "X-Request-ID": "request-7"}
body = {"name": "Quetzalcoatlus", "summary": "Quetzalcoatlus"}
print(service.post("/v1/projects", json=body, headers=headers).status_code)
"""


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_token_key_password_or_words_in_a_line(client: Client, stack: Any, form: str) -> None:
    """An unexpected error is logged with its traceback and the request's id, without what was sent, and without settings."""
    env = dict(os.environ) | {
        "HARDWON_DATABASE_URL": stack.database_url,
        "HARDWON_REDIS_URL": stack.redis_url,
        "HARDWON_PERSON_KEY": stack.person_key,
        "HARDWON_LOG_FORMAT": form,
        "HARDWON_LOG_LEVEL": "debug",
    }
    command = [sys.executable, "-c", FAILING, client.token]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "500"
    assert "request-7" in done.stderr
    assert "broken with all it was given in reach" in done.stderr
    secrets = [client.token, client.token.split("_", 2)[2], stack.database_url, stack.person_key, "Quetzalcoatlus"]
    assert [each for each in secrets if each in done.stderr] == []
