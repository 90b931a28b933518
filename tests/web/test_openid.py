"""Signing in by OpenID Connect, against a provider that is a process of its own."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from browser import Browser
from outside import answers, wait_for
from psycopg import Connection
from pydantic import SecretStr
from werkzeug.test import TestResponse

from hardwon import erasure, handlers
from hardwon.config import SettingsError, load
from hardwon.domain.commands import RemoveMember
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections import members
from hardwon.projections.following import Pool, advance
from hardwon_api.app import create_app
from hardwon_api.context import Deps
from hardwon_api.settings import ApiSettings

HERE = Path(__file__).parent
ADA = {"sub": "0a1b", "email": "Ada@ferries.example", "email_verified": True}


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the provider, and end it."""
    port = free_port()
    said = tmp_path_factory.mktemp("provider") / "log"
    with (
        said.open("w") as log,
        subprocess.Popen([sys.executable, HERE / "openid_provider.py", str(port)], stdout=log, stderr=log) as process,
    ):
        url = f"http://127.0.0.1:{port}"

        def is_there() -> bool:
            assert process.poll() is None, said.read_text()
            return answers(f"{url}/keys")

        wait_for(is_there, "the provider")
        yield url
        process.terminate()


@pytest.fixture(scope="session")
def app(deps: Deps, provider: str) -> Any:
    """The service, for which this provider is set."""
    known = {
        "oidc_issuer": provider,
        "oidc_client_id": "hardwon",
        "oidc_client_secret": SecretStr("the provider's secret"),
    }
    return create_app(replace(deps, settings=deps.settings.model_copy(update=known)))


@pytest.fixture
def come(browse: Callable[..., Browser], provider: str, organisation: UUID) -> Callable[..., TestResponse]:
    """Return what goes to the provider and back, as the one that the provider says."""

    def go(claims: dict[str, Any], *, browser: Browser | None = None, to: str = "", **told: Any) -> TestResponse:
        httpx.post(f"{provider}/told", json={"claims": claims} | told, timeout=60).raise_for_status()
        browser = browser or browse()
        sent = browser.get(f"/sign-in/{organisation}/openid?next={to}").location
        assert sent.startswith(f"{provider}/authorize")
        return browser.get(returned(sent))

    return go


def returned(sent: str) -> str:
    """Return whereto the provider sends the browser back."""
    answer = httpx.get(sent, timeout=60)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix("http://localhost")


def test_a_member_signs_in_by_the_provider(added: Any, come: Any, browser: Browser) -> None:
    """The address decides, however it is capitalised; one goes on where one wanted to, and is the member."""
    added()
    answer = come(ADA, browser=browser, to="/account")
    assert (answer.status_code, answer.location) == (302, "/account")
    assert "Ada" in browser.get("/account").text


@pytest.mark.parametrize("lie", ["nonce", "audience", "issuer", "expired", "signature"])
def test_a_token_that_is_not_for_this_sign_in_is_refused(added: Any, come: Any, browser: Browser, lie: str) -> None:
    """Made for another moment, another service, by somebody else, too old, or not signed by the provider: nobody is signed in."""
    added()
    assert come(ADA, browser=browser, lie=lie).status_code == 403
    assert browser.secret is None
    assert come(ADA, browser=browser).status_code == 302  # the control: without the lie


@pytest.mark.parametrize("verified", [False, None, "false", 1])
def test_an_address_that_the_provider_did_not_verify_is_nobodys(added: Any, come: Any, verified: Any) -> None:
    """Anybody may claim an address; with many providers one types it in."""
    added()
    answer = come(ADA | {"email_verified": verified})
    assert answer.status_code == 403
    assert "hardwon_session" not in str(answer.headers)


def test_who_is_no_member_does_not_become_one(come: Any, added: Any) -> None:
    """The provider says who somebody is, not that he belongs here."""
    added("Ben")
    assert come(ADA).status_code == 403


def test_the_address_may_stand_elsewhere_than_in_the_token(added: Any, come: Any) -> None:
    """Many providers tell it when asked for it; what they tell of somebody else counts for nothing."""
    added()
    assert come({"sub": "0a1b"}, userinfo=ADA | {"sub": "another"}).status_code == 403
    assert come({"sub": "0a1b"}, userinfo=ADA).status_code == 302


