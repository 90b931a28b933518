"""The connection is cut between commit and answer, and the client sends again: what it did is done once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from checking import whole_log
from proxying import wire_to
from world import World

from hardwon.bootstrap import open_log
from hardwon.ids import new_id

pytestmark = pytest.mark.timeout(300)
TIMES = 6
Ask = Callable[[httpx.Client], httpx.Response]


def until_answered(client: httpx.Client, ask: Ask) -> httpx.Response:
    """Send it until there is an answer; each time as ``ask`` makes it."""
    while True:
        try:
            return ask(client)
        except httpx.HTTPError:
            continue


def recorded(world: World, token: str, organisation: UUID, ask: Callable[[], Ask]) -> int:
    """Let a client do something some times over a wire that swallows every other answer; return how many events that made."""
    with world.open() as pool:
        log = open_log(pool)
        before = len(_theirs(log, organisation))
        with wire_to(int(world.url.rsplit(":", 1)[1])) as wire:
            headers = {"Authorization": f"Bearer {token}"}
            with httpx.Client(base_url=f"http://127.0.0.1:{wire.port}", headers=headers, timeout=20) as client:
                for _ in range(TIMES):
                    assert until_answered(client, ask()).is_success
        assert wire.swallowed == TIMES
        return len(_theirs(log, organisation)) - before


def _theirs(log: Any, organisation: UUID) -> list[Any]:
    return [each for each in whole_log(log, organisation) if each.type == "project_registered"]


def test_by_ids_of_ones_own_or_a_key_it_is_done_once(world: World) -> None:
    """A client that chose the id, or sends an Idempotency-Key, finds each thing once, though it sent each twice."""
    organisation, token = world.register("Careful")

    def by_id() -> Ask:
        body = {"id": str(new_id()), "name": "A project"}
        return lambda client: client.post("/v1/projects", json=body)

    def by_key() -> Ask:
        headers = {"Idempotency-Key": str(new_id())}
        return lambda client: client.post("/v1/projects", json={"name": "A project"}, headers=headers)

    assert recorded(world, token, organisation, by_id) == TIMES
    assert recorded(world, token, organisation, by_key) == TIMES


def test_without_them_it_is_done_twice(world: World) -> None:
    """The control: a client that lets the service choose ids, and sends again, has everything twice."""
    organisation, token = world.register("Careless")
    again = lambda: lambda client: client.post("/v1/projects", json={"name": "A project"})  # noqa: E731 - as above, in one line
    assert recorded(world, token, organisation, again) == 2 * TIMES
