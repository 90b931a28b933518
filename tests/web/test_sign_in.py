"""Signing in with a password, on the page."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from browser import Browser

from hardwon import entry_links, handlers, organisations
from hardwon.domain.commands import AddMember
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections.following import Pool
from hardwon_api.app import create_app
from hardwon_api.context import Deps

GOOD, BETTER = "a ferry in the fog", "two ferries in the fog"
ADDRESS = "ada@ferries.example"

FAILING = """
import sys
from hardwon import passwords
from hardwon_api.app import from_environment

def broken(*given):
    raise RuntimeError("broken with all it was given in reach")

passwords._matches = broken
door, email, password = sys.argv[1:]
browser = from_environment().test_client()
token = browser.get(door).text.partition('csrf_token" value="')[2].partition('"')[0]
print(browser.post(door, data={"csrf_token": token, "email": email, "password": password}).status_code)
"""


@pytest.fixture
def ada(browse: Callable[..., Browser], added: Any, link: Any) -> Browser:
    """A browser whose user chose a password while entering by a link."""
    member_id = added()
    browser = replace(browse(), member_id=member_id)
    assert browser.submit(link(member_id), password=GOOD).location == "/"
    return browser


@pytest.fixture
def door(organisation: UUID) -> str:
    return f"/sign-in/{organisation}"


def test_who_chose_a_password_comes_back_with_it(ada: Browser, browser: Browser, door: str) -> None:
    """One goes on where one wanted to, and never on another site."""
    answer = browser.submit(f"{door}?next=/account", email=ADDRESS, password=GOOD, next="/account")
    assert (answer.status_code, answer.location) == (302, "/account")
    assert "Ada" in browser.get("/account").text
    elsewhere = browser.submit(door, email=ADDRESS, password=GOOD, next="//evil.example")
    assert elsewhere.location == "/"


def test_the_page_remembers_where_one_wanted_to_go(browser: Browser, door: str) -> None:
    """It stands in its form."""
    assert 'name="next" value="/account"' in browser.get(f"{door}?next=/account").text
    assert 'name="next" value="/"' in browser.get(f"{door}?next=//evil.example").text


def test_wrong_address_and_wrong_password_look_the_same(ada: Browser, browser: Browser, door: str) -> None:
    """Nobody learns who is a member here."""
    pages = []
    for email, password in ((ADDRESS, "wrong"), ("nobody@ferries.example", GOOD), ("", "")):
        answer = browser.submit(door, email=email, password=password)
        assert (answer.status_code, browser.secret) == (422, None)
        pages.append(answer.text.replace(browser.get(door).text.partition('csrf_token" value="')[2][:20], ""))
    assert all('role="alert"' in page for page in pages)
    assert len({page.partition("<main")[2].partition("csrf_token")[0] for page in pages}) == 1


def test_guessing_is_answered_with_when_to_come_again(ada: Browser, browser: Browser, door: str) -> None:
    """After five wrong ones the page says for how long; an address that does not exist is answered alike."""
    for email in (ADDRESS, "nobody@ferries.example"):
        # More than six: on a slow machine a try takes longer than the first waits do.
        answers = (browser.submit(door, email=email, password="wrong") for _ in range(12))
        refused = next(each for each in answers if each.status_code == 429)
        assert refused.headers["Retry-After"].isdecimal()
        assert 'role="alert"' in refused.text


def test_a_form_of_another_site_signs_nobody_in(ada: Browser, browser: Browser, door: str) -> None:
    """Neither as oneself nor, unnoticed, as somebody else."""
    assert browser.post(door, email=ADDRESS, password=GOOD).status_code == 400


def test_an_organisation_that_does_not_exist_has_no_door(browser: Browser, ada: Browser, door: str) -> None:
    """Nothing is counted for it either."""
    path = f"/sign-in/{new_id()}"
    token = browser.get(door).text.partition('csrf_token" value="')[2].partition('"')[0]
    assert browser.post(path, email="a@b.example", password=GOOD, csrf_token=token).status_code == 404


def test_a_browser_finds_its_organisation_again(ada: Browser, door: str, browser: Browser, log: Log) -> None:
    """After signing out, and where several use one Hardwon; who never was here is told what to look for."""
    organisations.register(log, "Another", "tests")
    assert ada.submit("/sign-out", of="/account").location == door
    other = browser.get("/sign-in")
    assert (other.status_code, "/sign-in/" in other.text) == (200, True)


def test_a_weak_password_does_not_use_up_the_link(browser: Browser, added: Any, link: Any) -> None:
    """The page says what is wrong, and one chooses another."""
    path = link(added())
    refused = browser.submit(path, password="passwordpassword")
    assert (refused.status_code, 'aria-invalid="true"' in refused.text, browser.secret) == (422, True, None)
    assert browser.submit(path, password=GOOD).status_code == 302


def test_a_new_password_by_a_link_ends_all_sessions(ada: Browser, browser: Browser, link: Any, door: str) -> None:
    """Whoever lost it, or had it stolen, is the only one in afterwards."""
    browser.submit(link(ada.member_id), password=BETTER)
    assert ada.get("/account").status_code == 302
    assert ada.submit(door, email=ADDRESS, password=GOOD).status_code == 422
    assert ada.submit(door, email=ADDRESS, password=BETTER).status_code == 302


def test_the_password_is_changed_by_who_knows_it(ada: Browser, browser: Browser, door: str) -> None:
    """Everywhere else one is signed out."""
    browser.submit(door, email=ADDRESS, password=GOOD)
    path = "/account/password"
    assert ada.submit(path, of="/account", before="wrong", password=BETTER).status_code == 422
    assert ada.submit(path, of="/account", before=GOOD, password="short").status_code == 422
    assert browser.get("/account").status_code == 200
    assert ada.submit(path, of="/account", before=GOOD, password=BETTER).status_code == 302
    assert (ada.get("/account").status_code, browser.get("/account").status_code) == (200, 302)
    assert browser.submit(door, email=ADDRESS, password=BETTER).status_code == 302


def test_who_has_no_password_sets_one(signed_in: Callable[..., Browser], browser: Browser, door: str) -> None:
    """Nothing is asked that there is not."""
    ada = signed_in()
    assert ada.submit("/account/password", of="/account", password=GOOD).status_code == 302
    assert browser.submit(door, email=ADDRESS, password=GOOD).status_code == 302


@pytest.mark.parametrize(
    "body", [b"email=%FF%00&password=%FF%00", b"email=" + b"a" * 100_000 + b"&password=%ED%A0%80", b"\xff", b""]
)
def test_whatever_is_sent_is_only_wrong(browser: Browser, door: str, body: bytes) -> None:
    """No error of ours, whatever the bytes."""
    token = browser.get(door).text.partition('csrf_token" value="')[2].partition('"')[0]
    answer = browser.http.post(
        door, data=body, content_type="application/x-www-form-urlencoded", headers={"X-CSRFToken": token}
    )
    assert answer.status_code == 422
    assert browser.get("/enter/%FF%00").status_code == 404


def test_no_password_stands_in_a_line_of_the_log(ada: Browser, door: str, stack: Any) -> None:
    """An unexpected error while signing in is logged with its traceback, and without what was sent."""
    env = dict(os.environ) | {
        "HARDWON_DATABASE_URL": stack.database_url,
        "HARDWON_REDIS_URL": stack.redis_url,
        "HARDWON_PERSON_KEY": stack.person_key,
    }
    command = [sys.executable, "-c", FAILING, door, ADDRESS, "my secret words"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=110)
    assert done.stdout.strip() == "500"
    assert "broken with all it was given in reach" in done.stderr
    assert [each for each in ("my secret words", ADDRESS) if each in done.stderr] == []


def test_behind_a_proxy_the_browsers_address_counts(deps: Deps, ada: Browser, door: str) -> None:
    """As many proxies as were set are believed, and without one nobody: else everybody could choose his address, or share one."""
    for proxies, secure in ((0, False), (1, True)):
        settings = deps.settings.model_copy(update={"proxies": proxies})
        browser = Browser(create_app(replace(deps, settings=settings)).test_client())
        token = (
            browser.get(door, X_Forwarded_For="192.0.2.7", X_Forwarded_Proto="https")
            .text.partition('csrf_token" value="')[2]
            .partition('"')[0]
        )
        answer = browser.http.post(
            door,
            data={"csrf_token": token, "email": ADDRESS, "password": GOOD},
            headers={"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"},
        )
        cookie = next(each for each in answer.headers.getlist("Set-Cookie") if "hardwon_session" in each)
        assert ("Secure" in cookie) is secure


def test_a_link_is_good_at_once(browser: Browser, log: Log, pool: Pool, organisation: UUID) -> None:
    """Also for somebody who was added just now, while no worker has told the read model of it."""
    member_id, by = new_id(), Request(new_id(), Metadata("tests"))
    handlers.change_members(log, organisation, AddMember(member_id, "Ada", ADDRESS, "member"), by)
    path = entry_links.make(pool, log, organisation, member_id)
    assert browser.submit(path).status_code == 302
