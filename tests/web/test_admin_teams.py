"""Admin: teams, which are what members and projects call them, and giving one the name of another."""

import html
import re
from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

import pytest
from browser import Browser

from hardwon import handlers, organisations
from hardwon.domain.commands import ChangeMember, ChangeProfile, RegisterProject
from hardwon.domain.errors import StreamConflict
from hardwon.domain.values import Profile
from hardwon.handlers import Request, teams
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections import members, projects
from hardwon.projections.following import Pool, advance

BY = Metadata("tests")
AND = "Workforce & Change"
SPELLED_OUT = "Workforce and Change"


@pytest.fixture
def ada(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in("Ada")


@pytest.fixture
def project(log: Log, organisation: UUID, follow: Callable[[], None]) -> Callable[..., UUID]:
    """Return what registers a project of a team."""

    def register(name: str, team: str) -> UUID:
        command = RegisterProject(new_id(), Profile(name, team=team))
        handlers.register_project(log, organisation, command, Request(new_id(), BY))
        follow()
        return command.project_id

    return register


@pytest.fixture
def put_in(log: Log, organisation: UUID, follow: Callable[[], None]) -> Callable[..., None]:
    """Return what puts a member in teams."""

    def put(member_id: UUID, *names: str) -> None:
        handlers.change_members(log, organisation, ChangeMember(member_id, {"teams": names}), Request(new_id(), BY))
        follow()

    return put


def page(team: str) -> str:
    return f"/admin/team?{urlencode({'team': team})}"


def table(ada: Browser) -> str:
    """Return the page with the list, its cells without what says their column on a phone."""
    return re.sub(r"<td [^>]*>", "<td>", ada.get("/admin/teams").text)


def rename(ada: Browser, team: str, name: str) -> tuple[int, str]:
    """Return the answer's status, and where it leads."""
    answer = ada.submit(page(team), of="/account", name=name)
    return answer.status_code, answer.location or ""


def teams_of(ada: Browser, log: Log, organisation: UUID) -> tuple[str, ...]:
    assert ada.member_id
    return handlers.current_members(log, organisation)[ada.member_id].teams


def team_of(log: Log, organisation: UUID, project_id: UUID) -> str:
    return handlers.current_project(log, organisation, project_id)[0].profile.team


def test_the_list_leads_to_each_team_and_that_to_who_and_what_is_in_it(
    ada: Browser, project: Callable[..., UUID], put_in: Callable[..., None]
) -> None:
    """I find who is in a team and what it works on, and from the list of members, too."""
    tunnel = project("A tunnel", AND)
    put_in(ada.member_id, AND, "Fares")
    listed = table(ada)
    assert f'<a href="{page(AND)}">Workforce &amp; Change</a></td><td>1</td><td>1</td>' in listed
    assert f'href="{page(AND)}"' in ada.get("/admin").text
    shown = ada.get(page(AND)).text
    assert '<a href="/admin/teams" aria-current="page">Teams</a>' in ada.get("/admin/teams").text
    assert '<a href="/admin/teams" aria-current="true">Teams</a>' in shown
    assert f'<a href="/projects/{tunnel}">A tunnel</a>' in shown
    assert f'<a href="/admin/members/{ada.member_id}">Ada</a>' in shown
    assert "This changes 1 member and 1 project" in shown
    assert "No project names this team." in ada.get(page("Fares")).text


def test_two_spellings_become_one_team(
    ada: Browser,
    log: Log,
    organisation: UUID,
    project: Callable[..., UUID],
    put_in: Callable[..., None],
    follow: Callable[[], None],
) -> None:
    """Members and projects are found under the one name, who was in both is in it once, search and the log know; again does nothing."""
    tunnel, quay = project("A tunnel", AND), project("A quay", SPELLED_OUT)
    put_in(ada.member_id, "Fares", SPELLED_OUT, AND)
    assert rename(ada, SPELLED_OUT, f"  {AND.replace(' ', '  ')} ") == (302, page(AND))
    head = log.head(organisation)
    assert teams_of(ada, log, organisation) == ("Fares", AND)
    assert {team_of(log, organisation, each) for each in (tunnel, quay)} == {AND}
    assert "Changed: 1 member and 1 project." in ada.get(page(AND)).text
    assert "Changed:" not in ada.get(page(AND)).text
    follow()
    for offering in ("/search", "/learned", "/admin/teams"):
        shown = ada.get(offering).text
        assert (SPELLED_OUT in shown, "Workforce &amp; Change" in shown) == (False, True), offering
    assert "A quay" in ada.get(page(AND)).text
    assert "The profile of “A quay” was changed: team." in html.unescape(ada.get("/log").text)
    assert rename(ada, SPELLED_OUT, AND) == (302, page(AND))
    assert rename(ada, AND, AND) == (302, page(AND))
    assert log.head(organisation) == head


def test_a_team_gets_a_name_that_none_had(
    ada: Browser, log: Log, organisation: UUID, project: Callable[..., UUID]
) -> None:
    """Whatever stands in it: the page's address holds any name."""
    tunnel, odd = project("A tunnel", "Harbour"), "../Harbour/ #2? + 100 %"
    assert rename(ada, "Harbour", odd)[0] == 302
    assert team_of(log, organisation, tunnel) == odd
    assert ada.get(page(odd)).status_code == 200
    assert ada.get(page("Harbour")).status_code == 404


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (" ", "Please fill this in."),
        ("x" * 201, "At most 200 characters."),
        ("Legal, Fares", "Without a comma, please"),
        ("\0", "This cannot be read."),
    ],
)
def test_a_name_that_cannot_be_is_refused_beside_its_field(
    ada: Browser, log: Log, organisation: UUID, project: Callable[..., UUID], name: str, words: str
) -> None:
    tunnel = project("A tunnel", "Harbour")
    answer = ada.submit(page("Harbour"), name=name)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert 'aria-describedby="name-hint name-wrong"' in answer.text
    assert team_of(log, organisation, tunnel) == "Harbour"


