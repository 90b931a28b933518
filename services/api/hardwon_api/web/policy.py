"""What a page may load and run: nothing inline, nothing from elsewhere."""

from flask import Flask, Response

from hardwon_api.addresses import for_people

_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
POLICY = "; ".join(f"{kind} {source}" for kind, source in _SOURCES.items())


def register(app: Flask) -> None:
    @app.after_request
    def _restrict(response: Response) -> Response:
        if for_people():
            response.headers["Content-Security-Policy"] = POLICY
        return response
