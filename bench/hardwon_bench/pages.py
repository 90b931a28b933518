"""Web pages of a large organisation, through the whole of Flask: all but the network, and the worker's part of a search."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from flask.testing import FlaskClient
from pydantic import SecretStr

from hardwon import sessions
from hardwon.bootstrap import open_log
from hardwon.projections.following import Pool
from hardwon_api.app import create_app
from hardwon_api.context import SESSION, Deps
from hardwon_api.found import Found, NearPoint
from hardwon_api.gate import Gate
from hardwon_api.hints import CeleryHints, producer
from hardwon_api.settings import ApiSettings
from hardwon_api.streams import Streams
from hardwon_bench.living import Lived
from hardwon_bench.measuring import Times, timed
from hardwon_local.servers import Servers

_FIRST = 20
"""So many requests are made unmeasured, or as many as are measured where that is less."""
_ANSWERS = 20
ADDRESSES = {
    "projects": "/",
    "search, nothing asked": "/search",
    "search, without the worker's part": "/search?q=late",
    "search as one types": "/search?q=late",
    "what we learned": "/learned",
    "what we learned, one team": "/learned?team=Team+3",
    "map of lessons": "/learned/map",
    "project": "/projects/{project}",
    "project, at an earlier moment": "/projects/{project}?step=2",
    "lesson": "/lessons/{lesson}",
    "retrospectives": "/retrospectives",
    "board of forty points": "/retrospectives/{meeting}",
    "board, as it changes": "/retrospectives/{meeting}",
    "log": "/log",
    "log, one project": "/log?project={project}",
    "members": "/admin",
    "tokens": "/admin/tokens",
    "health": "/admin/health",
    "account": "/account",
}
"""What is measured: names, and addresses."""
_BROWSERS = {"Accept-Encoding": "gzip, deflate, br, zstd"}
"""As they ask: packing a page belongs to its time."""
_PARTS = {"search as one types", "board, as it changes"}
"""Asked by htmx."""


class _Instantly:
    """Finds the same lessons whatever it is asked: the worker's part is measured by ``hardwon-bench search``."""

    def __init__(self, lessons: Sequence[UUID]) -> None:
        self._found = [Found(each, 1.0, 0.5, "") for each in lessons]

    def find(
        self, _organisation_id: UUID, queries: Sequence[str], limit: int, _narrowed: Mapping[str, str]
    ) -> list[list[Found]]:
        return [self._found[:limit] for _ in queries]

    def similar(
        self, _organisation_id: UUID, _text: str, _retrospective_id: UUID | None, limit: int
    ) -> tuple[list[Found], list[NearPoint]]:
        return self._found[:limit], []


def measure(started: Servers, pool: Pool, lived: Lived, requests: int) -> dict[str, Times]:
    """Ask for each page, one at a time."""
    client = signed_in(started, pool, lived)
    times, first = {}, min(_FIRST, requests)
    for name, address in ADDRESSES.items():
        headers = _BROWSERS | ({"HX-Request": "true"} if name in _PARTS else {})
        asked = address.format(project=lived.project, lesson=lived.lesson, meeting=lived.meeting)
        calls = [partial(_get, client, asked, headers) for _ in range(first + requests)]
        timed(calls[:first])
        times[name] = timed(calls[first:])
    return times


def signed_in(started: Servers, pool: Pool, lived: Lived) -> FlaskClient:
    """Return what asks as an administrator of the large organisation."""
    settings = ApiSettings(
        database_url=started.app_database_url,
        redis_url=started.redis_url,
        person_key=SecretStr(started.person_key_path.read_text("ascii")),
        requests_per_minute=1_000_000,
    )
    hints, search = CeleryHints(settings, producer(settings)), _Instantly(lived.large.lessons[:_ANSWERS])
    client = create_app(
        Deps(settings, pool, open_log(pool), hints, search, Streams(1, 1), Gate(settings.request_threads))
    ).test_client()
    id_ = lived.large.organisation_id
    with pool.of(id_) as connection:
        client.set_cookie(SESSION, sessions.begin(connection, id_, lived.member))
    return client


def _get(client: FlaskClient, address: str, headers: dict[str, str]) -> None:
    answer = client.get(address, headers=headers)
    if answer.status_code != 200:  # noqa: PLR2004 - what else would be no page
        raise AssertionError(f"{address}: {answer.status}")