@pytest.mark.parametrize("team", ["", "Nobody's", "\0", "x" * 5_000])
def test_a_team_that_nobody_names_is_none(ada: Browser, team: str) -> None:
    assert ada.get(page(team)).status_code == 404
    assert rename(ada, team, "Harbour")[0] == 404


def test_another_organisations_team_is_not_there(
    ada: Browser, log: Log, pool: Pool, organisation: UUID, project: Callable[..., UUID]
) -> None:
    """Neither listed nor shown nor renamed with ours of the same name. Control: whoever acts for the other one finds it."""
    other = organisations.register(log, "Another one", "tests")
    theirs = [RegisterProject(new_id(), Profile("A lock", team=name)) for name in ("Harbour", "Locks")]
    for each in theirs:
        handlers.register_project(log, other, each, Request(new_id(), BY))
    advance(pool, projects.PROJECTION, other)
    ours = project("A tunnel", "Harbour")
    with pool.of(other) as connection:
        assert [each["name"] for each in members.teams(connection, other)] == ["Harbour", "Locks"]
    listed = table(ada)
    assert ("Locks" in listed, "<td>1</td>" in listed, "<td>2</td>" in listed) == (False, True, False)
    assert "A lock" not in ada.get(page("Harbour")).text
    assert ada.get(page("Locks")).status_code == rename(ada, "Locks", "Quays")[0] == 404
    assert rename(ada, "Harbour", "Quays")[0] == 302
    assert [team_of(log, other, each.project_id) for each in theirs] == ["Harbour", "Locks"]
    assert team_of(log, organisation, ours) == "Quays"


@pytest.mark.parametrize("role", ["reader", "member", "project_office"])
def test_teams_are_for_administrators(
    signed_in: Callable[..., Browser], role: str, log: Log, organisation: UUID, project: Callable[..., UUID]
) -> None:
    tunnel, other = project("A tunnel", "Harbour"), signed_in("Olga", role)
    assert other.get("/admin/teams").status_code == 403
    assert other.get(page("Harbour")).status_code == 403
    assert rename(other, "Harbour", "Quays")[0] == 403
    assert team_of(log, organisation, tunnel) == "Harbour"


def test_more_than_is_changed_at_once_is_done_by_pressing_again(
    ada: Browser, log: Log, organisation: UUID, project: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says what is left, and its form is filled in."""
    monkeypatch.setattr(teams, "RENAMED_AT_ONCE", 2)
    known = [project(name, "Harbour") for name in ("A tunnel", "A quay", "A crane")]
    assert rename(ada, "Harbour", "Quays") == (302, f"{page('Harbour')}&name=Quays")
    shown = ada.get(f"{page('Harbour')}&name=Quays").text
    assert "This changes 0 members and 1 project" in shown
    assert 'value="Quays"' in shown
    assert ("Changed: 0 members and 2 projects." in shown, "press once more" in shown) == (True, True)
    assert rename(ada, "Harbour", "Quays") == (302, page("Quays"))
    assert {team_of(log, organisation, each) for each in known} == {"Quays"}


class Overtaken:
    """The log, but that each of these happens just before one of its appends."""

    def __init__(self, log: Log, *meanwhile: Callable[[], object]) -> None:
        self._log, self._meanwhile = log, list(meanwhile)
        self.conflicts = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._log, name)

    def append(self, *told: object) -> object:
        if self._meanwhile:
            self._meanwhile.pop(0)()
        try:
            return self._log.append(*told)  # type: ignore[arg-type]
        except StreamConflict:
            self.conflicts += 1
            raise


def test_who_changes_something_meanwhile_is_not_overwritten(
    ada: Browser,
    log: Log,
    organisation: UUID,
    project: Callable[..., UUID],
    put_in: Callable[..., None],
) -> None:
    """A project that went to another team stays there, and a member who left is not put back; the others are renamed all the same."""
    tunnel, quay = project("A tunnel", "Harbour"), project("A quay", "Harbour")
    put_in(ada.member_id, "Harbour", "Fares")
    moved = ChangeProfile(tunnel, {"team": "Fares"})
    overtaken = Overtaken(
        log,
        lambda: handlers.change_profile(log, organisation, moved, Request(new_id(), BY)),
        lambda: put_in(ada.member_id, "Fares"),
    )
    stored = handlers.rename_team(overtaken, organisation, "Harbour", "Quays", [tunnel, quay], BY)  # type: ignore[arg-type]
    assert (overtaken.conflicts, len(stored)) == (2, 1)
    assert [team_of(log, organisation, each) for each in (tunnel, quay)] == ["Fares", "Quays"]
    assert teams_of(ada, log, organisation) == ("Fares",)
