"""A project that was set aside: its page tells the truth, and so does the API, which waits for nothing that will not come."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from browser import Browser
from telling import Teller

from hardwon import handlers, tokens
from hardwon.domain.commands import ChangeProfile
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections import recommendations
from hardwon.projections.following import Pool

GIVEN_UP, LOOKING = "The search for lessons failed", "Looking through what other teams learned"
SET_ASIDE = """
INSERT INTO project_try (organisation_id, project_id, position, tries, set_aside_at)
SELECT organisation_id, project_id, owed_position, 6, now() FROM recommendation
WHERE organisation_id = %s AND project_id = %s
"""


@pytest.fixture
def project(log: Log, pool: Pool, organisation: UUID, follow: Callable[[], None]) -> UUID:
    """A project that is set aside as a worker does it (tests/worker/test_worker_poison.py)."""
    found = Teller(log, organisation).project("A deadly project")
    follow()
    with pool.of(organisation) as connection:
        connection.execute(SET_ASIDE, (organisation, found))
    return found


def test_its_page_says_what_happened_and_whom_to_tell(
    signed_in: Callable[..., Browser], project: UUID, pool: Pool, organisation: UUID
) -> None:
    """Not that anything is on its way, nor that nothing fits; and once somebody says `hardwon try-again`, that it is looked for."""
    ada = signed_in()
    page = ada.get(f"/projects/{project}").text
    assert GIVEN_UP in page
    assert "Nothing is lost" in page
    assert "tell whoever runs Hardwon" in page
    assert "every 4s" not in page
    assert LOOKING not in page
    assert "Nothing that fits is known yet" not in page
    with pool.of(organisation) as connection:
        assert recommendations.try_again(connection, organisation) == [project]
    page = ada.get(f"/projects/{project}").text
    assert GIVEN_UP not in page
    assert LOOKING in page


def test_said_otherwise_it_is_looked_for_again(
    signed_in: Callable[..., Browser], project: UUID, log: Log, organisation: UUID, follow: Callable[[], None]
) -> None:
    """What was set aside is what the project said, and not the project."""
    command = ChangeProfile(project, {"name": "A name that can be said"})
    handlers.change_profile(log, organisation, command, Request(new_id(), Metadata("tests")))
    follow()
    page = signed_in().get(f"/projects/{project}").text
    assert GIVEN_UP not in page
    assert LOOKING in page


def test_the_api_tells_it_and_does_not_wait(
    app: Any, project: UUID, organisation: UUID, pool: Pool, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Still pending, with the moment since when nobody looks; whoever asks to wait is answered at once. The control: before, one waits."""
    paused: list[float] = []
    monkeypatch.setattr("hardwon.projections.reading.time.sleep", paused.append)
    headers = {"Authorization": f"Bearer {tokens.first(pool, organisation)}", "Prefer": "wait=1"}

    def asked() -> Any:
        return app.test_client().get(f"/v1/projects/{project}/recommendations", headers=headers).json

    told = asked()
    assert (told["state"], paused) == ("pending", [])
    assert told["set_aside_at"]
    with pool.of(organisation) as connection:
        recommendations.try_again(connection, organisation)
    told = asked()
    assert (told["state"], told["set_aside_at"]) == ("pending", None)
    assert paused
