"""What the organisation's lessons and points are about, where lessons lie beside each other, and which were carried furthest."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Self
from uuid import UUID

from flask import Response, jsonify
from pydantic import BaseModel, Field

from hardwon import themes
from hardwon.projections.following import Row
from hardwon_api.answers import Answer, Lesson
from hardwon_api.context import deps, organisation
from hardwon_api.documenting import blueprint, needs
from hardwon_api.models import Short
from hardwon_api.parameters import Query
from hardwon_api.preferring import read_models
from hardwon_api.queries.insights import Month, in_order, summed

api = blueprint("themes", __name__)


class ThemesQuery(Query):
    """Which months, and whose."""

    from_: Month = Field("0001-01", alias="from", description="the first month that counts, as 2026-01")
    to: Month = Field("9999-12", description="the last one")
    team: Short | None = Field(None, description="only projects of this team")


class CarriedQuery(Query):
    """How many."""

    limit: int = Field(10, ge=1, le=50)


class Told(BaseModel):
    """How many texts told of something."""

    lessons: int = 0
    went_well: int = Field(0, description="happy stories")
    went_wrong: int = Field(0, description="unhappy stories")
    puzzle: int = 0
    idea: int = 0

    @classmethod
    def counted(cls, rows: Iterable[Row], **more: object) -> Self:
        counts = Counter[str]()
        for row in rows:
            counts["lessons" if row["kind"] == "lesson" else row["kind"]] += row["texts"]
        return cls.model_validate(counts | more)


class ToldInMonth(Told):
    """In one month (UTC), in which a point was raised or a lesson drawn."""

    month: str


class ToldByTeam(Told):
    """By the projects of one team."""

    team: str = Field(description="empty: of the projects that name none")


class Theme(Told):
    """What several texts are about, found by a worker and named by the words that set them apart."""

    theme: str = Field(description="what a search is narrowed by; another one once the words are others")
    words: list[str]
    projects: int = Field(description="so many projects met it")
    months: list[ToldInMonth] = Field(description="those in which something was told, the oldest first")
    teams: list[ToldByTeam] = Field(description="in order of name")

    @classmethod
    def of_rows(cls, theme: str, words: list[str], rows: list[Row]) -> Self:
        months, teams = _grouped(rows, "month"), _grouped(rows, "team")
        return cls.counted(
            rows,
            theme=theme,
            words=words,
            projects=len({row["project_id"] for row in rows}),
            months=[ToldInMonth.counted(each, month=month) for month, each in sorted(months.items())],
            teams=[ToldByTeam.counted(each, team=team) for team, each in sorted(teams.items())],
        )


class Made(Answer):
    """How far the themes go: they are found anew when enough is new."""

    position: int = Field(0, description="log position at which they were found; 0 before the first time")
    known: int = Field(0, description="lessons and points there were")
    texts: int = Field(0, description="of these, how many were looked at: the counts are theirs")


class ThemeList(Made):
    """The organisation's themes, those told of most first."""

    items: list[Theme]


class Place(Answer):
    """A lesson on the map: those near to each other say something alike."""

    lesson_id: UUID
    insight: str
    theme: str | None
    x: float = Field(description="-1 to 1")
    y: float = Field(description="-1 to 1")


class Map(Made):
    """Lessons on a plane, theme by theme; where there are many, of each theme its part."""

    lessons: int = Field(0, description="so many there are; more than `items` where there are many, or new ones")
    items: list[Place]


class CarriedLesson(Answer):
    """A lesson, and how far it was carried."""

    lesson: Lesson
    suggested_to: int = Field(description="so many projects were offered it")
    adopted_by: int
    helped_in: int = Field(description="of those that adopted it and said what came of it")


class CarriedList(Answer):
    """The lessons that were carried furthest: those that helped most projects, then adopted by most, then offered to most."""

    items: list[CarriedLesson]


@api.get("/insights/themes", responses={200: ThemeList}, operation_id="list_themes")
@needs("read")
def of_organisation(query: ThemesQuery) -> Response:
    """List what lessons and discussion points are about, with counts by month, kind and team.

    A worker finds the themes, and finds them anew when enough is new; `position` says how far they go.
    """
    return jsonify(listed(query).model_dump(mode="json"))


def listed(query: ThemesQuery) -> ThemeList:
    """Return the themes, those told of most first.

    Raises:
        Invalid: the months are in the wrong order.

    """
    in_order(query.from_, query.to)
    with deps().pool.connection() as connection:
        made, words = themes.made(connection, organisation()) or {}, themes.words(connection, organisation())

    def make() -> list[Theme]:
        with deps().pool.connection() as connection:
            rows = themes.told(connection, organisation(), first=query.from_, last=query.to, team=query.team)
        of_theme = _grouped(rows, "theme")
        found = [Theme.of_rows(theme, [], each) for theme, each in of_theme.items()]
        return sorted(found, key=lambda each: (-sum(row["texts"] for row in of_theme[each.theme]), each.theme))

    # One team's are quickly added up, and whatever somebody gives for its name is not kept.
    months = f"themes {query.from_} {query.to}"
    counted = make() if query.team else summed(months, ("themes", "projects", "points"), make)
    items = [each.model_copy(update={"words": words[each.theme]}) for each in counted if each.theme in words]
    return ThemeList(**made, items=items)


@api.get("/insights/map", responses={200: Map}, operation_id="get_lesson_map")
@needs("read")
def on_the_map(query: Query) -> Response:
    """Show where lessons lie beside each other: two dimensions of what they say, with the theme of each."""
    del query
    return jsonify(mapped().model_dump(mode="json"))


def mapped() -> Map:
    """Return the lessons that have a place on the map, and how many there are."""
    with deps().pool.connection() as connection:
        made, rows = themes.made(connection, organisation()) or {}, themes.on_the_map(connection, organisation())

    def standing() -> int:
        with deps().pool.connection() as connection:
            return themes.standing(connection, organisation())

    return Map(**made, lessons=summed("lessons", ("lessons",), standing), items=[Place.of(row) for row in rows])


@api.get("/insights/carried", responses={200: CarriedList}, operation_id="list_carried_lessons")
@needs("read")
def carried(query: CarriedQuery) -> Response:
    """List the lessons that went furthest: in how many projects they helped, how many adopted them, to how many they were suggested."""
    read_models("lessons", "projects", "recommendations")
    return jsonify(CarriedList(items=furthest(query.limit)).model_dump(mode="json"))


def furthest(limit: int) -> list[CarriedLesson]:
    def make() -> list[tuple[UUID, int]]:
        with deps().pool.connection() as connection:
            return themes.carried(connection, organisation())

    ordered = summed("carried", ("recommendations", "learning"), make)
    with deps().pool.connection() as connection:
        rows = themes.carried_lessons(connection, organisation(), [lesson_id for lesson_id, _ in ordered[: 10 * limit]])
    standing = [(rows[lesson_id], suggested_to) for lesson_id, suggested_to in ordered if lesson_id in rows][:limit]
    return [
        CarriedLesson(
            lesson=lesson,
            suggested_to=suggested_to,
            adopted_by=lesson.evidence.adopted,
            helped_in=lesson.evidence.helped,
        )
        for row, suggested_to in standing
        for lesson in [Lesson.of(row)]
    ]


def _grouped(rows: Iterable[Row], name: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[name]].append(row)
    return groups
