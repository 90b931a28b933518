"""How long an answer takes does not tell what is another organisation's from what is nowhere: no endpoint does more for the one.

Times are not measured here, since a test of them is either deaf or cries wolf; ``hardwon-bench walls`` measures them.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from parties import MARK, Party, ids_of
from psycopg import Connection
from test_endpoints import NOWHERE
from wishes import TRIED, Place, Wish, operations, wishes
from working import Counting, Work

from hardwon_api.context import deps


def costs(counting: Counting, wish: Wish, mine: Party, known: list[str]) -> tuple[Work, Work]:
    """Return what the database is asked where another organisation's ids and names stand, and where nobody's do."""
    unknown = [str(uuid4()) for _ in known]
    wish.send(mine, unknown, NOWHERE)  # what is kept from one request for the next is kept for both
    _, foreign = counting.of(lambda: wish.send(mine, known, MARK))
    _, nowhere = counting.of(lambda: wish.send(mine, [str(uuid4()) for _ in known], NOWHERE))
    return foreign, nowhere


def test_the_same_is_asked_of_the_database(
    party: Callable[..., Party], theirs: Party, owner: Connection[Any], counting: Counting
) -> None:
    """At every endpoint, whatever is asked: the same statements, as many rows and as many round trips."""
    document, known = theirs.http.get("/openapi.json").json, ids_of(owner, theirs.organisation)
    asked = []
    for operation in operations(document):

        @TRIED
        @given(wishes(operation, document))
        def as_much_is_done(wish: Wish) -> None:
            foreign, nowhere = costs(counting, wish, party(), known)
            assert foreign == nowhere
            asked.append(len(foreign))

        as_much_is_done()
    assert len(asked) > 100
    assert max(asked) > 4


def one_more(connection: Connection[Any], *, foreign: bool) -> None:
    if foreign:
        connection.execute("SELECT 1")


def more_rows(connection: Connection[Any], *, foreign: bool) -> None:
    connection.execute("SELECT FROM generate_series(1, 1 + %s::int)", [foreign])


def another_trip(connection: Connection[Any], *, foreign: bool) -> None:
    if foreign:
        with connection.transaction():
            pass


@pytest.mark.parametrize("careless", [one_more, more_rows, another_trip])
def test_the_control_a_careless_endpoint_is_found(
    careless: Callable[..., None],
    party: Callable[..., Party],
    theirs: Party,
    owner: Connection[Any],
    counting: Counting,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that looks something more up, or reads more, where the id is somebody's."""
    known, views, name = (
        ids_of(owner, theirs.organisation),
        theirs.http.application.view_functions,
        "queries_projects.get",
    )
    careful = views[name]

    def view(**given: Any) -> Any:
        with deps().pool.connection() as connection:
            careless(connection, foreign=str(given["project_id"]) in known)
        return careful(**given)

    (operation,) = (
        each
        for each in operations(theirs.http.get("/openapi.json").json)
        if (each.method, each.path) == ("GET", "/v1/projects/{project_id}")
    )
    wish, mine = Wish(operation, {"project_id": Place(0)}, {}, None), party()
    foreign, nowhere = costs(counting, wish, mine, known)
    assert foreign == nowhere
    monkeypatch.setitem(views, name, view)
    foreign, nowhere = costs(counting, wish, mine, known)
    assert foreign != nowhere


def test_a_token_that_is_none_costs_the_same(party: Callable[..., Party], theirs: Party, counting: Counting) -> None:
    """Made up for an organisation that there is, or for none: neither is told from the other."""
    asked = []
    for organisation in (theirs.organisation, uuid4()):
        made_up = theirs._replace(token=f"hw_{organisation.hex}_{'x' * 43}")
        answer, work = counting.of(lambda made_up=made_up: made_up.send("GET", "/v1/projects"))
        assert answer.status_code == 401
        asked.append(work)
    assert asked[0] == asked[1]
