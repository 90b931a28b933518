"""Forms: only those that this service's own pages sent are taken, never what another site made a browser send."""

import hmac
import os

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect

from hardwon_api.addresses import READING, for_people
from hardwon_api.context import cookie
from hardwon_api.problems import Refusal

_OURS = {"same-origin", "none"}
"""Our own pages, and what somebody did with the browser itself."""


class _FormCookie(SecureCookieSessionInterface):
    """The signed cookie that a form's token belongs to; it says nothing of who is signed in.

    It also holds which points this browser raised without a name (own_points.py): nowhere else does that stand.
    """

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002 - the base's signature
        return cookie("hardwon_form")

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - the base's signature
        return request.is_secure


def register(app: Flask, cookie_key: bytes | None) -> None:
    """Refuse forms without the token of their page.

    ``cookie_key`` is the same in all API processes; without it each takes its own forms only.
    """
    app.secret_key = hmac.digest(cookie_key, b"hardwon cookies", "sha256") if cookie_key else os.urandom(32)
    app.session_interface = _FormCookie()
    app.config.update(
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,  # tools under /v1 show a token, and no cookie counts there
        WTF_CSRF_TIME_LIMIT=None,  # a form that lay open over the weekend is still good
        WTF_CSRF_SSL_STRICT=False,  # it asks for a Referer, which our pages tell nobody
    )
    csrf = CSRFProtect(app)

    @app.before_request
    def _protect() -> None:
        if for_people():
            _see_whence()
            csrf.protect()


def from_elsewhere() -> bool:
    """Tell whether another site made the browser ask, which the browser itself says; older ones do not."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in _OURS


def _see_whence() -> None:
    """Refuse what another site made a browser send: a second wall beside the page's token."""
    if request.method not in READING and from_elsewhere():
        raise Refusal(403, "forbidden", "This form was sent by a page of another site. Nothing was recorded.")
