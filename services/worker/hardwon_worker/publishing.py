"""Publishing the heads of all logs: to a file, to an HTTP address, or to both, where the settings name them."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import structlog

from hardwon.log import anchors
from hardwon.log.anchors import Anchor
from hardwon.ports import Log

if TYPE_CHECKING:
    from uuid import UUID

_TIMEOUT = 10.0  # seconds
log = structlog.get_logger()


class Publishing:
    """Remembers what this process published; another one, or this one started anew, publishes a head once more, which does no harm."""

    def __init__(self, events: Log, file: Path | None, url: str | None) -> None:
        self._log, self._file, self._url = events, file, url
        self._published: dict[str, dict[UUID, int]] = {"file": {}, "url": {}}

    def publish(self) -> None:
        """Publish the heads that moved. What cannot be published now is tried again the next time, and stops nobody's work."""
        for name, where, put in (("file", self._file, self._append), ("url", self._url, self._post)):
            if not where:
                continue
            try:
                moved = anchors.moved(self._log, self._published[name], datetime.now(UTC))
                if moved:
                    put(moved)
            except (OSError, HTTPException) as error:
                log.error("heads_not_published", where=str(where), error=f"{type(error).__name__}: {error}")  # noqa: TRY400 - no traceback
            else:
                self._published[name] |= {each.organisation_id: each.head.position for each in moved}

    def _append(self, moved: Sequence[Anchor]) -> None:
        if self._file:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(anchors.write(moved))

    def _post(self, moved: Sequence[Anchor]) -> None:
        if self._url:
            body = json.dumps([each.as_json() for each in moved]).encode()
            asked = Request(self._url, body, {"Content-Type": "application/json"}, method="POST")  # noqa: S310 - the settings allow http only
            with urlopen(asked, timeout=_TIMEOUT):  # noqa: S310 - likewise
                pass
