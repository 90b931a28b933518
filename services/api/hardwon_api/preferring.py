"""``Prefer: wait=N`` (RFC 7240): how long an answer may take to become a better one."""

from collections.abc import Callable, Sequence

from flask import g, request
from werkzeug.http import parse_dict_header

from hardwon.projections.reading import position_of, wait_until
from hardwon_api.context import deps, organisation

LONGEST_WAIT = 30


def wait_preferred() -> int:
    """Return the seconds that the client would wait, at most 30; 0 where it did not say, or not understandably."""
    said = parse_dict_header(",".join(request.headers.getlist("Prefer")).replace(";", ",")).get("wait")
    return min(int(said), LONGEST_WAIT) if said and said.isdecimal() and said.isascii() else 0


def wait_for(done: Callable[[], bool]) -> bool:
    """Wait as long as the client prefers for ``done``, unless others need the place; return whether it came true."""
    seconds = wait_preferred()
    if not seconds or deps().gate.crowded:
        return done()
    g.waited = seconds
    return wait_until(done, seconds)


def read_models(*followers: str) -> None:
    """Note how far the read models are; with ``Prefer: wait``, first wait until they hold all that was written before."""
    target = deps().log.head(organisation()).position if wait_preferred() else 0
    wait_for(lambda: _position(followers) >= target)


def _position(followers: Sequence[str]) -> int:
    with deps().pool.connection() as connection:
        g.position = position_of(connection, organisation(), followers)
    return int(g.position)
