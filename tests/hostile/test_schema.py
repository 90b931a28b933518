"""What the OpenAPI document promises holds against the running service, whatever is sent."""

import os
from collections.abc import Iterable
from typing import Any

import pytest
import schemathesis
from flask import Flask, request
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup

from hardwon_local.running import Running

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "12"))
"""For each operation; `make fuzz` asks for more."""


ACCEPTED = ["2xx", "401", "403", "404", "409", "412", "422"]
"""What well-formed data may be answered with: a cursor, an order of dates or an id that is well-formed can still be none (422)."""
CONFIG = SchemathesisConfig.from_dict({"checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}}})


@pytest.mark.timeout(3600)
def test_every_answer_is_as_promised(hardwon: Running) -> None:
    """No 5xx, and no status, media type, header or body that the document does not know: all of schemathesis' checks."""
    token = hardwon.register("Whatever comes")
    document = schemathesis.openapi.from_url(f"{hardwon.url}/openapi.json", config=CONFIG)
    promised = document.exclude(path="/v1/stream")  # it never ends: tests/api/test_api_stream.py asks it
    operations = [found.ok() for found in promised.get_all_operations()]
    failures = broken(operations, {"Authorization": f"Bearer {token}"})
    assert len(operations) > 30
    assert not failures, "\n\n".join(failures)


def test_the_control_a_broken_promise_is_noticed() -> None:
    """A service that fails at a text with a bracket in it, which its document does not tell."""
    app = Flask("broken")

    @app.get("/things")
    def things() -> tuple[dict[str, str], int]:
        return ({}, 500) if "[" in request.args.get("name", "") else ({}, 200)

    named = {"name": "name", "in": "query", "schema": {"type": "string"}, "example": "["}
    answers = {"200": {"description": "", "content": {"application/json": {"schema": {"type": "object"}}}}}
    paths = {"/things": {"get": {"parameters": [named], "responses": answers}}}
    told = {"openapi": "3.1.0", "info": {"title": "", "version": "1"}, "paths": paths}
    app.add_url_rule("/openapi.json", view_func=lambda: told)
    document = schemathesis.openapi.from_wsgi("/openapi.json", app, config=CONFIG)
    (failure,) = broken([found.ok() for found in document.get_all_operations()], {})
    assert "Server error" in failure


def broken(operations: Iterable[Any], headers: dict[str, str]) -> list[str]:
    """Return how the answers of these operations are not as promised, whatever is sent."""
    failures = []
    for operation in operations:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize="FUZZ_EXAMPLES" not in os.environ,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def answers(case: Case) -> None:
            case.call_and_validate(headers=headers)

        try:
            answers()
        except FailureGroup as failed:
            failures.append(str(failed))
    return failures
