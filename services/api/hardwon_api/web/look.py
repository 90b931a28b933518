"""How pages look to this browser: light or dark, and in which language. Kept in cookies, so that it works without script."""

from flask import Flask, make_response, redirect, request
from werkzeug.wrappers import Response

from hardwon_api.web import translating
from hardwon_api.web.pages import back, blueprint

pages = blueprint("look")
THEMES = ("auto", "light", "dark")
COOKIE = "hardwon_theme"
_YEAR = 365 * 24 * 3600


@pages.post("/look")
def change() -> Response:
    """Remember what was chosen, and show the page again."""
    response = make_response(redirect(back()))
    for cookie, name, known in (
        (COOKIE, "theme", THEMES),
        (translating.COOKIE, "language", tuple(translating.LANGUAGES)),
    ):
        if (chosen := request.form.get(name)) in known:
            response.set_cookie(cookie, chosen, max_age=_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def theme() -> str:
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in THEMES else "auto"


def register(app: Flask) -> None:
    app.jinja_env.globals.update(theme=theme, themes=THEMES)
