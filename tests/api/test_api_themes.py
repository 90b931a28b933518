"""Themes over time, the map of lessons, the most carried ones, and a search that is narrowed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
from api_client import Client, drawn, raised
from flask.testing import FlaskClient
from telling import Teller

from hardwon.ports import Log
from hardwon.projections.following import Pool, ensure_checkpoint
from hardwon_api.found import Found


def find_themes(pool: Pool, organisation: UUID, *texts: tuple[str, str, str, str, str | None]) -> None:
    """Write what a worker would have found: of each text its id, kind, project, month and theme; lessons are on the map."""
    with pool.of(organisation) as connection:
        ensure_checkpoint(connection, organisation, "themes")
        connection.execute(
            "UPDATE checkpoint SET position = 7 WHERE organisation_id = %s AND follower = 'themes'", (organisation,)
        )
        connection.execute("INSERT INTO themes_made VALUES (%s, 'm', 40, 30)", (organisation,))
        for theme in sorted({text[4] for text in texts if text[4]}):
            words = list(theme.split("-"))
            connection.execute("INSERT INTO theme VALUES (%s, %s, to_jsonb(%s::text[]))", (organisation, theme, words))
        for text in texts:
            place = (0.25, -1) if text[1] == "lesson" else (None, None)
            connection.execute(
                "INSERT INTO theme_text VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", (organisation, *text, *place)
            )


@pytest.fixture
def told(client: Client, pool: Pool) -> list[str]:
    """An organisation of two teams with two themes; the lessons that they drew."""
    piers, ferries = client.project(team="Piers"), client.project(team="Ferries")
    late, dark, good = client.record(piers, drawn("Late."), drawn("Dark."), raised("Good.", kind="went_well"))
    bad, puzzle = client.record(ferries, raised("Bad."), raised("Why?", kind="puzzle"))
    client.follow()
    find_themes(
        pool,
        client.organisation,
        (late, "lesson", piers, "2026-01", "late-crates"),
        (dark, "lesson", piers, "2026-02", "dark-piers"),
        (good, "went_well", piers, "2026-02", "late-crates"),
        (bad, "went_wrong", ferries, "2026-02", "late-crates"),
        (puzzle, "puzzle", ferries, "2026-03", None),
    )
    return [late, dark]


def test_before_themes_are_found_there_are_none(client: Client) -> None:
    """A young organisation gets empty lists, and is told that nothing was looked at yet."""
    nothing = {"position": 0, "known": 0, "texts": 0, "items": []}
    assert client.get("/insights/themes").json == nothing
    assert client.get("/insights/map").json == nothing | {"lessons": 0}
    assert client.get("/insights/carried").json == {"items": []}


def test_themes_are_counted_by_month_kind_and_team(client: Client, told: list[str]) -> None:
    """Each theme with its words, how many projects met it, and when: the largest first."""
    answer = client.get("/insights/themes").json
    assert (answer["position"], answer["known"], answer["texts"]) == (7, 40, 30)
    first, second = answer["items"]
    nothing = {"lessons": 0, "went_well": 0, "went_wrong": 0, "puzzle": 0, "idea": 0}
    assert first == nothing | {
        "theme": "late-crates",
        "words": ["late", "crates"],
        "projects": 2,
        "lessons": 1,
        "went_well": 1,
        "went_wrong": 1,
        "months": [
            nothing | {"month": "2026-01", "lessons": 1},
            nothing | {"month": "2026-02", "went_well": 1, "went_wrong": 1},
        ],
        "teams": [
            nothing | {"team": "Ferries", "went_wrong": 1},
            nothing | {"team": "Piers", "lessons": 1, "went_well": 1},
        ],
    }
    assert (second["theme"], second["projects"], second["lessons"]) == ("dark-piers", 1, 1)


def test_themes_are_narrowed_by_month_and_team(client: Client, new_client: Any, told: list[str]) -> None:
    """What was not told of then, or by this team, is left out; another organisation sees nothing of it."""

    def asked(query: str, of: Client = client) -> list[tuple[str, int]]:
        return [(each["theme"], each["projects"]) for each in of.get(f"/insights/themes{query}").json["items"]]

    assert asked("?to=2026-01") == [("late-crates", 1)]
    assert asked("?from=2026-02&to=2026-02") == [("late-crates", 2), ("dark-piers", 1)]
    assert asked("?team=Ferries") == [("late-crates", 1)]
    assert asked("?team=Nobody") == []
    assert asked("", new_client()) == []


def test_what_themes_tell_is_never_older_than_what_was_found(client: Client, pool: Pool, told: list[str]) -> None:
    """Asked again, the counts are those of what is there now: after a worker found themes anew, and after a project changed its team."""

    def asked() -> list[tuple[int, list[str]]]:
        items = client.get("/insights/themes").json["items"]
        return [(each["projects"], [team["team"] for team in each["teams"]]) for each in items]

    before = asked()
    assert before == asked() == [(2, ["Ferries", "Piers"]), (1, ["Piers"])]
    piers = client.get(f"/lessons/{told[0]}").json["source_project"]["id"]
    client.send("PATCH", f"/projects/{piers}", json={"team": "Quays"})
    client.follow()
    assert asked() == [(2, ["Ferries", "Quays"]), (1, ["Quays"])]
    with pool.of(client.organisation) as connection:
        connection.execute("DELETE FROM theme_text WHERE kind <> 'lesson'")
        connection.execute("UPDATE checkpoint SET position = 8 WHERE follower = 'themes'")
    assert asked() == [(1, ["Quays"]), (1, ["Quays"])]


def test_lessons_have_a_place_on_the_map(client: Client, told: list[str]) -> None:
    """Each with what it says and its theme; one that was retired since is not shown any more, nor counted."""
    late, dark = told
    client.record(client.project(), drawn("Too new to have a place."))
    client.follow()
    assert client.get("/insights/map").json["items"] == [
        {"lesson_id": dark, "insight": "Dark.", "theme": "dark-piers", "x": 0.25, "y": -1.0},
        {"lesson_id": late, "insight": "Late.", "theme": "late-crates", "x": 0.25, "y": -1.0},
    ]
    assert client.get("/insights/map").json["lessons"] == 3
    client.post(f"/lessons/{dark}/retire", {"reason": "There is light now."})
    client.follow()
    mapped = client.get("/insights/map").json
    assert [each["lesson_id"] for each in mapped["items"]] == [late]
    assert mapped["lessons"] == 2


def test_the_lessons_carried_furthest_come_first(client: Client, log: Log) -> None:
    """In how many projects it helped counts most, then how many adopted it, then how many were offered it; never who."""
    lessons = client.record(client.project(ended_on="2025-01-01"), *(drawn(f"Lesson {n}.") for n in range(4)))
    projects = [client.project() for _ in range(3)]
    offers = {projects[0]: lessons[:3], projects[1]: lessons[:2], projects[2]: lessons[:1]}
    for project, offered in offers.items():
        Teller(log, client.organisation).offer(UUID(project), *map(UUID, offered))
    client.post(f"/projects/{projects[0]}/recommendations/{lessons[2]}/feedback", {"verdict": "adopted"})
    client.post(f"/projects/{projects[0]}/recommendations/{lessons[2]}/outcome", {"outcome": "helped"})
    client.post(f"/projects/{projects[1]}/recommendations/{lessons[1]}/feedback", {"verdict": "adopted"})
    client.follow()

    def asked(query: str = "") -> list[tuple[str, int, int, int]]:
        items = client.get(f"/insights/carried{query}").json["items"]
        return [(each["lesson"]["id"], each["suggested_to"], each["adopted_by"], each["helped_in"]) for each in items]

    assert asked() == [(lessons[2], 1, 1, 1), (lessons[1], 2, 1, 0), (lessons[0], 3, 0, 0)]
    assert asked("?limit=1") == [(lessons[2], 1, 1, 1)]


class Finding:
    """A worker that finds the same lessons whatever it is asked, and keeps what it was asked."""

    def __init__(self, *found: tuple[str, str], similarities: Sequence[float] = (0.5, 0.5)) -> None:
        self.narrowed: list[Mapping[str, str]] = []
        near = zip(found, similarities, strict=False)
        self._found = [Found(UUID(lesson), 1.0, similarity, passage) for (lesson, passage), similarity in near]

    def find(
        self, _organisation: UUID, _queries: Sequence[str], _limit: int, narrowed: Mapping[str, str]
    ) -> list[list[Found]]:
        self.narrowed.append(narrowed)
        return [self._found]


def test_a_search_is_narrowed_and_says_where_the_passage_stands(
    client: Client, told: list[str], app_with: Callable[..., FlaskClient]
) -> None:
    """The worker is told all that the search is narrowed by; the passage is found again in the lesson's text."""
    (long,) = client.record(client.project(), drawn("It broke. It broke again.", advice="Ask. Then ask again."))
    client.follow()
    worker = Finding((long, "Then ask again."), (told[0], "What it said before."))
    client.http = app_with(search=worker)
    query = "q=late&kind=went_wrong&team=Piers&theme=late-crates&from=2026-01-01&to=2026-12-31"
    first, second = client.get(f"/search?{query}").json["items"]
    assert worker.narrowed == [
        {"kind": "went_wrong", "team": "Piers", "theme": "late-crates", "first": "2026-01-01", "last": "2026-12-31"}
    ]
    assert (first["passage_in"], first["passage_at"]) == ("advice", 5)
    assert (second["passage_in"], second["passage_at"]) == (None, None)
    client.get("/search?q=late")
    assert worker.narrowed[1] == {}


