"""What went wrong, told to people: the same problems as the API's, as a page, or as a note beside what was tried.

A refusal's own sentence is a message like any other: translations hold it as it stands where it is raised, and what it names is put in.
What is said to programs only, by libraries or of bytes and headers, is on no page: the words for people say all there is.
"""

from http import HTTPStatus

from flask import Flask, Response, g, render_template, request

from hardwon_api.addresses import for_people
from hardwon_api.context import asking
from hardwon_api.web.navigation import administrators
from hardwon_api.web.translating import gettext as _
from hardwon_api.web.translating import language

_FOR_PROGRAMS = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}
"""Refusals whose sentence speaks of bytes and headers."""
NOTICE = "#notice"
"""Where htmx puts a note instead of the part that it asked for."""


def register(app: Flask) -> None:
    @app.after_request
    def _tell(response: Response) -> Response:
        if response.mimetype != "application/problem+json" or not for_people():
            return response
        if request.accept_mimetypes and not request.accept_mimetypes.accept_html:
            return response
        part = "HX-Request" in request.headers
        problem = response.get_json()
        refusal = g.get("refusal") if response.status_code not in _FOR_PROGRAMS else None
        said = _(refusal.sentence, **refusal.named) if refusal else ""
        foreign = said == problem["detail"] and language() != "en"
        what, now = _told(response.status_code)
        if response.status_code == HTTPStatus.FORBIDDEN and asking():
            now = f"{now} {administrators()}"
        response.set_data(
            render_template(
                "problem_note.html" if part else "problem.html",
                problem=problem,
                told=(what, now),
                said=said,
                foreign=foreign,
            )
        )
        response.mimetype = "text/html"
        if part:
            response.headers.update({"HX-Retarget": NOTICE, "HX-Reswap": "innerHTML"})
        return response


def _told(status: int) -> tuple[str, str]:
    """Return what happened, and what to do now."""
    known = {
        400: (
            _("That could not be read"),
            _("The form may have been open for too long. Go back, load the page again and send it once more."),
        ),
        403: (_("This is not yours to do"), _("Your role does not allow it. An administrator can change that.")),
        404: (_("There is nothing here"), _("The address may be old or mistyped. Start from the projects, or search.")),
        405: (_("There is nothing here"), _("The address may be old or mistyped. Start from the projects, or search.")),
        409: (
            _("Somebody was faster"),
            _("What you changed has changed meanwhile. Load the page again, look, and try once more."),
        ),
        413: (_("That is too much at once"), _("What you sent is too large. Leave the longest text or file out.")),
        422: (_("Something does not fit yet"), _("Nothing was recorded. Go back and look at what is named below.")),
        429: (_("A moment, please"), _("That was asked very often. Wait a little, then try again.")),
        503: (
            _("Out of breath"),
            _("Something that Hardwon needs does not answer. Nothing you recorded is lost. Try again in a moment."),
        ),
    }
    ours = (
        _("Our mistake"),
        _(
            "Something went wrong in Hardwon, and it is written down as %(id)s. Nothing you recorded is lost.",
            id=g.get("request_id", ""),
        ),
    )
    return known.get(status, ours if status >= HTTPStatus.INTERNAL_SERVER_ERROR else known[400])
