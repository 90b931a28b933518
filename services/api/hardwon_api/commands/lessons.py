"""What becomes of a lesson after it was drawn. Every way is an event, and can be undone."""

from typing import Annotated

from flask import Response, jsonify
from pydantic import Field

from hardwon import handlers
from hardwon.domain.commands import (
    DeclineMerge,
    EndorseLesson,
    LessonCommand,
    MergeLesson,
    RestoreLesson,
    RetireLesson,
    ReviseLesson,
    SupersedeLesson,
)
from hardwon_api.answers import ChangedLesson
from hardwon_api.context import command_request, deps, organisation, recorded
from hardwon_api.documenting import blueprint, needs
from hardwon_api.models import Body, Id, Retirement, Text, Told, Words
from hardwon_api.parameters import LessonPath

api = blueprint("commands_lessons", __name__)


class Revision(Body):
    """The parts of the lesson that are said better now; the others stay as they are."""

    insight: Told = "-"
    advice: Text = ""
    applies_when: Text = ""
    tags: Words = Field(default_factory=list)
    reason: Told


class Endorsement(Body):
    """The project that went through the same."""

    project_id: Id
    note: Text = ""


class Merge(Body):
    """The lesson that says the same."""

    into: Id
    reason: Text = ""


class Succession(Body):
    """The lesson whose advice is newer."""

    by: Annotated[Id, Field(description="the lesson that takes its place")]
    reason: Told


class Restoration(Body):
    """Why the lesson stands again."""

    reason: Told


@api.patch("/lessons/<uuid:lesson_id>", responses={200: ChangedLesson}, operation_id="revise_lesson")
@needs("write")
def revise(path: LessonPath, body: Revision) -> Response:
    """Say a lesson better: send the fields that change, and why. `If-Match` refuses to overwrite a newer version."""
    changes = body.model_dump(exclude_unset=True, exclude={"reason"})
    if "tags" in changes:
        changes["tags"] = tuple(changes["tags"])
    return _change(ReviseLesson(path.lesson_id, changes, body.reason))


@api.post("/lessons/<uuid:lesson_id>/endorse", responses={200: ChangedLesson}, operation_id="endorse_lesson")
@needs("write")
def endorse(path: LessonPath, body: Endorsement) -> Response:
    """Stand behind a lesson as another project that went through the same."""
    return _change(EndorseLesson(path.lesson_id, body.project_id, body.note))


@api.post("/lessons/<uuid:lesson_id>/merge", responses={200: ChangedLesson}, operation_id="merge_lesson")
@needs("curate")
def merge(path: LessonPath, body: Merge) -> Response:
    """Let a lesson live on in another one that says the same."""
    return _change(MergeLesson(path.lesson_id, body.into, body.reason))


@api.post("/lessons/<uuid:lesson_id>/decline-merge", responses={200: ChangedLesson}, operation_id="decline_merge")
@needs("curate")
def decline_merge(path: LessonPath, body: Merge) -> Response:
    """Say that two lessons are not the same: it is not proposed again."""
    return _change(DeclineMerge(path.lesson_id, body.into, body.reason))


@api.post("/lessons/<uuid:lesson_id>/supersede", responses={200: ChangedLesson}, operation_id="supersede_lesson")
@needs("curate")
def supersede(path: LessonPath, body: Succession) -> Response:
    """Let newer advice take a lesson's place; links to the old one lead on."""
    return _change(SupersedeLesson(path.lesson_id, body.by, body.reason))


@api.post("/lessons/<uuid:lesson_id>/retire", responses={200: ChangedLesson}, operation_id="retire_lesson")
@needs("curate")
def retire(path: LessonPath, body: Retirement) -> Response:
    """Retire a lesson that no longer holds: it stays in the log and is suggested no more."""
    return _change(RetireLesson(path.lesson_id, body.reason))


@api.post("/lessons/<uuid:lesson_id>/restore", responses={200: ChangedLesson}, operation_id="restore_lesson")
@needs("curate")
def restore(path: LessonPath, body: Restoration) -> Response:
    """Let a lesson stand again that was retired, superseded or merged."""
    return _change(RestoreLesson(path.lesson_id, body.reason))


def _change(command: LessonCommand) -> Response:
    stored = handlers.change_lesson(deps().log, organisation(), command, command_request())
    lesson, history = handlers.current_lesson(deps().log, organisation(), command.lesson_id)
    if stored:
        recorded(stored.position)
    last = stored or history[-1]
    answer = ChangedLesson(
        id=lesson.lesson_id, state=lesson.state, leads_to=lesson.leads_to, position=last.position, version=last.version
    )
    response = jsonify(answer.model_dump(mode="json"))
    response.headers["ETag"] = f'"{last.version}"'
    return response
