"""What may be asked of each endpoint, drawn by Hypothesis, with places for what is another organisation's: ids, words and positions."""

import base64
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from parties import Party

TRIED = settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
"""Of each operation: there are fifty."""


class Operation(NamedTuple):
    method: str
    path: str
    parameters: list[str]
    query: dict[str, dict[str, Any]]
    body: dict[str, Any] | None

    @property
    def answers_what_is_sent(self) -> bool:
        """Tell whether the answer depends on nothing that was there but what is asked for: nothing of it is made new."""
        return self.method == "GET" or bool(self.parameters)


class Place(NamedTuple):
    """Where something of another organisation's is to stand: the one of this number."""

    number: int


class Word(NamedTuple):
    """Where a name is to stand, as of a team or an actor."""

    said: str


class Wish(NamedTuple):
    """A request whose places are filled in when it is sent."""

    operation: Operation
    path: dict[str, Any]
    query: dict[str, Any]
    body: Any

    def send(self, mine: Party, ids: Sequence[str], word: str) -> tuple[int, str]:
        """Send it with these ids and this word in their places; return the answer without them, as it may repeat them."""
        sent = [word]

        def filled(value: Any) -> Any:
            if isinstance(value, Place):
                sent.append(ids[value.number % len(ids)])
                return sent[-1]
            if isinstance(value, Word):
                return value.said.format(id=filled(Place(len(value.said))), word=word)
            if isinstance(value, dict):
                return {name: filled(each) for name, each in value.items()}
            return [filled(each) for each in value] if isinstance(value, list) else value

        path, query = self.operation.path.format(**filled(self.path)), filled(self.query)
        answer = mine.send(self.operation.method, path, filled(self.body), query)
        text: str = answer.text
        for each in sent:
            text = text.replace(each, "<sent>")
        return answer.status_code, text


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """Yield what tools may ask for, but for the stream, which has no end."""
    for path, item in document["paths"].items():
        for method, said in item.items():
            if path.startswith("/v1/") and path != "/v1/stream":
                body = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
                parameters = said.get("parameters", [])
                names = [each["name"] for each in parameters if each["in"] == "path"]
                query = {each["name"]: each["schema"] for each in parameters if each["in"] == "query"}
                yield Operation(method.upper(), path, names, query, body)


def wishes(operation: Operation, document: dict[str, Any]) -> st.SearchStrategy[Wish]:
    """Return all ways to ask for it: every parameter may be there or not, and holds what leads elsewhere where one could."""
    path = st.fixed_dictionaries(dict.fromkeys(operation.parameters, PLACES))
    optional = {name: _of_parameter(name, schema, document) for name, schema in operation.query.items()}
    query = st.fixed_dictionaries({}, optional=optional)
    body = made(operation.body, document) if operation.body else st.none()
    return st.builds(Wish, st.just(operation), path, query, body)


def _of_parameter(name: str, schema: dict[str, Any], document: dict[str, Any]) -> st.SearchStrategy[Any]:
    return _PARAMETERS[name] if name in _PARAMETERS else made(schema, document)


def made(schema: dict[str, Any], document: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return what fits the schema, with a place for each id."""
    if reference := schema.get("$ref"):
        return made(document["components"]["schemas"][reference.rsplit("/", 1)[1]], document)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return st.one_of([made(each, document) for each in schema[choice]])
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    if pattern := schema.get("pattern"):
        return st.from_regex(pattern, fullmatch=True)
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    return _of_type(schema, document)


def _of_type(schema: dict[str, Any], document: dict[str, Any]) -> st.SearchStrategy[Any]:
    kind = schema.get("type")
    if kind == "object":
        known = {name: made(each, document) for name, each in schema.get("properties", {}).items()}
        required = {name: known.pop(name) for name in schema.get("required", [])}
        return st.fixed_dictionaries(required, optional=known)
    if kind == "array":
        return st.lists(made(schema.get("items", {}), document), min_size=1, max_size=1)
    plain: dict[str | None, Any] = {"string": Word("{word}"), "integer": 1, "number": 1, "boolean": True}
    return st.just(plain.get(kind))


PLACES = st.integers(0, 999).map(Place)
_POSITIONS = st.integers(1, 40)
_PARAMETERS: dict[str, st.SearchStrategy[Any]] = {
    "cursor": _POSITIONS.map(lambda position: base64.urlsafe_b64encode(str(position).encode()).decode()),
    "as_of": _POSITIONS.map(str) | st.just("2100-01-01T00:00:00Z"),
    "after": _POSITIONS,
    "actor": st.sampled_from([Word("member:{id}"), Word("token:{word}"), Word("{id}")]),
    "from": st.just("2020-01"),
    "to": st.just("2100-01"),
}
"""Parameters whose text says more than its type: positions of another log among them."""
_FORMATS: dict[str, st.SearchStrategy[Any]] = {
    "uuid": PLACES,
    "date": st.just("2026-01-31"),
    "date-time": st.just("2026-01-31T12:00:00Z"),
}
