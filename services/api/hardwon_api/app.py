"""Putting the API together. Nothing is opened at import; Granian calls ``from_environment``, a test ``create_app``."""

from typing import Any

from flask import jsonify
from flask_openapi3 import Info, OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix

from hardwon.bootstrap import configure_logs, open_log, open_pool
from hardwon.config import load
from hardwon_api import context, gate, health, limiting, metrics, problems, readers, web
from hardwon_api.commands import (
    events,
    feedback,
    lessons,
    people,
    points,
    projects,
    recommendations,
    recurrences,
    retrospectives,
)
from hardwon_api.context import Deps
from hardwon_api.documenting import PROBLEMS, complete
from hardwon_api.gate import Gate
from hardwon_api.hints import CeleryHints, producer
from hardwon_api.queries import feed, insights, nudges, search, similar, stream, themes
from hardwon_api.queries import lessons as lesson_queries
from hardwon_api.queries import people as people_queries
from hardwon_api.queries import projects as project_queries
from hardwon_api.queries import recommendations as recommendation_queries
from hardwon_api.queries import recurrences as recurrence_queries
from hardwon_api.queries import retrospectives as retrospective_queries
from hardwon_api.reading_json import StrictRequest
from hardwon_api.searching import WorkerSearch
from hardwon_api.settings import ApiSettings
from hardwon_api.streams import Streams

APIS = (
    *(projects, events, points, lessons, recommendations, feedback, recurrences, people),
    *(
        project_queries,
        recommendation_queries,
        lesson_queries,
        recurrence_queries,
        nudges,
        insights,
        search,
        feed,
        stream,
    ),
    *(people_queries, retrospectives, retrospective_queries, similar, themes),
)
_TOKEN: dict[str, Any] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "An organisation's token, as `hardwon register` printed it.",
    }
}


def from_environment() -> OpenAPI:
    """Return the service as the environment describes it."""
    settings = load(ApiSettings)
    configure_logs(settings, "api")
    pool = open_pool(settings, "hardwon-api")
    celery = producer(settings)
    streams = Streams(settings.max_streams, settings.max_streams_per_token)
    app = create_app(
        Deps(
            settings,
            pool,
            open_log(pool),
            CeleryHints(settings, celery),
            WorkerSearch(settings, celery),
            streams,
            Gate(settings.request_threads),
        )
    )
    readers.register(app, settings.reader_patience)
    return app


def create_app(deps: Deps) -> OpenAPI:
    app = OpenAPI(
        "hardwon_api",
        info=Info(
            title="Hardwon", version="1", description="Lessons of one project reach the next before it needs them."
        ),
        security_schemes=_TOKEN,
        validation_error_model=problems.Problem,
        validation_error_callback=problems.invalid,
        responses=PROBLEMS,
        doc_prefix="/docs",
        doc_url="/openapi.json",
        static_folder=None,  # web/assets.py serves what browsers need
    )
    app.request_class = StrictRequest
    app.config["MAX_CONTENT_LENGTH"] = deps.settings.max_body_bytes
    app.json.sort_keys = False  # type: ignore[attr-defined]  # answers keep the order of their models
    app.extensions["hardwon"] = deps
    if proxies := deps.settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    metrics.register(app, deps)  # first: it times also what context refuses
    gate.register(app, deps.gate)
    context.register(app)
    limiting.register(app, deps.settings)
    health.register(app, deps)
    web.register(app, deps.settings)
    problems.register(app)
    for each in APIS:
        app.register_api(each.api)
    complete(app.api_doc)
    app.add_url_rule("/openapi.json", "openapi_json", lambda: jsonify(app.api_doc))
    return app
