"""Every page and form there is, asked by whom it is not for."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from browser import Browser

FOR_ANYBODY = {"sign_in.try_password", "entering.enter", "sign_in.out", "web_look.change"}
"""Forms that ask for no scope, by name."""
ROLES = {"reader": {"read"}, "member": {"read", "write"}, "project_office": {"read", "write", "curate"}}


def rules(app: Any, method: str) -> Iterator[tuple[str, str, str | None]]:
    """Yield (view, address, scope) of every page of the method."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        ours = not rule.rule.startswith(("/v1/", "/docs", "/openapi", "/static", "/healthz", "/readyz", "/metrics"))
        if ours and method in (rule.methods or ()) and not hasattr(view, "live"):
            filled = {name: str(uuid4()) for name in rule.arguments} | {"position": 1}
            with app.test_request_context():
                address = app.url_map.bind("localhost").build(rule.endpoint, filled, method=method)
            yield rule.endpoint, address, getattr(view, "needs", None)


def test_every_form_asks_for_a_scope(app: Any) -> None:
    """But for those of signing in and out, and of light and dark."""
    forms = list(rules(app, "POST"))
    assert len(forms) > 25
    assert {view for view, _, scope in forms if scope is None} == FOR_ANYBODY


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_and_sends_what_it_may_and_no_more(role: str, app: Any, signed_in: Callable[..., Browser]) -> None:
    """Also whoever knows the address of a form that no page offers him is refused, whatever he fills it in with."""
    browser = signed_in("Rhea", role)
    token = browser.get("/account").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    asked = [(scope, browser.get(address).status_code) for _, address, scope in rules(app, "GET") if scope]
    asked += [
        (scope, browser.post(address, csrf_token=token).status_code)
        for _, address, scope in rules(app, "POST")
        if scope
    ]
    assert {scope for scope, status in asked if status == 403} == {"read", "write", "curate", "administer"} - ROLES[
        role
    ]
    assert {scope for scope, status in asked if status != 403} == ROLES[role]


def test_no_form_is_taken_without_its_pages_token(app: Any, signed_in: Callable[..., Browser]) -> None:
    """Whatever another site makes a browser send, an administrator's too."""
    ada = signed_in()
    assert {(view, ada.post(address).status_code) for view, address, _ in rules(app, "POST")} == {
        (view, 400) for view, _, _ in rules(app, "POST")
    }


@pytest.mark.parametrize("path", ["/", "/log", "/admin", "/retrospectives"])
@pytest.mark.parametrize("cursor", ["x", "x" * 101])
def test_a_cursor_of_any_length_leads_to_nothing(path: str, cursor: str, signed_in: Callable[..., Browser]) -> None:
    """Whoever mistypes an address is told so, and nothing of cursors."""
    answer = signed_in().get(f"{path}?cursor={cursor}", Accept="text/html")
    assert answer.status_code == 404
    assert "cursor: " not in answer.text


def test_a_live_part_that_asks_from_before_the_log_is_told_from_its_start(signed_in: Callable[..., Browser]) -> None:
    """Nothing is missing there: the log is not taken for broken."""
    answer = signed_in().http.get("/log/live?after=-3", buffered=False)
    told: Any = iter(answer.response)
    assert [next(told) for _ in range(2)][1].startswith(b"id: 1\n")
    answer.close()
