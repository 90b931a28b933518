"""Request bodies as JSON: strict, so that what a client meant and what is recorded cannot differ unnoticed."""

import json
from typing import Any, NoReturn

from flask import Request, g
from werkzeug.exceptions import RequestEntityTooLarge

from hardwon_api.problems import Refusal

_JSON = {"application/json", "application/merge-patch+json"}
_NDJSON = "application/x-ndjson"


class StrictRequest(Request):
    """A request whose body is read here, and only here."""

    def get_json(self, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - the base's signature: any JSON
        """Return the body as JSON; NDJSON as the list of its lines. Refuses duplicate keys, NaN, and what is no object or array."""
        if self.mimetype not in _JSON and self.mimetype != _NDJSON:
            raise Refusal(
                415, "unsupported-media-type", f"Send application/json, not {self.mimetype or 'a body without a type'}."
            )
        text = self._text()
        if self.mimetype == _NDJSON:
            lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
            g.json, g.lines = [_parse(line, number) for number, line in lines], [number for number, _ in lines]
        else:
            g.json = _parse(text)
        return g.json

    def _text(self) -> str:
        try:
            return self.get_data().decode("utf-8")
        except UnicodeDecodeError as error:
            raise Refusal(400, "bad-json", f"The body is not UTF-8: byte {error.start} cannot be read.") from None
        except RequestEntityTooLarge:
            raise Refusal(
                413, "payload-too-large", f"The body is larger than {self.max_content_length} bytes."
            ) from None


def _parse(text: str, line: int = 1) -> Any:  # noqa: ANN401 - any JSON
    try:
        value = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno + line - 1}, column {error.colno}"
        raise Refusal(400, "bad-json", f"The body is not JSON: {error.msg} at {where}.") from None
    except RecursionError:
        raise Refusal(400, "bad-json", "The body is nested too deeply.") from None
    except ValueError as error:  # a number of thousands of digits, a duplicate key, NaN
        raise Refusal(400, "bad-json", f"The body is not acceptable JSON: {error}.") from None
    if not isinstance(value, dict | list):
        raise Refusal(400, "bad-json", "The body must be a JSON object or array.")
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) < len(pairs):
        seen = set[str]()  # looked through once: counting each name again would take hours for a body of a million keys
        repeated = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {repeated[:50]!r} occurs twice in one object")
    return keys


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
