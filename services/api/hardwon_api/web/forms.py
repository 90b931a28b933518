"""Forms: only those that this service's own pages sent are taken, never what another site made a browser send."""

import hmac
import os

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect

from hardwon_api.addresses import for_people


class _FormCookie(SecureCookieSessionInterface):
    """The signed cookie that a form's token belongs to; it says nothing of who is signed in."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - the base's signature
        return request.is_secure


def register(app: Flask, cookie_key: bytes | None) -> None:
    """Refuse forms without the token of their page.

    ``cookie_key`` is the same in all API processes; without it each takes its own forms only.
    """
    app.secret_key = hmac.digest(cookie_key, b"hardwon cookies", "sha256") if cookie_key else os.urandom(32)
    app.session_interface = _FormCookie()
    app.config.update(
        SESSION_COOKIE_NAME="hardwon_form",
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,  # tools under /v1 show a token, and no cookie counts there
        WTF_CSRF_TIME_LIMIT=None,  # a form that lay open over the weekend is still good
        WTF_CSRF_SSL_STRICT=False,  # it asks for a Referer, which our pages tell nobody
    )
    csrf = CSRFProtect(app)

    @app.before_request
    def _protect() -> None:
        if for_people():
            csrf.protect()
