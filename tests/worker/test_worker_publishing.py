"""Heads of logs are published where who can change the database cannot."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from hardwon import organisations
from hardwon.cli import main
from hardwon.domain.events import RetrospectiveHeld
from hardwon.ids import new_id
from hardwon.log import anchors
from hardwon.log.wire import Metadata, NewEvent
from hardwon.ports import Log
from hardwon_worker.app import create_celery
from hardwon_worker.publishing import Publishing
from hardwon_worker.settings import WorkerSettings


class Board(HTTPServer):
    """Takes what is posted, or refuses it."""

    posted: list[dict[str, Any]]
    refusing = False


class _Handler(BaseHTTPRequestHandler):
    server: Board

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.server.refusing:
            self.server.posted += body
        self.send_response(500 if self.server.refusing else 204)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def board() -> Iterator[Board]:
    server = Board(("127.0.0.1", 0), _Handler)
    server.posted = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def append(log: Log, organisation: UUID) -> None:
    held = RetrospectiveHeld(new_id(), new_id(), "Looking back")
    log.append(organisation, [NewEvent(new_id(), "a stream", held, Metadata("tests"))])


def test_heads_that_moved_are_appended_and_prove_the_log(
    log: Log, organisation: UUID, tmp_path: Path, stack: Any
) -> None:
    """Each line is a head; a log that stood still is not published again; `hardwon verify` takes the file."""
    file = tmp_path / "heads.jsonl"
    publishing = Publishing(log, file, None)
    publishing.publish()
    before = len(file.read_text("utf-8").splitlines())
    append(log, organisation)
    for _ in range(2):
        publishing.publish()
    assert len(file.read_text("utf-8").splitlines()) == before + 1
    assert anchors.read(file)[organisation][2] == log.head(organisation).hash
    env = {"HARDWON_DATABASE_URL": stack.database_url}
    command = ["verify", "--organisation", str(organisation), "--anchors", str(file)]
    assert CliRunner().invoke(main, command, env=env).exit_code == 0
    line = json.loads(file.read_text("utf-8").splitlines()[-1])
    file.write_text(json.dumps(line | {"organisation_id": str(organisation), "position": 9}) + "\n", "utf-8")
    broken = CliRunner().invoke(main, command, env=env)
    assert (broken.exit_code, "its end was cut off" in broken.output) == (1, True)
    true = line | {"organisation_id": str(organisation), "position": 2, "hash": log.head(organisation).hash.hex()}
    told = [json.dumps(each) for each in (true | {"hash": "00" * 32}, true)]
    file.write_text("\n".join(told), "utf-8")  # as when the log was written anew, and its head published again
    assert CliRunner().invoke(main, command, env=env).exit_code == 1
    file.write_text("{}\n", "utf-8")
    assert "heads.jsonl:1: this line is no anchor" in CliRunner().invoke(main, command, env=env).output


def test_a_log_that_is_gone_is_missed(tmp_path: Path, stack: Any, log: Log) -> None:
    """Whoever deletes an organisation's whole log leaves its published head behind."""
    gone = anchors.Anchor(new_id(), log.head(organisations.register(log, "Any", "tests")), datetime.now(UTC))
    file = tmp_path / "heads.jsonl"
    file.write_text(anchors.write([gone]), "utf-8")
    said = CliRunner().invoke(
        main, ["verify", "--anchors", str(file)], env={"HARDWON_DATABASE_URL": stack.database_url}
    )
    assert said.exit_code == 1
    assert f"{gone.organisation_id}: BROKEN at position 1" in said.output


def test_heads_are_posted_and_a_refusal_is_made_good(log: Log, organisation: UUID, board: Board) -> None:
    """What an address did not take is posted the next time; the worker goes on meanwhile."""
    publishing = Publishing(log, None, f"http://127.0.0.1:{board.server_port}/heads")
    publishing.publish()
    board.posted.clear()
    append(log, organisation)
    board.refusing = True
    with capture_logs() as logged:
        publishing.publish()
    assert [line["event"] for line in logged] == ["heads_not_published"]
    board.refusing = False
    publishing.publish()
    (told,) = board.posted
    head = log.head(organisation)
    assert (told["organisation_id"], told["position"], told["hash"]) == (str(organisation), 2, head.hash.hex())


def test_nothing_is_published_unless_it_is_asked_for(stack: Any) -> None:
    """The clock asks for it only where the settings name a place."""
    given = {"database_url": stack.database_url, "redis_url": stack.redis_url}
    assert "publish" not in create_celery(WorkerSettings(**given)).conf.beat_schedule
    named = WorkerSettings(**given, anchor_url="http://127.0.0.1:1/heads", anchor_seconds=5)
    assert create_celery(named).conf.beat_schedule["publish"]["schedule"] == 5
