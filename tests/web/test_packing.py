"""What is packed on its way to a browser, and that its length tells nobody what it holds."""

import gzip
from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import UUID

import brotli
import pytest
from browser import Browser
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner

from hardwon import tokens
from hardwon.projections.following import Pool

SignedIn = Callable[..., Browser]
BROWSERS = "gzip, deflate, br, zstd"


def _token(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


@pytest.mark.parametrize(("asked", "unpacked"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_pages_and_their_parts_are_packed_for_who_takes_them_so(
    asked: str, unpacked: Callable[[bytes], bytes], signed_in: SignedIn
) -> None:
    """A browser gets a page, and a part of one, in half of its bytes at most, and whole."""
    browser = signed_in()
    for headers in ({}, {"HX_Request": "true"}):
        plain = browser.get("/learned", **headers).data
        packed = browser.get("/learned", Accept_Encoding=asked, **headers)
        assert (packed.status_code, packed.headers["Content-Encoding"]) == (200, asked)
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert len(packed.data) < len(plain) / 2
        assert len(unpacked(packed.data)) == len(plain)


def test_who_takes_nothing_packed_gets_it_as_it_is(signed_in: SignedIn) -> None:
    """Whatever cannot unpack a page, or says that it will not, reads it all the same."""
    browser = signed_in()
    for asked in ({}, {"Accept_Encoding": "identity"}, {"Accept_Encoding": "gzip;q=0, br;q=0"}):
        page = browser.get("/account", **asked)
        assert "Content-Encoding" not in page.headers
        assert page.text.rstrip().endswith("</html>")


def test_nothing_else_is_packed(signed_in: SignedIn, app: Any, organisation: UUID, pool: Pool) -> None:
    """Streams and exports arrive line by line, tools get what they always got, and an operator too."""
    browser = signed_in()
    for address in (f"/live?about={organisation}", "/log/export"):
        with browser.get(address, Accept_Encoding=BROWSERS) as lines:
            assert lines.status_code == 200
            assert "Content-Encoding" not in lines.headers, address
            assert "Accept-Encoding" not in lines.headers.get("Vary", ""), address
    tool: FlaskClient = app.test_client()
    shown = {"Authorization": f"Bearer {tokens.first(pool, organisation)}", "Accept-Encoding": BROWSERS}
    for address in ("/v1/projects", "/v1/events", "/openapi.json", "/healthz"):
        answer = tool.get(address, headers=shown)
        assert "Content-Encoding" not in answer.headers, address
        assert "Vary" not in answer.headers, address


def test_the_length_of_a_page_tells_another_site_nothing(
    signed_in: SignedIn,
) -> None:
    """Another site that makes my browser open a page with its guess in the address learns nothing by how long the answer is.

    The control: packed, as I get it when I go there myself, the right guess is shorter than the wrong one.
    """
    browser = signed_in()
    stays = _token(browser.get("/account").text).partition(".")[0]
    guesses = (stays, stays[::-1])

    def lengths(whence: str) -> list[int]:
        pages = [
            browser.get(f"/account?guess={each}", Accept_Encoding=BROWSERS, Sec_Fetch_Site=whence) for each in guesses
        ]
        return [len(each.data) for each in pages]

    for elsewhere in ("cross-site", "same-site"):
        right, wrong = lengths(elsewhere)
        assert right == wrong
    right, wrong = lengths("same-origin")
    assert right < wrong - len(stays) / 3
    assert "Content-Encoding" in browser.get("/", Accept_Encoding=BROWSERS, Sec_Fetch_Site="cross-site").headers


def test_what_stays_the_same_in_a_forms_token_opens_nothing(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could be found out by many answers is signed anew for each second: without that it is refused, with it it is taken."""
    seconds = count(TimestampSigner(b"").get_timestamp())
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _signer: next(seconds))
    ada, ben = signed_in(), signed_in("Ben")
    first, later, others = (_token(each.get("/account").text) for each in (ada, ada, ben))
    (stays, at, signed), (same, then, anew) = first.split("."), later.split(".")
    assert stays == same
    assert (at, signed) != (then, anew)
    assert signed != anew
    for forged in (stays, f"{stays}.{at}.{anew}", f"{stays}.{others.partition('.')[2]}"):
        assert ada.post("/look", csrf_token=forged, theme="dark").status_code == 400
    assert ada.post("/look", csrf_token=first, theme="dark").status_code == 302
