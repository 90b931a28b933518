"""Named queries from .sql files: each opens with ``-- name: what_it_is`` and says below why it is written so."""

import re
from functools import cache
from importlib.resources import files
from typing import LiteralString, cast

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def queries(package: str, file: str) -> dict[str, LiteralString]:
    """Return name -> query of a .sql file that lies in ``package``.

    The text comes from our own package, never from a request: hence a literal to psycopg's types.
    """
    parts = _NAME.split(files(package).joinpath(file).read_text("utf-8"))
    return {name: cast("LiteralString", body.strip()) for name, body in zip(parts[1::2], parts[2::2], strict=True)}
