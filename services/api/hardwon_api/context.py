"""What a request is handled with: the service's parts, who asks, and what the answer's headers must say."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Protocol
from uuid import UUID

import structlog
from flask import Flask, Response, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hardwon import sessions, tokens
from hardwon.domain.errors import Unavailable
from hardwon.domain.values import Scope
from hardwon.handlers import Request
from hardwon.ids import id_for_key, new_id
from hardwon.log import wire
from hardwon.log.pool import acting_for
from hardwon.log.wire import Metadata
from hardwon.ports import Hints, Log
from hardwon.projections.following import Pool
from hardwon.tokens import Principal
from hardwon_api.addresses import for_people, for_tools
from hardwon_api.found import Found, NearPoint
from hardwon_api.gate import Gate
from hardwon_api.problems import Refusal
from hardwon_api.settings import ApiSettings
from hardwon_api.streams import Streams
from hardwon_api.sums import Sums

_PROTECTING = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer: no browser guesses its type, frames it, or tells its address to other sites."""
SESSION = "hardwon_session"
"""Holds the secret of a member's session. Pages know members by it, and /v1 never does: no other site can make a browser write there."""
_LONGEST_ID = 100
_LONGEST_KEY = 255
_VERSION = re.compile("[0-9]{1,18}")


class Search(Protocol):
    """Finds lessons by meaning; the worker does it, since only it carries the model."""

    def find(
        self, organisation_id: UUID, queries: Sequence[str], limit: int, narrowed: Mapping[str, str]
    ) -> list[list[Found]]:
        """Return for each query the nearest lessons, the best first; raises Unavailable where no worker answers in time.

        ``narrowed`` says which lessons may answer, as ``hardwon.work.SEARCH`` describes.
        """
        ...

    def similar(
        self, organisation_id: UUID, text: str, retrospective_id: UUID | None, limit: int
    ) -> tuple[list[Found], list[NearPoint]]:
        """Return the lessons and the points nearest to the text, none of that retrospective's points; raises as above."""
        ...


@dataclass(frozen=True, slots=True)
class Deps:
    """The parts that the service is put together from; app.py names the real ones, a test its own."""

    settings: ApiSettings
    pool: Pool
    log: Log
    hints: Hints
    search: Search
    streams: Streams
    gate: Gate
    sums: Sums = field(default_factory=Sums)


def deps() -> Deps:
    parts: Deps = current_app.extensions["hardwon"]
    return parts


def organisation() -> UUID:
    """Return the organisation of whoever asks: the only one that this request can see."""
    return principal().organisation_id


def principal() -> Principal:
    """Return who asks."""
    found = asking()
    if found is None:
        raise AssertionError("only what says that it needs a scope knows who asks")
    return found


def member_id() -> UUID:
    """Return the member who asks, as on every page that needs a scope."""
    found = principal().member_id
    if found is None:
        raise AssertionError("a tool asks, and only members have pages")
    return found


def asking() -> Principal | None:
    """Return who asks; None where nobody needs to be known."""
    found: Principal | None = g.get("principal")
    return found


def credentials() -> Callable[[], Principal | None]:
    """Return what asks, now or later, whom this request's token or session stands for."""
    pool = deps().pool
    if for_people():
        secret = session_secret()
        return lambda: sessions.authenticate(pool, secret)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    shown = token.strip() if scheme.lower() == "bearer" else ""
    return lambda: tokens.authenticate(pool, shown)


def cookie(name: str) -> str:
    """Return what the cookie is called in full. Over https browsers take it from this host alone, and from no other one of the domain."""
    return f"__Host-{name}" if request.is_secure else name


def session_secret() -> str:
    """Return the secret of the session that the browser shows, "" where it shows none."""
    return request.cookies.get(cookie(SESSION), "")


def _authenticate() -> None:
    """Refuse a request without a valid token; with one, the rest of it works for the token's organisation."""
    found = credentials()()
    if found is None:
        challenge = {"WWW-Authenticate": 'Bearer realm="hardwon"'}
        raise Refusal(401, "unauthorised", "Send the header Authorization: Bearer <your token>.", headers=challenge)
    _known(found)
    _act()
    scope = _needed()
    if scope and scope not in found.scopes:
        raise Refusal(403, "forbidden", f"This token does not have the scope `{scope}`, which this needs.")


def _recognise() -> AnyResponse | None:
    """Look who is signed in; send whoever must be and is not to where one signs in."""
    if secret := session_secret():
        found = sessions.authenticate(deps().pool, secret, used=True)
        if found:
            _known(found)
    scope = _needed()
    if scope and asking() is None:
        return _to_sign_in()
    if scope and scope not in principal().scopes:
        raise Refusal(
            403, "forbidden", "Your role does not have the scope `%(scope)s`, which this page needs.", scope=scope
        )
    if scope:  # where one signs in, one may come to another organisation than where one was
        _act()
    return None


