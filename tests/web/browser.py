"""A browser without script: it keeps cookies, and sends back the forms that pages show."""

import re
from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

COOKIE = "hardwon_session"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """One person's browser."""

    http: FlaskClient
    base: str = "http://localhost"
    member_id: UUID | None = None
    address: str = "127.0.0.1"

    def get(self, path: str, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.get(path, base_url=self.base, headers=named, environ_base={"REMOTE_ADDR": self.address})

    def post(self, path: str, *, from_: str | None = None, **fields: str | tuple[BytesIO, str]) -> TestResponse:
        """Send a form; ``from_`` is how the browser says where the page lies that sent it, if it says so."""
        where, said = {"REMOTE_ADDR": self.address}, {"Sec-Fetch-Site": from_} if from_ else {}
        return self.http.post(path, base_url=self.base, data=fields, environ_base=where, headers=said)

    def submit(
        self, path: str, *, of: str | None = None, from_: str | None = None, **fields: str | tuple[BytesIO, str]
    ) -> TestResponse:
        """Open the page, or the one that leads to ``path``, and send its form filled in."""
        found = _TOKEN.search(self.get(of or path).text)
        assert found, f"no form on {of or path}"
        return self.post(path, from_=from_, csrf_token=found[1], **fields)

    @property
    def secret(self) -> str | None:
        name = f"__Host-{COOKIE}" if self.base.startswith("https:") else COOKIE
        cookie = self.http.get_cookie(name)
        return cookie.value if cookie else None
