"""Every endpoint, asked for another organisation's things, answers as for things that exist nowhere, and changes nothing there."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from hypothesis import given
from parties import MARK, Party, held, ids_of
from psycopg import Connection
from wishes import TRIED, Operation, Wish, operations, wishes

from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, advance

NOWHERE = "turquoise"
"""A word that nobody wrote, as long as the other."""
REFUSED = (400, 403, 404, 405, 409, 412, 422)


def test_what_is_another_organisations_is_answered_like_what_is_nowhere(
    party: Callable[..., Party], theirs: Party, owner: Connection[Any]
) -> None:
    """Reads and writes at every endpoint, with another organisation's ids, names and positions in the address, the parameters and the
    body: answered as for what is nowhere, and no trace."""
    document = theirs.http.get("/openapi.json").json
    known, before = ids_of(owner, theirs.organisation), held(owner, theirs.organisation)
    assert len(known) > 8
    asked = list(operations(document))
    assert len(asked) > 35
    for operation in asked:

        @TRIED
        @given(wishes(operation, document))
        def nothing_is_told(wish: Wish) -> None:
            mine = party()  # a fresh one: what it recorded under another's id is its own from then on
            foreign = wish.send(mine, known, MARK)
            assert MARK not in foreign[1]
            assert foreign[0] < 500 or foreign[0] == 503, foreign
            if wish.operation.parameters:
                assert foreign[0] in REFUSED, foreign
            if wish.operation.answers_what_is_sent:
                assert foreign == wish.send(mine, [str(uuid4()) for _ in known], NOWHERE)

        nothing_is_told()
    assert held(owner, theirs.organisation) == before


def test_the_control_its_owner_is_answered(theirs: Party, owner: Connection[Any]) -> None:
    """The same addresses with the same ids lead somewhere for whose they are, and so do the same parameters."""
    by_id = by_parameter = 0
    known = ids_of(owner, theirs.organisation)
    for operation in operations(theirs.http.get("/openapi.json").json):
        if operation.method == "GET" and len(operation.parameters) == 1:
            for id_ in known:
                path = operation.path.replace(f"{{{operation.parameters[0]}}}", id_)
                by_id += theirs.send("GET", path).status_code == 200
        if operation.method == "GET" and "project_id" in operation.query:
            by_parameter += any(_items(theirs, operation, id_) for id_ in known)
    assert by_id > 3
    assert by_parameter > 1


def _items(party: Party, operation: Operation, project_id: str) -> list[Any]:
    answer = party.send("GET", operation.path, query={"project_id": project_id})
    items: list[Any] = answer.json["items"]
    return items


def test_what_others_have_changes_no_count(
    party: Callable[..., Party], theirs: Party, pool: Pool, owner: Connection[Any]
) -> None:
    """Every list, figure and header is the same before and after another organisation records more of everything."""
    mine = party()
    project = mine.send("POST", "/v1/projects", {"name": "Ours"}).json["id"]
    mine.send("POST", f"/v1/projects/{project}/events", [{"type": "lesson_drawn", "data": {"insight": "Ours."}}])
    pages = [
        (each.path.replace("{project_id}", project), query)
        for each in operations(theirs.http.get("/openapi.json").json)
        if each.method == "GET" and each.parameters in ([], ["project_id"])
        for query in _narrowed(each, project)
    ]
    _follow(pool, mine)
    before = [_figures(mine, *each) for each in pages]
    for _ in range(3):
        theirs.fill()
    _follow(pool, theirs)
    assert [_figures(mine, *each) for each in pages] == before
    assert sum(status == 200 for status, *_ in before) > 15


def test_the_control_ones_own_do(party: Callable[..., Party], pool: Pool) -> None:
    """The same figures move when the organisation itself records more."""
    mine = party()
    lists: list[tuple[str, dict[str, str]]] = [
        (f"/v1/{name}", {}) for name in ("projects", "lessons", "retrospectives", "insights/learning", "teams")
    ]
    before = [_figures(mine, *each) for each in lists]
    mine.fill()
    _follow(pool, mine)
    after = [_figures(mine, *each) for each in lists]
    assert all(old != new for old, new in zip(before, after, strict=True))


def _narrowed(operation: Operation, project: str) -> list[dict[str, str]]:
    """Return no parameters, and those that narrow to a team of the other one's and to a project of ours."""
    said = {"team": MARK, "project_id": project, "q": MARK, "text": MARK, "actor": f"token:{MARK}"}
    wanted = {name: value for name, value in said.items() if name in operation.query}
    return [{}, wanted] if wanted else [{}]


def _figures(mine: Party, path: str, query: dict[str, str]) -> tuple[int, str, dict[str, str]]:
    answer = mine.send("GET", path, query=query)
    headers = {name: value for name, value in answer.headers.items() if name not in ("X-Request-ID", "Date")}
    return answer.status_code, answer.text, headers


def _follow(pool: Pool, party: Party) -> None:
    for projection in PROJECTIONS:
        advance(pool, projection, party.organisation)