@pytest.mark.parametrize(
    ("similarities", "close"), [((0.4, 0.24), [True, False]), ((0.24, 0.25), [False, True]), ((0.2, 0.1), [False] * 2)]
)
def test_a_search_says_what_is_close(
    similarities: tuple[float, float],
    close: list[bool],
    client: Client,
    told: list[str],
    app_with: Callable[..., FlaskClient],
) -> None:
    """What is only nearest says so, in the order in which it was found; beside a text it would not be shown at all."""
    client.http = app_with(search=Finding((told[0], "Ask."), (told[1], "Ask."), similarities=similarities))
    items = client.get("/search?q=late").json["items"]
    assert [(each["lesson"]["id"], each["close"]) for each in items] == list(zip(told[:2], close, strict=True))


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("insights/themes?from=2026-13", "/from"),
        ("insights/themes?from=2026-02&to=2026-01", "/from"),
        ("insights/themes?since=2026-01", "/since"),
        ("insights/map?limit=3", "/limit"),
        ("insights/carried?limit=0", "/limit"),
        ("insights/carried?limit=51", "/limit"),
        ("search?q=a&kind=sad", "/kind"),
        ("search?q=a&theme=late-crates", "/theme"),
        ("search?q=a&from=2026-02-30", "/from"),
        ("search?q=a&from=2026-02-02&to=2026-02-01", "/from"),
        ("search?q=a&until=2026-02-01", "/until"),
    ],
)
def test_a_bad_question_is_named(client: Client, address: str, field: str) -> None:
    """Whatever is misspelt, out of bounds or unknown is refused by its name, a theme that is none too."""
    refused = client.get(f"/{address}")
    assert (refused.status_code, refused.json["type"]) == (422, "/problems/invalid")
    assert [error["pointer"] for error in refused.json["errors"]] == [field]
