"""Whether the organisation learns: counts by month and team, never by person."""

from collections.abc import Callable
from typing import Annotated, Self

from flask import Response, g, jsonify
from pydantic import BaseModel, Field, StringConstraints

from hardwon.domain.errors import Invalid
from hardwon.log import epoch
from hardwon.projections import learning
from hardwon.projections.as_of import all_rows
from hardwon.projections.following import checkpoints
from hardwon.projections.learning import Counts
from hardwon_api.answers import Answer
from hardwon_api.as_of import AsOfQuery, position_asked
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import blueprint, needs
from hardwon_api.models import Short
from hardwon_api.preferring import read_models
from hardwon_api.sums import Value

api = blueprint("insights", __name__)

Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class LearningQuery(AsOfQuery):
    """Which months, and whose."""

    from_: Month = Field("0001-01", alias="from", description="the first month that counts, as 2026-01")
    to: Month = Field("9999-12", description="the last one")
    team: Short | None = Field(None, description="only projects of this team")


class Share(BaseModel):
    """So many of so many."""

    count: int
    of: int
    rate: float | None = Field(description="null where there is nothing to divide by")

    @classmethod
    def part(cls, counts: Counts, name: str, of: str) -> Self:
        count, whole = counts[name], counts[of]
        return cls(count=count, of=whole, rate=round(count / whole, 4) if whole else None)


class Learning(Answer):
    """What happened, and what became of what was known. Each thing counts in the month (UTC) in which it happened."""

    points: int = Field(description="discussion points that tell what went wrong")
    recurrences: Share = Field(
        description="of these points: those close to what had been met before, without those rejected"
    )
    confirmed: Share = Field(description="of the recurrences: those that a person confirmed")
    known: Share = Field(description="of the recurrences: those that a lesson drawn before had covered")
    repeat_after_warning: Share = Field(
        description="of the recurrences: that lesson had been suggested, or brought, to the project"
    )
    adopted_before: Share = Field(description="of the recurrences: the project had even adopted it")
    suggested: int = Field(description="suggestions given")
    answered: int = Field(description="suggestions on which a project gave feedback")
    adoption: Share = Field(description="of the suggestions answered: those adopted")
    brought: int = Field(
        description="lessons that people found and brought to projects; they are no suggestions, and what is said of them answers none"
    )
    help: Share = Field(description="of all outcomes reported as helped or did_not_help: those that helped")

    @classmethod
    def counted(cls, counts: Counts, **more: str) -> Self:
        recurring = {
            name: Share.part(counts, counted, "recurrences")
            for name, counted in {
                "confirmed": "confirmed",
                "known": "known",
                "repeat_after_warning": "warned",
                "adopted_before": "adopted_before",
            }.items()
        }
        shares = {
            "recurrences": Share.part(counts, "recurrences", "points"),
            "adoption": Share.part(counts, "adopted", "answered"),
            "help": Share.part(counts, "helped", "outcomes"),
        }
        whole = {name: counts[name] for name in ("points", "suggested", "answered", "brought")}
        return cls.model_validate(recurring | shares | whole | more)


class LearningInMonth(Learning):
    """One month's learning."""

    month: str


class LearningOfTeam(Learning):
    """One team's learning, by the team that each project now names."""

    team: str = Field(description="empty: of the projects that name none")


class LearningInsights(Answer):
    """The organisation's learning, or one team's: in all, by month, by team."""

    total: Learning
    months: list[LearningInMonth] = Field(description="those in which something happened, the oldest first")
    teams: list[LearningOfTeam] = Field(description="in order of name")


@api.get("/insights/learning", responses={200: LearningInsights}, operation_id="get_learning")
@needs("read")
def learned(query: LearningQuery) -> Response:
    """Tell whether problems come back, whether what was known had been told, and whether what is told is used and helps.

    With `as_of` all of it is counted as of then.
    """
    return jsonify(told(query).model_dump(mode="json"))


def told(query: LearningQuery) -> LearningInsights:
    """Return the organisation's learning.

    Raises:
        Invalid: the months are in the wrong order, or the log does not go as far as ``as_of``.

    """
    in_order(query.from_, query.to)
    found = learning.learned(_months(position_asked(query)), first=query.from_, last=query.to, team=query.team)
    return LearningInsights(
        total=Learning.counted(found.total),
        months=[LearningInMonth.counted(counts, month=month) for month, counts in sorted(found.months.items())],
        teams=[LearningOfTeam.counted(counts, team=team) for team, counts in sorted(found.teams.items())],
    )


def in_all(query: LearningQuery) -> Learning:
    """Return the sum of it alone; raises as above."""
    in_order(query.from_, query.to)
    months = _months(position_asked(query))
    return Learning.counted(learning.in_all(months, first=query.from_, last=query.to, team=query.team))


def in_order(first: str, last: str) -> None:
    """Refuse a stretch of months, or of days, that ends before it begins."""
    if first > last:
        raise Invalid(
            "%(first)s comes after %(last)s, so there is nothing between them.", field="/from", first=first, last=last
        )


def _months(position: int | None) -> learning.Months:
    """Return what each team counts in each month, now or as of a position."""
    if position is not None:
        rows = all_rows(deps().log, organisation(), learning.PROJECTION, position, types=learning.FOLDED)
        return learning.by_team(rows.values())
    read_models("learning")

    def make() -> learning.Months:
        with deps().pool.connection() as connection:
            return learning.by_team(learning.rows(connection, organisation()))

    return summed("learning", ("learning",), make)


def summed(name: str, followers: tuple[str, ...], make: Callable[[], Value]) -> Value:
    """Return this sum of the organisation that asks, made anew only where the read models have moved since, or the log is another one.

    How far they are is asked once for each request, before the first sum: one that is made of more is made anew the next time.
    """
    if "moved" not in g:
        with deps().pool.connection() as connection:
            g.moved = checkpoints(connection, organisation()), epoch.era(connection, organisation())
    at, era = g.moved
    state = (era, *(at[each].position if each in at else 0 for each in followers))
    return deps().sums.of((organisation(), name), state, make)
