"""A newcomer with only the address, before a Hardwon that `hardwon up` has started."""

import re

import httpx
import pytest

from hardwon_local.running import Running

pytestmark = pytest.mark.timeout(240)


def test_the_printed_address_opens_the_pages_signed_in(hardwon: Running) -> None:
    """I open it, press the button, and am the organisation's administrator; after a restart I am the same one."""
    token = hardwon.register("A newcomer's organisation")
    for _ in range(2):
        with httpx.Client(base_url=hardwon.url, timeout=60) as browser:
            assert browser.get("/account").headers["Location"].startswith("/sign-in")
            address = hardwon.entry_address(token)
            found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(address).text)
            assert found
            assert browser.post(address, data={"csrf_token": found[1]}).status_code == 302
            assert "Administrator" in browser.get("/account").text
    members = httpx.get(f"{hardwon.url}/v1/members", headers={"Authorization": f"Bearer {token}"}, timeout=60).json()[
        "items"
    ]
    assert [each["role"] for each in members] == ["administrator"]
