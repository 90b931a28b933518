"""What answers about suggestions look like; see answers.py for the rest."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import Field

from hardwon.domain.values import Occasion, Outcome, Verdict
from hardwon.projections.recommendations import BROUGHT
from hardwon_api.answers import Answer, Lesson, Project, SourceProject


class Reason(Answer):
    """One cause of a suggestion's score."""

    kind: str = Field(
        description="similar_text, common_theme, similar_project, meant_for, shared_trait, told_again, evidence, recent or learned"
    )
    aspect: str = Field(
        description="the part of the project's profile that matched, if it was one; of similar_project `profile` where that project is "
        "near in itself, and empty where it is only nearer than others"
    )
    passage: str = Field(description="the part of the lesson that matched, or the trait that both projects share")
    weight: float = Field(description="what it adds to the score; the weights of all reasons make the score")
    count: int = Field(0, description="so many projects met the theme, told the same, or adopted the lesson")
    total: int = Field(0, description="of a common theme: of so many")
    asked: str = Field(
        "",
        description="the project's own words that the passage answers: a sentence of its summary, its name, or a point of a paper",
    )


class Feedback(Answer):
    """What a project says of a lesson that it was suggested or brought."""

    verdict: Verdict
    note: str
    outcome: Outcome | None = Field(description="whether the adopted lesson helped; null until it is reported")
    outcome_note: str
    at: datetime = Field(description="when the last of it was said")


class GivenFeedback(Feedback):
    """What a project now says of a lesson, and where in the log it said so."""

    project_id: UUID
    lesson_id: UUID
    position: int


class Offered(Answer):
    """Since when a lesson stands among a project's recommendations."""

    project_id: UUID
    lesson_id: UUID
    occasion: Occasion | Literal["brought"] = Field(description="as of the recommendation")
    at: datetime
    position: int


class Suggestion(Answer):
    """A lesson that a project was offered, or that somebody brought to it."""

    rank: int | None = Field(
        description="1 is the best of all that could be suggested on this occasion; null where it was brought"
    )
    score: float | None = Field(description="null where it was brought")
    occasion: Occasion | Literal["brought"] = Field(
        description="what led to it: the registration, a change of the profile, new lessons, what was held back for a digest, or that "
        "somebody found and brought it"
    )
    suggested_at: datetime = Field(description="or brought")
    brought_by: str | None = Field(
        None, description="who brought it, as `member:<id>` or `token:<name>`; null where it was suggested"
    )
    lesson: Lesson
    source_project: SourceProject
    reasons: list[Reason]
    feedback: Feedback | None = Field(description="what the project says of it; null until it does")

    @classmethod
    def told(cls, said: dict[str, Any], lesson: dict[str, Any], feedback: dict[str, Any] | None) -> Self:
        source = SourceProject.of(lesson)
        return cls.of(said | {"lesson": Lesson.of(lesson), "source_project": source, "feedback": feedback})


class Recommendations(Answer):
    """All that a project was suggested or brought, and whether it waits for an answer; what it had before stays there meanwhile."""

    project_id: UUID
    state: Literal["pending", "ready"]
    position: int = Field(description="log position of the latest suggestions, or of what they still wait for")
    set_aside_at: datetime | None = Field(
        None,
        description="since when a pending project is not looked at any more, as each try failed; it is once it says something else of "
        "itself, or after `hardwon try-again`. null where this is not so",
    )
    considered: int = Field(0, description="lessons of other projects that could have been suggested the last time")
    hidden: int = Field(
        0, description="lessons then looked at and held back as not relevant enough, or one too many of a project"
    )
    ranker: str = ""
    embedding_model: str = ""
    items: list[Suggestion] = Field([])

    @property
    def under_way(self) -> bool:
        """Whether an answer is on its way."""
        return self.state == "pending" and self.set_aside_at is None

    @classmethod
    def told(cls, row: dict[str, Any], lessons: dict[UUID, dict[str, Any]]) -> Self:
        """Build from the recommendation's row and the rows of its lessons; one retired since is left out."""
        answers = row["suggested"][::-1]
        latest: dict[str, Any] = next((each for each in answers if each["occasion"] != BROUGHT), {})
        items = [
            Suggestion.told(answer | said, lesson, row["answers"].get(said["lesson_id"]))
            for answer in answers
            for said in answer["suggestions"]
            if (lesson := lessons.get(UUID(said["lesson_id"]))) and lesson["state"] == "current"
        ]
        known = {name: row[name] for name in ("project_id", "state", "position")} | {
            "set_aside_at": row.get("set_aside_at")  # the log knows nothing of it, so nor does a row of the past
        }
        return cls.model_validate(latest | known | {"items": items})


class RegisteredProject(Project):
    """A project just registered, with its recommendations as far as they are ready."""

    position: int
    recommendations: Recommendations
