"""The log live, for pages: only that something happened, so that a part of a page asks for itself again."""

from functools import partial
from uuid import UUID

from flask import Response, request

from hardwon.log.wire import StoredEvent
from hardwon_api.documenting import live, needs
from hardwon_api.queries import stream
from hardwon_api.web.pages import blueprint

pages = blueprint("live")


@pages.get("/live")
@needs("read")
@live
def follow() -> Response:
    """Follow what happens to one thing: ``?about=<id of a project, a lesson, a meeting>&after=<position>``."""
    about = request.args.get("about", type=UUID)
    after = request.args.get("after", type=int)
    return stream.follow(after, partial(_told, str(about)))


def _told(about: str, stored: StoredEvent) -> str | None:
    """Return the sign that something happened, without a word of what: the page asks for that, and is given what it may see."""
    if about not in stored.stream and about not in stored.data.values():
        return None
    return f"id: {stored.position}\nevent: change\ndata: {stored.type}\n\n"
