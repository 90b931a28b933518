"""The health check of worker and beat: this container's process has talked with the broker lately.

That says that its loop turns and that the broker answers, without asking the process itself, which may be busy with long work.
Whether work gets done is what /readyz tells.
"""  # noqa: INP001 - a script of the image, in no package

import sys

from redis import Redis

from hardwon.config import ServiceSettings, load

_SECONDS = 15
"""A worker looks for abandoned tasks each second, and beat sends each other second."""


def main() -> int:
    """Return 0 if a connection from this container's address, other than this check's own, was used lately."""
    url = load(ServiceSettings).redis_url.get_secret_value()
    with Redis.from_url(url, socket_timeout=4, single_connection_client=True) as redis:
        own = redis.client_info()
        idle = [
            int(one["idle"]) for one in redis.client_list() if _host(one) == _host(own) and int(one["id"]) != own["id"]
        ]
    return 0 if min(idle, default=_SECONDS) < _SECONDS else 1


def _host(client: dict[str, str]) -> str:
    return client["addr"].rpartition(":")[0]


if __name__ == "__main__":
    sys.exit(main())
