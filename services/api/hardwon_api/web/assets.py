"""Styles and scripts: ours, and htmx as its package brings it. Each lies under the hash of its content, so a browser keeps it for good."""

import gzip
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from flask import Flask, Response, abort, request

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file for browsers, in both forms in which they may ask for it."""

    content: bytes
    packed: bytes
    digest: str
    mimetype: str


def _asset(name: str, content: bytes) -> Asset:
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Asset(content, gzip.compress(content, mtime=0), digest, _TYPES[Path(name).suffix])


def _htmx() -> bytes:
    """Return htmx from django-htmx, which keeps up with its releases. The package is found, never imported: it would want Django."""
    spec = find_spec("django_htmx")
    if spec is None or not spec.origin:
        raise ModuleNotFoundError("django-htmx is not installed: the pages take htmx from it")
    return (Path(spec.origin).parent / "static" / "django_htmx" / "htmx-2.min.js").read_bytes()


def load() -> dict[str, Asset]:
    own = files(__package__) / "static"
    contents = {each.name: each.read_bytes() for each in own.iterdir() if each.is_file()}
    return {name: _asset(name, content) for name, content in (contents | {"htmx.js": _htmx()}).items()}


def register(app: Flask) -> None:
    """Serve them, and let templates say ``asset('hardwon.css')``."""
    assets = load()

    def serve(digest: str, name: str) -> Response:
        found = assets.get(name)
        if found is None or found.digest != digest:
            abort(404)
        packed = request.accept_encodings.quality("gzip") > 0
        response = Response(found.packed if packed else found.content, mimetype=found.mimetype)
        response.headers["Cache-Control"] = _FOR_GOOD
        response.headers["Vary"] = "Accept-Encoding"
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        return response

    app.add_url_rule("/static/<digest>/<name>", "asset", serve)
    app.jinja_env.globals["asset"] = lambda name: app.url_for("asset", digest=assets[name].digest, name=name)
