"""A client of a real service, as plain as can be."""

from http.client import HTTPConnection
from typing import NamedTuple


class Service(NamedTuple):
    """Where it answers, and with which token."""

    port: int
    token: str

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            told = {name.replace("_", "-"): value for name, value in headers.items()}
            sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"} | told
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()
