"""Signing in by an OpenID Connect provider: the code flow, with PKCE, state and nonce."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import requests
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, redirect, request, session, url_for
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from hardwon import identities
from hardwon.domain.errors import NotFound
from hardwon_api.context import deps
from hardwon_api.settings import ApiSettings
from hardwon_api.web.sign_in import local, shown, signed_in

pages = Blueprint("openid", __name__)
_BEGUN = "openid"
"""In the cookie of the forms: for which organisation somebody went to the provider, and where to go on afterwards."""
_PATIENCE = 5.0  # seconds for each answer of the provider
_CLOCKS = 30  # seconds by which its clock may differ from ours
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Said:
    """What the provider says of somebody."""

    subject: str
    verified_email: str | None


class Refused(Exception):
    """What came from the provider cannot be trusted."""


def register(app: Flask, settings: ApiSettings) -> None:
    """Offer it where a provider is set."""
    app.jinja_env.globals["openid"] = settings.oidc_issuer is not None
    if settings.oidc_issuer and settings.oidc_client_secret:
        OAuth(app).register(
            "provider",
            server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
            client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "default_timeout": _PATIENCE},
        )


@pages.get("/sign-in/<uuid:organisation_id>/openid")
def begin(organisation_id: UUID) -> Response | tuple[str, int]:
    """Send the browser to the provider. What was begun before in this browser counts no more."""
    session.clear()
    session[_BEGUN] = [str(organisation_id), local(request.args.get("next"))]
    try:
        sent: Response = _provider().authorize_redirect(url_for("openid.back", _external=True))
    except requests.RequestException as error:
        return _unanswered(organisation_id, error)
    return sent


@pages.get("/sign-in/openid")
def back() -> Response | tuple[str, int]:
    """Take what the provider sends the browser back with: it counts once, and only in the browser that was sent."""
    begun = session.pop(_BEGUN, None)
    if begun is None:
        return redirect(url_for("sign_in.page"))
    organisation_id, to = UUID(begun[0]), begun[1]
    try:
        said = _said()
    except requests.RequestException as error:
        return _unanswered(organisation_id, error)
    except (AuthlibBaseError, JoseError, ValueError, Refused) as error:
        log.warning("openid_refused", error=type(error).__name__)
        return shown(organisation_id, wrong="openid"), 403
    issuer = str(deps().settings.oidc_issuer)
    with deps().pool.of(organisation_id) as connection:
        member_id = identities.member_of(connection, organisation_id, issuer, said.subject, said.verified_email)
    if member_id is None:
        return shown(organisation_id, wrong="stranger" if said.verified_email else "unverified"), 403
    return signed_in(organisation_id, member_id, to)


def _said() -> Said:
    """Fetch and check the ID token; the address from where it may stand instead."""
    settings = deps().settings
    must = {
        "iss": {"essential": True, "value": settings.oidc_issuer},
        "aud": {"essential": True, "value": settings.oidc_client_id},
    }
    token = _provider().authorize_access_token(claims_options=must, leeway=_CLOCKS)
    claims = token.get("userinfo")
    if claims is None:
        raise Refused("an answer without an ID token")
    told = claims if "email" in claims else _provider().userinfo(token=token)
    if told.get("sub") != claims["sub"]:
        raise Refused("the address of somebody else")
    verified = told.get("email_verified")
    email = told.get("email") if verified is True or verified == "true" else None  # some providers send a text
    return Said(str(claims["sub"]), str(email) if email else None)


def _provider() -> Any:  # noqa: ANN401 - Authlib makes the class of what it returns
    oauth = current_app.extensions.get("authlib.integrations.flask_client")
    if oauth is None:
        raise NotFound("page", request.path)
    return oauth.provider


def _unanswered(organisation_id: UUID, error: Exception) -> tuple[str, int]:
    log.warning("openid_unanswered", error=type(error).__name__)
    return shown(organisation_id, wrong="unanswered"), 503