def test_once_known_the_address_counts_no_more(added: Any, come: Any, link: Any, browser: Browser) -> None:
    """A member who changed the address at the provider still gets in; who got the old one does not, until a link makes it anew."""
    ada = added()
    assert come(ADA).status_code == 302
    assert come(ADA | {"email": "ada@elsewhere.example", "email_verified": False}).status_code == 302
    successor = ADA | {"sub": "9z"}
    assert come(successor).status_code == 403
    assert browser.submit(link(ada)).status_code == 302
    assert come(successor).status_code == 302


def test_who_left_and_came_back_signs_in_again(added: Any, come: Any, pool: Pool, log: Log, organisation: UUID) -> None:
    """Added anew with the same address; in between nobody gets in."""
    added("Ben")
    ada = added()
    assert come(ADA).status_code == 302
    handlers.change_members(log, organisation, RemoveMember(ada), Request(new_id(), Metadata("tests")))
    advance(pool, members.PROJECTION, organisation)
    assert come(ADA).status_code == 403
    added()
    assert come(ADA).status_code == 302


def test_an_answer_counts_once_and_in_the_browser_that_was_sent(
    added: Any, browse: Callable[..., Browser], provider: str, organisation: UUID
) -> None:
    """Replayed, or slipped to somebody else, it signs nobody in."""
    added()
    httpx.post(f"{provider}/told", json={"claims": ADA}, timeout=60)
    mine, other = browse(), browse()
    back = returned(mine.get(f"/sign-in/{organisation}/openid").location)
    other.get(f"/sign-in/{organisation}/openid")
    assert [other.get(back).status_code, browse().get(back).location, other.secret] == [403, "/sign-in", None]
    assert mine.get(back).status_code == 302
    assert mine.secret
    again = browse()
    again.http.set_cookie("hardwon_form", "planted")
    assert (again.get(back).location, again.secret) == ("/sign-in", None)
    assert mine.get(back).location == "/sign-in"


def test_a_refusal_of_the_provider_is_told(browser: Browser, organisation: UUID) -> None:
    """Who presses cancel there comes back to the page on which one signs in."""
    browser.get(f"/sign-in/{organisation}/openid")
    answer = browser.get("/sign-in/openid?error=access_denied&state=x")
    assert (answer.status_code, 'role="alert"' in answer.text) == (403, True)


def test_a_provider_that_is_away_is_told(deps: Deps, organisation: UUID) -> None:
    """The page says so, and passwords go on."""
    known = {
        "oidc_issuer": f"http://127.0.0.1:{free_port()}",
        "oidc_client_id": "x",
        "oidc_client_secret": SecretStr("x"),
    }
    browser = Browser(create_app(replace(deps, settings=deps.settings.model_copy(update=known))).test_client())
    answer = browser.get(f"/sign-in/{organisation}/openid")
    assert (answer.status_code, "password" in answer.text) == (503, True)


def test_without_a_provider_nothing_is_offered(deps: Deps, organisation: UUID) -> None:
    """No button that leads nowhere."""
    browser = Browser(create_app(deps).test_client())
    assert "/openid" not in browser.get(f"/sign-in/{organisation}").text
    assert browser.get(f"/sign-in/{organisation}/openid").status_code == 404


def test_an_erased_member_is_unknown_to_the_provider(
    added: Any, come: Any, pool: Pool, log: Log, organisation: UUID, owner: Connection[Any]
) -> None:
    """What was remembered is gone."""
    added("Ben")
    ada = added()
    come(ADA)
    erasure.erase(pool, log, organisation, ada, lambda _said: None)
    assert come(ADA).status_code == 403
    kept = "SELECT count(*) FROM person_keys.openid_identity WHERE member_id = %s"
    assert owner.execute(kept, (ada,)).fetchone() == (0,)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"HARDWON_OIDC_ISSUER": "https://id.example"}, "HARDWON_OIDC_CLIENT_ID"),
        ({"HARDWON_OIDC_ISSUER": "http://id.example"}, "HARDWON_OIDC_ISSUER"),
    ],
)
def test_half_a_provider_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, stack: Any, given: dict[str, str], named: str
) -> None:
    """And so does one whose answers anybody in between could change."""
    for name, value in ({"HARDWON_DATABASE_URL": "x", "HARDWON_REDIS_URL": stack.redis_url} | given).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=named):
        load(ApiSettings)
