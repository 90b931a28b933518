"""Entry links, sessions and who may see a page."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from browser import COOKIE, Browser
from flask import Blueprint, render_template_string
from psycopg import Connection

from hardwon import entry_links, erasure, handlers, sessions
from hardwon.domain.commands import ChangeMember, RemoveMember
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections import members
from hardwon.projections.following import Pool, advance
from hardwon_api.app import create_app
from hardwon_api.context import Deps, principal
from hardwon_api.documenting import needs
from hardwon_api.web.sign_in import local

SignedIn = Callable[..., Browser]
Link = Callable[[UUID], str]


@pytest.fixture(scope="session")
def app(deps: Deps) -> Any:
    """The service with two pages more, as any page of it is made."""
    app, pages = create_app(deps), Blueprint("for_tests", __name__)

    @pages.get("/for-readers")
    @needs("read")
    def for_readers() -> str:
        return str(principal().member_id)

    @pages.route("/for-administrators", methods=["GET", "POST"])
    @needs("administer")
    def for_administrators() -> str:
        return "in"

    @pages.get("/form")
    def form() -> str:
        return render_template_string('<input name="csrf_token" value="{{ csrf_token() }}">')

    app.register_blueprint(pages)
    return app


def changed(pool: Pool, log: Log, organisation: UUID, command: Any) -> None:
    handlers.change_members(log, organisation, command, Request(new_id(), Metadata("tests")))
    advance(pool, members.PROJECTION, organisation)


def test_a_link_signs_in_once_and_only_who_presses_the_button(added: Any, link: Link, browse: Any) -> None:
    """A mail program that previews the link uses nothing up; whoever comes second finds that it is good no more."""
    ada = added()
    path = link(ada)
    preview = browse()
    assert "Welcome, Ada" in preview.get(path).text
    assert preview.secret is None
    browser = browse()
    assert browser.submit(path).location == "/"
    assert browser.get("/for-readers").text == str(ada)
    late = browse().get(path)
    assert (late.status_code, "not good any more" in late.text) == (404, True)
    forced = preview.post(path, csrf_token=tokens_of(preview, link(ada)))
    assert (forced.status_code, preview.secret) == (404, None)


def tokens_of(browser: Browser, path: str) -> str:
    return browser.get(path).text.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_of_many_at_the_same_moment_one_gets_in(added: Any, link: Link, pool: Pool) -> None:
    """A link that leaked opens once, however fast one is."""
    secret = link(added()).removeprefix(entry_links.PATH)

    def use(_: int) -> bool:
        return entry_links.use(pool, secret) is not None

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(use, range(8))) == 1


def test_a_newer_link_makes_the_older_one_worthless(added: Any, link: Link, browser: Browser) -> None:
    """Whoever lost one asks for another, and the lost one opens nothing."""
    ada = added()
    old, new = link(ada), link(ada)
    assert browser.get(old).status_code == 404
    assert browser.get(new).status_code == 200


def test_a_link_ends_with_its_time_and_its_member(
    added: Any, link: Link, browser: Browser, owner: Connection[Any], pool: Pool, log: Log, organisation: UUID
) -> None:
    """After seven days, or once its member is removed, it opens nothing."""
    ada, ben = added(), added("Ben", "member")
    for_ada, for_ben = link(ada), link(ben)
    owner.execute("UPDATE entry_link SET expires_at = now() WHERE member_id = %s", (ada,))
    changed(pool, log, organisation, RemoveMember(ben))
    assert [browser.get(path).status_code for path in (for_ada, for_ben)] == [404, 404]


@pytest.mark.parametrize("secret", ["x", "_", "é", "0" * 32 + "_x", "a" * 5000, "%00", "hw_" + "0" * 32 + "_x"])
def test_what_is_no_secret_opens_nothing(browser: Browser, secret: str) -> None:
    """Neither as a link nor as a session; it is no error either."""
    assert browser.get(f"/enter/{secret}").status_code == 404
    browser.http.set_cookie(COOKIE, secret)
    assert browser.get("/for-readers").location == "/sign-in?next=/for-readers"


def test_the_cookie_is_the_browsers_only_and_never_this_service_keeps_it(
    added: Any, link: Link, browse: Any, owner: Connection[Any]
) -> None:
    """No script reads it, no other site sends it, over https it never goes without and no other host of the domain can set it; the tables
    hold a digest."""
    for base, secure in (("http://localhost", False), ("https://localhost", True)):
        browser = replace(browse(), base=base)
        header = next(
            each for each in browser.submit(link(added(base[:5]))).headers.getlist("Set-Cookie") if COOKIE in each
        )
        assert "HttpOnly" in header
        assert "SameSite=Lax" in header
        assert ("Secure" in header) is secure
        assert header.startswith("__Host-") is secure
        assert "Path=/;" in f"{header};"
        assert "Domain" not in header
        assert browser.secret
        kept = owner.execute("SELECT to_jsonb(session)::text FROM session").fetchall()
        assert not any(browser.secret.partition("_")[2] in row for (row,) in kept)


def test_over_https_a_cookie_that_another_host_could_have_planted_is_not_looked_at(
    added: Any, link: Link, browse: Any
) -> None:
    """Under the plain name it opens nothing; the control: under the name that only this host can set, it does."""
    https = replace(browse(), base="https://localhost")
    https.submit(link(added()))
    for name, status in ((COOKIE, 302), (f"__Host-{COOKIE}", 200)):
        other = replace(browse(), base="https://localhost")
        other.http.set_cookie(name, str(https.secret), secure=True)
        assert other.get("/for-readers").status_code == status


@pytest.mark.parametrize(
    ("from_", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 302), (None, 302)]
)
def test_a_form_that_a_page_of_another_site_sent_is_refused(
    added: Any, link: Link, browser: Browser, from_: str | None, status: int
) -> None:
    """Even with the token of its page, as soon as the browser says whence it comes; the control: our own page's, and an older browser's,
    is taken."""
    assert browser.submit(link(added()), from_=from_).status_code == status


def test_whoever_signs_in_gets_a_new_secret(added: Any, link: Link, browser: Browser) -> None:
    """A session that somebody planted in the browser is not the one that is signed in, and the one before is ended."""
    browser.http.set_cookie(COOKIE, "planted")
    browser.submit(link(added("Mallory")))
    mallory = browser.secret
    browser.submit(link(added()))
    assert browser.secret not in {"planted", mallory}
    browser.http.set_cookie(COOKIE, str(mallory))
    assert browser.get("/for-readers").status_code == 302


def test_a_page_leads_to_signing_in_and_its_parts_do_too(browser: Browser) -> None:
    """A page is found again afterwards; a form that was sent, and a part that script fetched, are not asked for again."""
    assert browser.get("/for-readers?kind=idea&page=2").location == "/sign-in?next=/for-readers?kind%3Didea%26page%3D2"
    token = tokens_of(browser, "/form")
    assert browser.post("/for-administrators", csrf_token=token).location == "/sign-in"
    part = browser.get("/for-readers", HX_Request="true")
    assert (part.status_code, part.headers["HX-Redirect"]) == (204, "/sign-in")


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "/a\\b", "", None, "a", "/\n/x"],
)
def test_signing_in_leads_to_no_other_site(address: str | None) -> None:
    """Whatever stands behind next, one arrives here."""
    assert local(address) == "/"
    assert local("/projects?text=a%2Fb&page=2") == "/projects?text=a%2Fb&page=2"


def test_roles_hold_on_pages_and_at_once(signed_in: SignedIn, pool: Pool, log: Log, organisation: UUID) -> None:
    """Who has not the scope is refused; a changed role counts with the next page."""
    signed_in()
    ben = signed_in("Ben", "reader")
    assert ben.get("/for-readers").status_code == 200
    assert ben.get("/for-administrators").status_code == 403
    changed(pool, log, organisation, ChangeMember(ben.member_id, {"role": "administrator"}))
    assert ben.get("/for-administrators").status_code == 200


def test_a_removed_members_session_dies_at_once(signed_in: SignedIn, pool: Pool, log: Log, organisation: UUID) -> None:
    """The next page asks to sign in."""
    signed_in()
    ben = signed_in("Ben", "member")
    changed(pool, log, organisation, RemoveMember(ben.member_id))
    assert ben.get("/for-readers").status_code == 302


def test_an_erased_members_sessions_and_links_are_gone(
    signed_in: SignedIn, link: Link, pool: Pool, log: Log, organisation: UUID, owner: Connection[Any]
) -> None:
    """Nothing that let this person in is left."""
    signed_in()
    ben = signed_in("Ben", "member")
    assert ben.member_id
    link(ben.member_id)
    erasure.erase(pool, log, organisation, ben.member_id, lambda _said: None)
    assert ben.get("/for-readers").status_code == 302
    for table in ("session", "entry_link"):
        assert owner.execute(f"SELECT count(*) FROM {table} WHERE member_id = %s", (ben.member_id,)).fetchone() == (0,)


def test_a_session_ends_when_nobody_uses_it_and_at_the_latest_in_time(
    signed_in: SignedIn, owner: Connection[Any]
) -> None:
    """After seven days without a page, and after thirty days in any case; until then its use is noted."""
    browser = signed_in()
    whose = (browser.member_id,)
    owner.execute("UPDATE session SET seen_at = now() - interval '6 days' WHERE member_id = %s", whose)
    assert browser.get("/for-readers").status_code == 200
    recently = "SELECT seen_at > now() - interval '1 minute' FROM session WHERE member_id = %s"
    assert owner.execute(recently, whose).fetchone() == (True,)
    owner.execute("UPDATE session SET seen_at = now() - interval '8 days' WHERE member_id = %s", whose)
    assert browser.get("/for-readers").status_code == 302
    ben = signed_in("Ben", "member")
    owner.execute("UPDATE session SET created_at = now() - interval '31 days' WHERE member_id = %s", (ben.member_id,))
    assert ben.get("/for-readers").status_code == 302
    signed_in("Cleo", "member")
    assert owner.execute(
        "SELECT count(*) FROM session WHERE member_id = ANY(%s)", ([browser.member_id, ben.member_id],)
    ).fetchone() == (0,)


def test_signing_out_ends_the_session_and_not_only_the_cookie(signed_in: SignedIn) -> None:
    """Whoever copied the cookie before has nothing of it."""
    browser = signed_in()
    copied = browser.secret
    assert browser.submit("/sign-out", of="/form").location.startswith("/sign-in")
    assert browser.secret is None
    browser.http.set_cookie(COOKIE, str(copied))
    assert browser.get("/for-readers").status_code == 302


def test_a_form_of_another_site_is_refused(signed_in: SignedIn, browse: Any) -> None:
    """Without the page's token, or with another browser's, nothing is done."""
    browser = signed_in()
    foreign = tokens_of(browse(), "/form")
    assert [browser.post("/for-administrators", **each).status_code for each in ({}, {"csrf_token": foreign})] == [
        400,
        400,
    ]
    assert browser.submit("/for-administrators", of="/form").text == "in"


def test_a_session_opens_no_address_of_tools(signed_in: SignedIn) -> None:
    """Under /v1 only tokens count, so that no other site can write there through somebody's browser."""
    browser = signed_in()
    assert browser.get("/v1/projects").status_code == 401
    bearer = browser.get("/v1/projects", Authorization=f"Bearer {browser.secret}")
    assert bearer.status_code == 401


def test_one_session_or_all_of_a_member_can_be_ended(
    signed_in: SignedIn, link: Link, browse: Any, pool: Pool, organisation: UUID
) -> None:
    """Who lost a telephone ends its session from elsewhere."""
    here, lost = signed_in(), browse()
    assert here.member_id
    lost.submit(link(here.member_id))
    with pool.of(organisation) as connection:
        listed = sessions.of_member(connection, organisation, here.member_id)
    mine = sessions.authenticate(pool, str(here.secret))
    assert mine
    assert {each["session_id"] for each in listed} > {mine.token_id}
    assert "here" in here.get("/account").text
    assert here.submit("/account/end-others", of="/account").location == "/account"
    assert lost.get("/for-readers").status_code == 302
    assert here.get("/for-readers").status_code == 200
    with pool.of(organisation) as connection:
        sessions.end_all(connection, organisation, here.member_id)
    assert here.get("/for-readers").status_code == 302
