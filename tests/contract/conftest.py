"""What every log must hold to: the one in memory and the one in PostgreSQL."""

from uuid import UUID

import pytest

from hardwon.ids import new_id
from hardwon.log.memory import MemoryLog
from hardwon.ports import Log


@pytest.fixture(params=["memory", "postgresql"])
def any_log(request: pytest.FixtureRequest) -> Log:
    return MemoryLog() if request.param == "memory" else request.getfixturevalue("log")


@pytest.fixture
def empty(any_log: Log) -> UUID:
    """An organisation whose log holds nothing yet."""
    organisation_id = new_id()
    any_log.create(organisation_id)
    return organisation_id
