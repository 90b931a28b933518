"""Admin: members, tokens, health, ranker, for administrators and nobody else."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from browser import Browser

from hardwon import handlers, long_work, tokens
from hardwon.domain.commands import TrainRanker
from hardwon.handlers import Request
from hardwon.ids import new_id
from hardwon.log.wire import Metadata
from hardwon.ports import Log
from hardwon.projections import lessons
from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, advance, ensure_checkpoint
from hardwon_api.web.admin import health
from hardwon_worker import duplicates, radar, running, theming, words
from hardwon_worker.vectors import LESSONS, POINTS

SignIn = Callable[..., Browser]
PAGES = ("/admin", "/admin/tokens", "/admin/health", "/admin/ranker")
BY = Metadata("tests")


@pytest.fixture
def ada(signed_in: SignIn) -> Browser:
    return signed_in("Ada")


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


def _shown(page: str) -> str:
    found = re.search(r'id="secret" readonly value="([^"]+)"', page)
    assert found
    return found[1]


def _invite(ada: Browser, **fields: str) -> object:
    page = ada.get("/admin").text
    said = {"name": "Grace", "email": "grace@ferries.example", "role": "member", "teams": "Harbour, Fares"} | fields
    return ada.submit("/admin/members", of="/admin", id=_field(page, "id"), **said)


@pytest.mark.parametrize("role", ["reader", "member", "project_office"])
def test_whoever_is_no_administrator_is_refused(signed_in: SignIn, role: str, ada: Browser) -> None:
    """Neither to look nor to do anything, and the bar at the top does not lead there."""
    other = signed_in("Olga", role)
    assert 'href="/admin"' not in other.get("/account").text
    assert 'href="/admin"' in ada.get("/account").text
    for page in (*PAGES, f"/admin/members/{ada.member_id}"):
        assert other.get(page).status_code == 403
        assert ada.get(page).status_code == 200
    deeds = ("/admin/members", "/admin/tokens", "/admin/health/rebuild/lessons", "/admin/ranker")
    of_ada = (f"/admin/members/{ada.member_id}{deed}" for deed in ("", "/link", "/sign-out", "/remove"))
    for deed in (*deeds, *of_ada):
        assert other.submit(deed, of="/account").status_code == 403


def test_somebody_is_invited_by_a_link_that_is_shown_once(ada: Browser, browse: Callable[..., Browser]) -> None:
    """I add a colleague, hand over the link, and she is in; no page shows the link again."""
    answer = _invite(ada)
    assert answer.status_code == 201  # type: ignore[attr-defined]
    address = _shown(answer.text)  # type: ignore[attr-defined]
    grace = browse()
    assert grace.submit(address.removeprefix("http://localhost")).status_code == 302
    assert "Grace" in grace.get("/account").text
    assert grace.get("/admin").status_code == 403
    listed = ada.get("/admin").text
    assert "grace@ferries.example" in listed
    assert "Harbour" in listed
    assert "/enter/" not in listed


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "Please fill this in."),
        ({"email": "nobody"}, "This cannot be read."),
        ({"email": "ada@ferries.example"}, "Somebody else has this address already."),
        ({"role": "queen"}, "This cannot be read."),
        ({"name": "x" * 300}, "At most 200 characters."),
    ],
)
def test_a_form_says_what_is_wrong(ada: Browser, wrong: dict[str, str], words: str) -> None:
    """Beside the field, and what I wrote is still there."""
    answer = _invite(ada, **{"teams": "Quays"} | wrong)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert words in answer.text or "role" in wrong  # type: ignore[attr-defined]
    assert "Quays" in answer.text  # type: ignore[attr-defined]


def test_a_member_is_changed(ada: Browser, signed_in: SignIn) -> None:
    """A new role holds with the next page; a wrong address is told beside its field."""
    rhea = signed_in("Rhea", "reader")
    path = f"/admin/members/{rhea.member_id}"
    said = {"name": "Rhea", "email": "rhea@ferries.example", "teams": "Fares"}
    assert ada.submit(path, role="administrator", **said).status_code == 302
    assert rhea.get("/admin").status_code == 200
    answer = ada.submit(path, role="reader", **said | {"email": "ada@ferries.example"})
    assert (answer.status_code, "has this address already" in answer.text) == (422, True)


def test_whoever_looks_at_himself_is_told(ada: Browser, signed_in: SignIn) -> None:
    """ "This is you" stands on one's own page, and on nobody else's."""
    rhea = signed_in("Rhea", "reader")
    assert "This is you." in ada.get(f"/admin/members/{ada.member_id}").text
    assert "This is you." not in ada.get(f"/admin/members/{rhea.member_id}").text


def test_the_last_administrator_stays(ada: Browser) -> None:
    """Nobody can lock everybody out: neither by a smaller role nor by removing."""
    path = f"/admin/members/{ada.member_id}"
    answer = ada.submit(path, name="Ada", email="ada@ferries.example", role="member", teams="")
    assert (answer.status_code, "This is the last administrator." in answer.text) == (422, True)
    answer = ada.submit(f"{path}/remove")
    assert (answer.status_code, "This is the last administrator." in answer.text) == (409, True)
    assert ada.get("/admin").status_code == 200


def test_a_member_is_removed_once_that_was_confirmed(ada: Browser, signed_in: SignIn) -> None:
    """Looking at the question removes nobody; saying yes puts her out at once."""
    rhea = signed_in("Rhea", "reader")
    path = f"/admin/members/{rhea.member_id}"
    assert "Remove Rhea?" in ada.get(f"{path}/remove").text
    assert rhea.get("/account").status_code == 200
    assert ada.submit(f"{path}/remove").status_code == 302
    assert rhea.get("/account").status_code == 302
    assert "Rhea" not in ada.get("/admin").text
    assert ada.get(path).status_code == 404


def test_a_member_is_signed_out_everywhere(
    ada: Browser, signed_in: SignIn, link: Callable[[UUID], str], browse: Callable[..., Browser]
) -> None:
    """Her sessions end, and a link that lay about opens nothing any more."""
    rhea = signed_in("Rhea", "reader")
    assert rhea.member_id
    lying_about = link(rhea.member_id)
    path = f"/admin/members/{rhea.member_id}"
    assert "Signed in in 1 browser." in ada.get(path).text
    assert ada.submit(f"{path}/sign-out", of=path).status_code == 302
    assert rhea.get("/account").status_code == 302
    assert browse().get(lying_about).status_code == 404


def test_a_token_is_shown_once(ada: Browser, pool: Pool, log: Log, organisation: UUID) -> None:
    """It works, no page shows it again, and the form sent again makes no second one."""
    form = {
        "token_id": _field(ada.get("/admin/tokens").text, "token_id"),
        "name": "The build",
        "scopes": "read",
        "days": "7",
    }
    answer = ada.submit("/admin/tokens", **form)
    secret = _shown(answer.text)
    found = tokens.authenticate(pool, secret)
    assert (answer.status_code, found and found.scopes) == (201, {"read"})
    again = ada.submit("/admin/tokens", **form)
    assert (again.status_code, "It was made, and shown then." in again.text) == (409, True)
    listed = ada.get("/admin/tokens").text
    assert "The build" in listed
    assert secret not in listed
    assert secret not in "".join(str(each.data) for each in log.read(organisation))


def test_a_token_is_revoked(ada: Browser, pool: Pool) -> None:
    secret = _shown(ada.submit("/admin/tokens", name="The build", scopes="read", days="7").text)
    revoke = re.search(r'action="(/admin/tokens/[^"]+/revoke)"', ada.get("/admin/tokens").text)
    assert revoke
    assert ada.submit(revoke[1], of="/admin/tokens").status_code == 302
    assert tokens.authenticate(pool, secret) is None
    assert "The build" not in ada.get("/admin/tokens").text


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"scopes": ""}, {"scopes": "fly"}, {"days": "0"}, {"days": "x" * 99}, {"member_id": "nobody"}],
)
def test_a_token_that_cannot_be_is_refused(ada: Browser, wrong: dict[str, str]) -> None:
    """With the form again, never with an error of ours."""
    answer = ada.submit("/admin/tokens", **{"name": "T", "scopes": "read", "days": "7"} | wrong)
    assert answer.status_code == 422
    assert "Make a token" in answer.text


def test_a_member_s_token_may_do_no_more_than_the_member(ada: Browser, signed_in: SignIn) -> None:
    rhea = signed_in("Rhea", "reader")
    answer = ada.submit("/admin/tokens", name="T", scopes="write", days="7", member_id=str(rhea.member_id))
    assert (answer.status_code, "does not allow as much" in answer.text) == (422, True)


def test_health_says_what_does_not_answer(ada: Browser) -> None:
    """No worker runs in this test: the page says so, and how many tasks wait."""
    page = ada.get("/admin/health").text
    assert "no worker has swept" in page
    assert "tasks that somebody waits for" in page


def test_a_value_says_its_column(ada: Browser) -> None:
    """On a phone, where a table's rows are blocks: each value has the column's name with it, and screen readers still know a table."""
    _invite(ada, name="Grace <td>")
    page = ada.get("/admin").text
    assert '<td role="cell" data-column="Role">member' in page
    assert '<tr role="row"><td role="cell" data-column="Name"><a href="/admin/members/' in page
    assert "Grace &lt;td&gt;" in page
    assert re.findall(r"<t[rdh](?! role)\b", page) == []


def test_health_says_why_themes_wait(ada: Browser, pool: Pool, organisation: UUID) -> None:
    """Themes are found anew in large steps: that they stay behind is no fault. Others follow; each says what it keeps."""
    with pool.of(organisation) as connection:
        for follower in ("themes", "words", "embedding:a-model"):
            ensure_checkpoint(connection, organisation, follower)
    rows = {
        row: row_of
        for row_of in ada.get("/admin/health").text.split("<tr ")
        for row in re.findall(r"<code[^>]*>([^<:]+)", row_of)
    }
    assert "waits until more is new" in rows["themes"]
    assert "Themes, and the map" in rows["themes"]
    assert "waits" not in rows["words"]
    assert "What lessons mean" in rows["embedding"]


def test_health_tells_what_every_follower_keeps() -> None:
    """A new one may not stand there without a word."""
    workers = (duplicates, radar, running, theming, words)
    known = {each.name for each in PROJECTIONS} | {each.FOLLOWER for each in workers} | {LESSONS.prefix, POINTS.prefix}
    assert set(health._TOLD) == known


def test_a_halted_follower_says_by_what(ada: Browser, pool: Pool, organisation: UUID) -> None:
    advance(pool, lessons.PROJECTION, organisation)
    with pool.of(organisation) as connection:
        halt = "UPDATE checkpoint SET halted_by = 'ValueError: <poison>' WHERE organisation_id = %s AND follower = 'lessons'"
        connection.execute(halt, [organisation])
    page = ada.get("/admin/health").text
    assert "ValueError: &lt;poison&gt;" in page


def test_a_read_model_is_rebuilt_with_its_progress(ada: Browser, pool: Pool, organisation: UUID) -> None:
    """Asked for by a button; the page, and the part that asks again, tell how far it is and how it ended."""
    advance(pool, lessons.PROJECTION, organisation)
    work = f"{long_work.REBUILD}lessons"
    assert ada.submit("/admin/health/rebuild/lessons", of="/admin/health").status_code == 302
    with pool.of(organisation) as connection:
        long_work.save(connection, organisation, work, long_work.Slice(1, 2, {"done": 1}))
    assert "1 of 2 events" in ada.get("/admin/health").text
    part = ada.get("/admin/health", HX_Request="true").text
    assert "1 of 2 events" in part
    assert "<html" not in part
    with pool.of(organisation) as connection:
        long_work.save(connection, organisation, work, long_work.Slice(2, 2))
    assert "rebuilt <time" in ada.get("/admin/health").text
    assert ada.submit("/admin/health/rebuild/nothing", of="/admin/health").status_code == 404


def test_the_ranker_s_version_is_switched_with_a_reason(ada: Browser, log: Log, organisation: UUID) -> None:
    assert "No version was learned yet" in ada.get("/admin/ranker").text
    trained = TrainRanker("a method", "a model", 1, 40, 5, {"gain": 0.02}, switched_on=True)
    handlers.change_ranker(log, organisation, trained, Request(new_id(), BY))
    assert "40 verdicts of 5 projects" in ada.get("/admin/ranker").text
    assert ada.submit("/admin/ranker", version="0", reason=" ").status_code == 422
    assert ada.submit("/admin/ranker", version="7", reason="a try").status_code == 422
    assert ada.submit("/admin/ranker", version="0", reason="it spoke nonsense").status_code == 302
    assert handlers.current_ranker(log, organisation).active == 0
