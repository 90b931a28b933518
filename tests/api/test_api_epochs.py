"""Readers of the feed learn that an older log was restored."""

from typing import Any

from api_client import Client
from flask.testing import FlaskClient
from psycopg import Connection

from hardwon.log import epoch


def test_whoever_read_more_than_there_is_is_told(client: Client) -> None:
    """A position that the log has not reached is refused, by the feed and the stream, instead of waiting until other events stand there."""
    client.project()
    good = client.get("/events?after=2")
    assert (good.status_code, good.json["items"]) == (200, [])
    for path in ("/events?after=3", "/stream?after=3"):
        answer = client.get(path)
        assert (answer.status_code, answer.json["type"]) == (409, "/problems/another-log")
        assert answer.headers["Hardwon-Epoch"] == good.headers["Hardwon-Epoch"]


def test_a_restored_log_has_another_epoch(client: Client, app_client: FlaskClient, owner: Connection[Any]) -> None:
    """Whoever compares the header notices, even where the log has grown past his position; until then the service is not ready."""
    client.project()
    before = client.get("/events").headers["Hardwon-Epoch"]
    assert client.get("/events").headers["Hardwon-Epoch"] == before
    ours = (client.organisation,)
    owner.execute("UPDATE log_head SET restored_at = now() WHERE organisation_id = %s", ours)
    assert "hardwon accept-restore" in app_client.get("/readyz").json["checks"]["logs"]
    assert client.organisation in epoch.accept(owner)  # others left logs that were cut, too
    assert client.get("/events").headers["Hardwon-Epoch"] != before
    assert app_client.get("/readyz").json["checks"]["logs"] == "ok"
