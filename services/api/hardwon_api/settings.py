"""What the API needs to know, beside what every service does. Each limit is told in docs/how-to/use-the-api.md."""

from typing import Self

from pydantic import Field, SecretStr, model_validator

from hardwon.config import ServiceSettings

_SAFE = r"^(https://|http://(localhost|127\.0\.0\.1)(:|/|$))"
"""Addresses at which nobody in between can say who somebody is."""


class ApiSettings(ServiceSettings):
    """The API's settings."""

    max_body_bytes: int = Field(8 * 1024 * 1024, ge=1024, description="largest request body, in bytes")
    proxies: int = Field(0, ge=0, description="proxies in front, whose X-Forwarded-For, -Proto and -Host count")
    oidc_issuer: str | None = Field(None, pattern=_SAFE, description="the OpenID provider that members may sign in by")
    oidc_client_id: str | None = Field(None, description="what the provider calls this Hardwon")
    oidc_client_secret: SecretStr | None = Field(None, description="by which the provider knows it")
    max_streams: int = Field(64, ge=1, description="live streams and exports at a time; each holds a thread")
    max_streams_per_token: int = Field(8, ge=1, description="of one token or session at a time")
    reader_patience: int = Field(30, ge=1, description="seconds for which a reader may take nothing of its answer")
    request_threads: int = Field(16, ge=1, description="requests worked on at a time, live streams apart; as many wait")
    requests_per_minute: int = Field(6_000, ge=1, description="how often one token may ask")
    search_timeout: float = Field(3.0, gt=0, description="seconds that a search waits for a worker")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        provider = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)
        if any(provider) and not all(provider):
            raise ValueError("set HARDWON_OIDC_ISSUER, HARDWON_OIDC_CLIENT_ID and HARDWON_OIDC_CLIENT_SECRET together")
        return self
