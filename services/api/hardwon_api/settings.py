"""What the API needs to know, beside what every service does. Each limit is told in docs/how-to/use-the-api.md."""

from pydantic import Field

from hardwon.config import ServiceSettings


class ApiSettings(ServiceSettings):
    """The API's settings."""

    max_body_bytes: int = Field(8 * 1024 * 1024, ge=1024, description="largest request body, in bytes")
    max_streams: int = Field(64, ge=1, description="live streams of one API process at a time; each holds a thread")
    max_streams_per_token: int = Field(8, ge=1, description="live streams of one token at a time")
    request_threads: int = Field(16, ge=1, description="requests worked on at a time, live streams apart; as many wait")
    requests_per_minute: int = Field(6_000, ge=1, description="how often one token may ask")
    search_timeout: float = Field(3.0, gt=0, description="seconds that a search waits for a worker")
