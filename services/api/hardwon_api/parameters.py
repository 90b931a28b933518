"""What requests' addresses must look like: ids in the path, and what stands behind the question mark."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Query(BaseModel):
    """Query parameters; unknown ones are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class Page(Query):
    """A page of a list, newest first."""

    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, max_length=100, description="from the answer before: next")


class FeedQuery(Query):
    """From where to read the log."""

    after: int = Field(0, ge=0, le=2**62, description="the position of the last event already seen")
    limit: int = Field(100, ge=1, le=1_000)


class StreamQuery(Query):
    """From where to follow the log."""

    after: int | None = Field(
        None, ge=0, le=2**62, description="the position of the last event already seen; else from now on"
    )


class ProjectPath(BaseModel):
    """A project's id."""

    project_id: UUID


class MemberPath(BaseModel):
    """A member's id."""

    member_id: UUID


class TokenPath(BaseModel):
    """A token's id."""

    token_id: UUID


class AuditQuery(Page):
    """Which part of the log to look through, newest first."""

    actor: str | None = Field(None, max_length=300, description="as `member:<id>` or `token:<name>`; else everybody")


class LessonPath(BaseModel):
    """A lesson's id."""

    lesson_id: UUID
