"""Every endpoint, asked for another organisation's things, answers as for things that exist nowhere, and changes nothing there."""

import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from uuid import uuid4

from parties import MARK, Party, held, ids_of, told
from psycopg import Connection

from hardwon.projections.all import PROJECTIONS
from hardwon.projections.following import Pool, advance

TRIES = 6
"""Of each operation, with ids drawn anew."""


class Operation(NamedTuple):
    method: str
    path: str
    parameters: list[str]
    body: dict[str, Any] | None


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method, said in item.items():
            if path.startswith("/v1/") and path != "/v1/stream":
                body = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
                names = [each["name"] for each in said.get("parameters", []) if each["in"] == "path"]
                yield Operation(method.upper(), path, names, body)


def made(schema: dict[str, Any], document: dict[str, Any], chance: random.Random, id_: Callable[[], str]) -> Any:
    """Return something that fits the schema, each id in it drawn by ``id_``."""
    if reference := schema.get("$ref"):
        return made(document["components"]["schemas"][reference.rsplit("/", 1)[1]], document, chance, id_)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return made(chance.choice(schema[choice]), document, chance, id_)
    if schema.get("format") == "uuid":
        return id_()
    kind = schema.get("type")
    if kind == "object":
        wanted, known = schema.get("required", []), schema.get("properties", {})
        taken = [name for name in known if name in wanted or chance.random() < 0.5]
        return {name: made(known[name], document, chance, id_) for name in taken}
    if kind == "array":
        return [made(schema.get("items", {}), document, chance, id_)]
    plain: dict[str | None, Any] = {"string": "a text", "integer": 1, "number": 1, "boolean": True}
    return schema.get("const", chance.choice(schema.get("enum", [plain.get(kind)])))


def test_what_is_another_organisations_is_answered_like_what_is_nowhere(
    party: Callable[..., Party], theirs: Party, owner: Connection[Any]
) -> None:
    """Reads and writes at every endpoint, with another organisation's ids in the address and the body: 403, 404 or 422, and no trace."""
    mine, document = party(), theirs.http.get("/openapi.json").json
    known, before = ids_of(owner, theirs.organisation), held(owner, theirs.organisation)
    assert len(known) > 8
    asked = 0
    for operation in operations(document):
        for seed in range(TRIES):
            foreign, unknown = (
                _sent(mine, operation, document, seed, lambda chance, ids=ids: chance.choice(ids))
                for ids in (known, [str(uuid4()) for _ in known])
            )
            asked += 1
            assert MARK not in foreign[1], operation
            assert foreign[0] < 500 or foreign[0] == 503, (operation, foreign)
            if operation.parameters:
                assert foreign[0] in (400, 403, 404, 405, 409, 412, 422), (operation, foreign)
                assert foreign == unknown, operation
    assert asked > 30 * TRIES
    assert held(owner, theirs.organisation) == before


def _sent(
    mine: Party, operation: Operation, document: dict[str, Any], seed: int, draw: Callable[[random.Random], str]
) -> tuple[int, str]:
    chance, sent = random.Random(seed), []

    def id_() -> str:
        sent.append(draw(chance))
        return sent[-1]

    path = operation.path
    for name in operation.parameters:
        path = path.replace(f"{{{name}}}", id_())
    body = made(operation.body, document, chance, id_) if operation.body else None
    return told(mine.send(operation.method, path, body), *sent)


def test_the_control_its_owner_is_answered(theirs: Party, owner: Connection[Any]) -> None:
    """The same addresses with the same ids lead somewhere for whose they are."""
    found = 0
    for operation in operations(theirs.http.get("/openapi.json").json):
        if operation.method == "GET" and len(operation.parameters) == 1:
            for id_ in ids_of(owner, theirs.organisation):
                path = operation.path.replace(f"{{{operation.parameters[0]}}}", id_)
                found += theirs.send("GET", path).status_code == 200
    assert found > 3


def test_what_others_have_changes_no_count(
    party: Callable[..., Party], theirs: Party, pool: Pool, owner: Connection[Any]
) -> None:
    """Every list and figure is the same before and after another organisation records more."""
    mine = party()
    project = mine.send("POST", "/v1/projects", {"name": "Ours"}).json["id"]
    mine.send("POST", f"/v1/projects/{project}/events", [{"type": "lesson_drawn", "data": {"insight": "Ours."}}])
    for projection in PROJECTIONS:
        advance(pool, projection, mine.organisation)
    pages = [
        each.path.replace("{project_id}", project)
        for each in operations(theirs.http.get("/openapi.json").json)
        if each.method == "GET" and each.parameters in ([], ["project_id"])
    ]
    before = {path: told(mine.send("GET", path)) for path in pages}
    for _ in range(3):
        theirs.send("POST", "/v1/projects", {"name": MARK, "team": MARK})
    for projection in PROJECTIONS:
        advance(pool, projection, theirs.organisation)
    assert {path: told(mine.send("GET", path)) for path in pages} == before
    assert any(status == 200 for status, _ in before.values())
