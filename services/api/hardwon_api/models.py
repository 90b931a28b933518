"""What requests' bodies must look like, for validation and the OpenAPI document. Addresses are in parameters.py, answers in answers.py."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
    WithJsonSchema,
)

from hardwon.domain.values import ArtefactKind, PointKind, Role, Scope

MAX_BATCH = 1_000
MAX_ENTRIES = 50
_LONGEST_NAME = 200
_RFC_3339_LENGTH = len("2026-11-23T12:00:00")


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not hold a NUL character")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _real_date(text: str) -> str:
    date.fromisoformat(text)
    return text


def _written_out(value: object) -> object:
    """Refuse what pydantic would also take for a time: a number of seconds."""
    if not isinstance(value, str) or len(value) < _RFC_3339_LENGTH:
        raise ValueError("must be an RFC 3339 time with its offset, as 2026-11-23T16:00:00Z")
    return value


Id = Annotated[UUID, Field(strict=False)]
Short = Annotated[str, StringConstraints(max_length=200), AfterValidator(_storable)]
Name = Annotated[Short, AfterValidator(_not_blank)]
Text = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_storable)]
Told = Annotated[Text, AfterValidator(_not_blank)]
Question = Annotated[
    str, StringConstraints(min_length=1, max_length=1_000), AfterValidator(_storable), AfterValidator(_not_blank)
]
Words = Annotated[list[Name], Field(max_length=MAX_ENTRIES)]
Day = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"),
    AfterValidator(_real_date),
    WithJsonSchema({"type": "string", "format": "date"}),
]
Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_written_out)]
Size = Annotated[int, Field(ge=1, le=1_000_000)]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)]


class Body(BaseModel):
    """A request body: no unknown fields, no type taken for another."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Artefact(Body):
    """A paper that the project starts with."""

    kind: ArtefactKind
    title: Short = ""
    text: Annotated[
        str, StringConstraints(max_length=20_000), AfterValidator(_storable), AfterValidator(_not_blank)
    ] = Field(description="plain text or Markdown; each point of a list is compared with the lessons by itself")


Artefacts = Annotated[list[Artefact], Field(max_length=20)]


class NewProject(Body):
    """A project to register: its profile, as far as it is known."""

    id: Id | None = Field(
        None, description="chosen by you (UUIDv7 is best), so that a repeated request is harmless; else made for you"
    )
    name: Name
    summary: Text = ""
    domain: Short = ""
    technologies: Words = []
    practices: Words = []
    team: Short = ""
    size: Size | None = Field(None, description="people on the project")
    phase: Short = ""
    started_on: Day | None = None
    ended_on: Day | None = Field(
        None, description="a project that had ended before it is registered lends lessons and is suggested none"
    )
    tags: Words = []
    artefacts: Artefacts = []


class ProfileChanges(Body):
    """The fields of a project's profile that are to change; the others stay as they are."""

    name: Name = "-"
    summary: Text = ""
    domain: Short = ""
    technologies: Words = []
    practices: Words = []
    team: Short = ""
    size: Size | None = None
    phase: Short = ""
    started_on: Day | None = None
    ended_on: Day | None = None
    tags: Words = []
    artefacts: Artefacts = Field([], description="all of them: the list takes the place of the one before")


class RetrospectiveHeld(Body):
    """A meeting in which the project looked back."""

    title: Name
    held_on: Day | None = None


class DiscussionPointRaised(Body):
    """A story, happy or not, a puzzle or an idea."""

    retrospective_id: Id | None = Field(None, description="the meeting; null for a point raised between meetings")
    kind: PointKind
    text: Told
    tags: Words = []
    anonymous: bool = Field(False, description="the log keeps no way back to whoever raised it; posted by itself")


class LessonDrawn(Body):
    """What can be learned, and advice for the next project."""

    retrospective_id: Id | None = None
    insight: Told
    advice: Text = Field("", description="what to do next time")
    applies_when: Text = ""
    points: Annotated[list[Id], Field(max_length=MAX_ENTRIES)] = Field(
        [], description="the discussion points that it answers"
    )
    tags: Words = []
    language: Language = Field("en", description="BCP 47 tag of the text")


class _Envelope(Body):
    id: Id | None = Field(
        None, description="of the event and of what it opens; else made for you, or derived from Idempotency-Key"
    )
    occurred_at: Moment | None = Field(None, description="when it happened; else when it is recorded")


class RetrospectiveHeldEvent(_Envelope):
    type: Literal["retrospective_held"]
    data: RetrospectiveHeld


class DiscussionPointRaisedEvent(_Envelope):
    type: Literal["discussion_point_raised"]
    data: DiscussionPointRaised


class LessonDrawnEvent(_Envelope):
    type: Literal["lesson_drawn"]
    data: LessonDrawn


RetroEvent = Annotated[
    RetrospectiveHeldEvent | DiscussionPointRaisedEvent | LessonDrawnEvent, Field(discriminator="type")
]


def _as_batch(value: object) -> object:
    return [value] if isinstance(value, dict) else value


class RetroEvents(
    RootModel[Annotated[list[RetroEvent], Field(min_length=1, max_length=MAX_BATCH), BeforeValidator(_as_batch)]]
):
    """One event, or an array of up to 1,000; each may lean on those above it. As application/x-ndjson: one event a line."""

    model_config = ConfigDict(strict=True)


class Retirement(Body):
    """Why a lesson no longer holds."""

    reason: Told


Email = Annotated[Short, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class NewMember(Body):
    """Somebody to add to the organisation."""

    id: Id | None = None
    name: Name
    email: Email
    role: Role = "member"
    teams: Words = Field([], description="by the names that projects call their teams")


class MemberChanges(Body):
    """Fields of a member to change; those left out stay as they are."""

    name: Name = ""
    email: Email = ""
    role: Role = "member"
    teams: Words = []


class NewToken(Body):
    """A token to issue."""

    name: Name = Field(description="of the tool that will use it; it stands in the log, so not of a person")
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)]
    days: Annotated[int, Field(ge=1, le=3_650)] = Field(90, description="it expires after so many")
    member_id: Id | None = Field(None, description="on whose behalf it speaks, never for more than this member's role")


def pointer(location: Sequence[Any]) -> str:
    """Return pydantic's location of an error as a JSON pointer, without the names that only pydantic's unions know.

    Names of fields that nobody knows can be as long as the body, and are cut.
    """
    named = [part for part in location if part not in {"retrospective_held", "discussion_point_raised", "lesson_drawn"}]
    return "".join("/" + str(part)[:_LONGEST_NAME].replace("~", "~0").replace("/", "~1") for part in named)
