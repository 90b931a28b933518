"""The web pages, for people. README.md says how to add one."""

from flask import Flask

from hardwon_api.settings import ApiSettings
from hardwon_api.web import (
    account,
    admin,
    assets,
    before,
    bringing,
    changing,
    entering,
    first_run,
    forms,
    home,
    learned,
    learning,
    lessons,
    live,
    log,
    look,
    navigation,
    openid,
    packing,
    policy,
    problem_pages,
    projects,
    retrospectives,
    search,
    sign_in,
    starting,
    suggestions,
    telling,
    translating,
)

PAGES = (
    *(home, starting, projects, suggestions, lessons, bringing, search, learned, live, look),
    *(sign_in, entering, openid, account, log, admin, first_run),
    *(retrospectives, before, learning, changing),
)
"""A module each, with its blueprint ``pages``."""


def register(app: Flask, settings: ApiSettings) -> None:
    packing.register(app)  # first, so that it comes last: what others put into an answer is packed too
    forms.register(app, settings.wrapping_key)
    openid.register(app, settings)
    for part in (assets, translating, telling, navigation, look, problem_pages, policy):
        part.register(app)
    for each in PAGES:
        app.register_blueprint(each.pages)