def _to_sign_in() -> AnyResponse:
    """Lead back here afterwards, where here is a page and not something that was sent or fetched by a part of one."""
    part = "HX-Request" in request.headers
    back = request.full_path.rstrip("?") if request.method == "GET" and not part else None
    address = url_for("sign_in.page", next=back)
    # A part of a page would show the whole sign-in page in its own place: htmx takes this header for going there.
    return Response(status=204, headers={"HX-Redirect": address}) if part else redirect(address)


def _known(found: Principal) -> None:
    g.principal = found
    # Not who asks: a line that happens to be written beside an anonymous point would tell whose it is, by its time alone.
    structlog.contextvars.bind_contextvars(organisation_id=str(found.organisation_id))


def came_in(secret: str) -> None:
    """Work for the member whose session has just begun for the rest of the request that began it."""
    found = sessions.authenticate(deps().pool, secret)
    if found is None:
        raise AssertionError("a session that has just begun is good")
    _known(found)
    _act()


def _needed() -> Scope | None:
    """Return the scope that the view asks for. An address that does not exist asks for none, and is answered as such."""
    scope: Scope | None = getattr(current_app.view_functions.get(request.endpoint or ""), "needs", None)
    return scope


def _act() -> None:
    """Let the rest of the request see nothing but what belongs to the organisation of whoever asks."""
    g.acting = ExitStack()
    g.acting.enter_context(acting_for(organisation()))


def event_id() -> UUID | None:
    """Return the id that the Idempotency-Key stands for; None without one."""
    key = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if len(key) > _LONGEST_KEY:
        raise Refusal(400, "bad-request", f"Idempotency-Key is longer than {_LONGEST_KEY} characters.")
    return id_for_key(organisation(), key) if key else None


def command_request(default_id: UUID | None = None) -> Request:
    """Return the circumstances of this request's command; If-Match says on which version it was decided."""
    return Request(event_id() or default_id or new_id(), metadata(), expected_version=_expected_version())


def metadata() -> Metadata:
    return Metadata(principal().actor, g.request_id, person_id=principal().member_id)


def nobodys_metadata() -> Metadata:
    """Return metadata that leads back to nobody: not even the request's id, which whoever asks may choose. No line bears it from now on."""
    structlog.contextvars.unbind_contextvars("request_id")
    return Metadata("anonymous", str(new_id()))


def nobodys_request() -> Request:
    """Return the circumstances of a command that is to lead back to nobody."""
    return replace(command_request(), metadata=nobodys_metadata())


def own_ballot(retrospective_id: UUID) -> str | None:
    """Return under which name whoever asks votes in this retrospective; None for a tool, which is nobody."""
    member_id = principal().member_id
    return deps().log.ballot(organisation(), member_id, retrospective_id) if member_id else None


def recorded(position: int) -> None:
    """Say in the answer at which position the write stands, and hint that the log has grown."""
    g.position = position
    deps().hints.send(organisation())


def _expected_version() -> int | None:
    if not request.if_match or request.if_match.star_tag:
        return None
    tags = [int(tag) for tag in request.if_match if _VERSION.fullmatch(tag or "")]  # of "" the library makes None
    return tags[0] if tags else -1  # a tag that was never given matches no version


def register(app: Flask) -> None:
    """Give every request an id, look who asks, and give every answer the headers that its handling left in ``g``."""

    @app.before_request
    def _begin() -> AnyResponse | None:
        given = request.headers.get("X-Request-ID", "")
        sane = 0 < len(given) <= _LONGEST_ID and given.isascii() and given.isprintable()
        g.request_id = given if sane else str(new_id())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(service="api", request_id=g.request_id)
        if for_tools():
            _authenticate()
        return _recognise() if for_people() else None

    @app.teardown_request
    def _end(_error: BaseException | None) -> None:
        if "acting" in g:
            g.acting.close()  # the thread serves other organisations too

    @app.after_request
    def _finish(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.get("request_id", "")
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.update(_PROTECTING)
        if for_tools():
            response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        if "position" in g:
            response.headers["Hardwon-Position"] = str(g.position)
        if "recorded_at" in g:
            response.headers["Hardwon-As-Of"] = wire.timestamp(g.recorded_at)
        if "waited" in g:
            response.headers["Preference-Applied"] = f"wait={g.waited}"
        return response


def not_answering(what: str) -> Unavailable:
    return Unavailable(f"{what} does not answer in time; try again in a moment.")
