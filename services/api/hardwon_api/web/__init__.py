"""The web pages, for people. README.md says how to add one."""

from flask import Flask

from hardwon_api.web import (
    account,
    assets,
    forms,
    home,
    live,
    look,
    navigation,
    policy,
    problem_pages,
    sign_in,
    telling,
    translating,
)

PAGES = (home, live, look, sign_in, account)
"""A module each, with its blueprint ``pages``."""


def register(app: Flask, cookie_key: bytes | None) -> None:
    forms.register(app, cookie_key)
    for part in (assets, translating, telling, navigation, look, problem_pages, policy):
        part.register(app)
    for each in PAGES:
        app.register_blueprint(each.pages)
