"""What a page may load and run: nothing inline, nothing from elsewhere."""

from flask import Flask, Response, request

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
_ABOUT_THE_API = "{% include 'api.html' %}"


def _policy(sources: dict[str, str]) -> str:
    return "; ".join(f"{kind} {source}" for kind, source in sources.items())


POLICY = _policy(_SOURCES)
_POLICY_OF_DOCS = _policy(_SOURCES | {"img-src": "'self' data:"})  # Swagger UI's style sheet holds its arrows


def register(app: Flask) -> None:
    # The library's own pages run what stands in them, which the policy forbids.
    app.config.update(SWAGGER_HTML_STRING=_ABOUT_THE_API, OPENAPI_HTML_STRING=_ABOUT_THE_API)

    @app.after_request
    def _restrict(response: Response) -> Response:
        if for_people():
            response.headers["Content-Security-Policy"] = POLICY
        elif request.path.startswith("/docs"):
            response.headers["Content-Security-Policy"] = _POLICY_OF_DOCS
        return response
