"""An OpenID provider on loopback, made with Authlib's other half: ``python openid_provider.py PORT``.

Whoever comes is the one that it was told. POST /told says who that is, and which lie is told of him: a provider that is
broken, or somebody in between.
"""

import os
import sys
import time
from types import SimpleNamespace
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, Response, jsonify, request
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "hardwon", "the provider's secret"
app = Flask(__name__)
app.config["OAUTH2_SCOPES_SUPPORTED"] = ["openid", "email"]
key, other_key = (RSAKey.generate_key(2048, {"kid": "the key", "use": "sig", "alg": "RS256"}) for _ in range(2))
told: dict[str, Any] = {"claims": {"sub": "nobody"}, "lie": "", "userinfo": {}}
codes: dict[str, Any] = {}
tokens: dict[str, dict[str, Any]] = {}


class Client:
    """Hardwon, as the provider knows it."""

    client_id = CLIENT

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, uri: str) -> bool:
        return uri == "http://localhost/sign-in/openid"

    def check_client_secret(self, secret: str) -> bool:
        return secret == SECRET

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(SimpleNamespace):
    """An authorization code, good once."""

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    def save_authorization_code(self, code: str, asked: Any) -> None:
        fields = {name: asked.payload.data.get(name) for name in ("nonce", "code_challenge", "code_challenge_method")}
        codes[code] = Code(code=code, redirect_uri=asked.payload.redirect_uri, scope=asked.scope, **fields)

    def query_authorization_code(self, code: str, _client: Client) -> Code | None:
        return codes.get(code)

    def delete_authorization_code(self, code: Code) -> None:
        del codes[code.code]

    def authenticate_user(self, _code: Code) -> dict[str, Any]:
        return told["claims"]


class IdToken(OpenIDCode):
    def exists_nonce(self, _nonce: str, _request: Any) -> bool:
        return False

    def resolve_client_private_key(self, _client: Client) -> RSAKey:
        return other_key if told["lie"] == "signature" else key

    def get_client_algorithm(self, _client: Client) -> str:
        return "RS256"

    def get_encode_header(self, _client: Client) -> dict[str, str]:
        return {"alg": "RS256", "kid": "the key"}

    def get_client_claims(self, _client: Client) -> dict[str, Any]:
        lies = {
            "issuer": {"iss": "https://elsewhere.example"},
            "audience": {"aud": ["another client"]},
            "expired": {"iat": int(time.time()) - 7200, "exp": int(time.time()) - 3600},
        }
        return {"iss": issuer(), "aud": [CLIENT]} | lies.get(told["lie"], {})

    def generate_user_info(self, user: dict[str, Any], _scope: str) -> UserInfo:
        return UserInfo(user | ({"nonce": "of another time"} if told["lie"] == "nonce" else {}))


def issuer() -> str:
    return f"http://127.0.0.1:{sys.argv[1]}"


server = AuthorizationServer(
    app,
    query_client=lambda id_: Client() if id_ == CLIENT else None,
    save_token=lambda token, _request: tokens.update({token["access_token"]: token}),
)
server.register_grant(CodeGrant, [IdToken(require_nonce=True), CodeChallenge(required=True)])


@app.get("/.well-known/openid-configuration")
def configuration() -> Response:
    return jsonify(
        issuer=issuer(),
        authorization_endpoint=f"{issuer()}/authorize",
        token_endpoint=f"{issuer()}/token",
        userinfo_endpoint=f"{issuer()}/userinfo",
        jwks_uri=f"{issuer()}/keys",
        id_token_signing_alg_values_supported=["RS256"],
    )


@app.get("/keys")
def keys() -> Response:
    return jsonify(keys=[key.as_dict(private=False)])


@app.get("/authorize")
def authorize() -> Any:
    if not request.args.get("code_challenge"):
        return "without PKCE", 400
    grant = server.get_consent_grant(end_user=told["claims"])
    return server.create_authorization_response(request=request, grant_user=told["claims"], grant=grant)


@app.post("/token")
def token() -> Any:
    return server.create_token_response()


@app.get("/userinfo")
def userinfo() -> Any:
    shown = request.headers["Authorization"].removeprefix("Bearer ")
    return jsonify(told["userinfo"]) if shown in tokens else ("", 401)


@app.post("/told")
def tell() -> str:
    told.update({"lie": "", "userinfo": {}} | request.get_json())
    return ""


if __name__ == "__main__":
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # on loopback there is nobody in between
    make_server("127.0.0.1", int(sys.argv[1]), app, threaded=True).serve_forever()
