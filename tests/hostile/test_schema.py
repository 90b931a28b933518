"""What the OpenAPI document promises holds against the running service, whatever is sent."""

import os

import pytest
import schemathesis
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
    token, failures = hardwon.register("Whatever comes"), []
    document = schemathesis.openapi.from_url(f"{hardwon.url}/openapi.json", config=CONFIG)
    promised = document.exclude(path="/v1/stream")  # it never ends: tests/api/test_api_stream.py asks it
    operations = [found.ok() for found in promised.get_all_operations()]
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
            case.call_and_validate(headers={"Authorization": f"Bearer {token}"})

        try:
            answers()
        except FailureGroup as failed:
            failures.append(str(failed))
    assert len(operations) > 30
    assert not failures, "\n\n".join(failures)
