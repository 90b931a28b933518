"""Recording what happened in a project: retrospectives, discussion points, lessons."""

from uuid import UUID

from flask import Response, jsonify

from hardwon import handlers
from hardwon.domain.commands import DrawLesson, HoldRetrospective, RaiseDiscussionPoint, RetroCommand
from hardwon.domain.errors import Invalid
from hardwon.handlers import RetroItem
from hardwon.ids import id_for_key, new_id
from hardwon_api.answers import RecordedEvents, RecordedItem
from hardwon_api.context import deps, event_id, metadata, nobodys_metadata, organisation, recorded
from hardwon_api.documenting import blueprint, needs
from hardwon_api.models import DiscussionPointRaised, LessonDrawn, RetroEvents, RetrospectiveHeld
from hardwon_api.parameters import ProjectPath

api = blueprint("events", __name__)


@api.post("/projects/<uuid:project_id>/events", responses={201: RecordedEvents}, operation_id="record_events")
@needs("write")
def record(path: ProjectPath, body: RetroEvents) -> tuple[Response, int]:
    """Record events of a project, all or none.

    One event, an array of up to 1,000, or NDJSON with one event a line. An event may refer to one above it by the id you gave it.
    A point may be raised anonymously: then the log keeps no way back to whoever raised it.
    Repeating the request with the same ids, or the same `Idempotency-Key`, is harmless.
    """
    key = event_id()
    items = []
    for index, event in enumerate(body.root):
        id_ = event.id or (id_for_key(key, str(index)) if key else new_id())
        items.append(RetroItem(_command(id_, path.project_id, event.data), id_, event.occurred_at))
    by = nobodys_metadata() if _anonymous(body) else metadata()
    stored = handlers.record_retro_events(deps().log, organisation(), path.project_id, items, by)
    position = max(each.position for each in stored)
    recorded(position)
    told = [
        RecordedItem(index=index, id=each.event_id, type=each.type, position=each.position)
        for index, each in enumerate(stored)
    ]
    return jsonify(RecordedEvents(position=position, items=told).model_dump(mode="json")), 201


def _anonymous(body: RetroEvents) -> bool:
    """Tell whether all that is posted is to lead back to nobody."""
    wished = [isinstance(event.data, DiscussionPointRaised) and event.data.anonymous for event in body.root]
    if any(wished) and not all(wished):
        field = f"/{wished.index(True)}/data/anonymous"
        raise Invalid(
            "Post anonymous points by themselves: what is recorded beside them would tell whose they are.", field=field
        )
    return any(wished)


def _command(
    id_: UUID, project_id: UUID, data: RetrospectiveHeld | DiscussionPointRaised | LessonDrawn
) -> RetroCommand:
    match data:
        case RetrospectiveHeld():
            return HoldRetrospective(id_, project_id, data.title, data.held_on)
        case DiscussionPointRaised():
            return RaiseDiscussionPoint(id_, project_id, data.retrospective_id, data.kind, data.text, tuple(data.tags))
        case LessonDrawn():
            return DrawLesson(
                id_,
                project_id,
                data.retrospective_id,
                data.insight,
                data.advice,
                data.applies_when,
                tuple(data.points),
                tuple(data.tags),
                data.language,
            )
