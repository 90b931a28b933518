"""Web pages: what people see. Each file is a page or a few that belong together, with its templates."""

from flask import Flask

from hardwon_api.web import account, forms, sign_in


def register(app: Flask, cookie_key: bytes | None) -> None:
    forms.register(app, cookie_key)
    for each in (sign_in, account):
        app.register_blueprint(each.pages)
