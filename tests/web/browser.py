"""A browser without script: it keeps cookies, and sends back the forms that pages show."""

import re
from dataclasses import dataclass
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

    def post(self, path: str, **fields: str) -> TestResponse:
        where = {"REMOTE_ADDR": self.address}
        return self.http.post(path, base_url=self.base, data=fields, environ_base=where)

    def submit(self, path: str, *, of: str | None = None, **fields: str) -> TestResponse:
        """Open the page, or the one that leads to ``path``, and send its form filled in."""
        found = _TOKEN.search(self.get(of or path).text)
        assert found, f"no form on {of or path}"
        return self.post(path, csrf_token=found[1], **fields)

    @property
    def secret(self) -> str | None:
        cookie = self.http.get_cookie(COOKIE)
        return cookie.value if cookie else None
