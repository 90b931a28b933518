"""The embedded Valkey: broker and cache, reached over loopback only, its data in an append-only file from the first start."""

from dataclasses import dataclass, field

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from hardwon_local.binaries import Binaries
from hardwon_local.folder import DataFolder, write_private
from hardwon_local.processes import SERVER_ENVIRONMENT, Child, Program, start_child, wait_until_ready


@dataclass(frozen=True, slots=True)
class Valkey:
    child: Child
    port: int
    password: str = field(repr=False)

    @property
    def redis_url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def make_ready(self) -> None:
        """Wait until it answers: it does so only when it has read its append-only file."""
        # The client's own retries, whose pauses grow to seconds, would hide that it is there.
        with redis.Redis.from_url(self.redis_url, retry=Retry(NoBackoff(), 0), socket_timeout=5) as client:
            wait_until_ready(self.child, lambda: _unready(client), patience=60)


def start_valkey(folder: DataFolder, binaries: Binaries, *, durable: bool) -> Valkey:
    """Start it, without waiting. ``durable=False`` leaves it to the system when data reaches the disk: for tests."""
    home, port, mark = folder.server_home("valkey"), folder.port("valkey"), folder.mark()
    password = folder.private("valkey.password")
    settings = [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",  # here and not among the arguments, which every user of the machine can read
        "appendonly yes",
        f"appendfsync {'everysec' if durable else 'no'}",
        'save ""',  # the append-only file is enough
        "maxmemory-policy noeviction",  # a broker that evicts loses tasks
        "set-proc-title no",  # the title would overwrite the arguments, and with them our mark
    ]
    config = home / f"{mark}.conf"
    write_private(config, "\n".join([*settings, ""]), folder.account)
    program = Program(
        "valkey",
        [binaries.valkey, config.name],
        env=SERVER_ENVIRONMENT,
        cwd=home,  # where it writes; given this way, no path needs quoting in the file
        account=folder.account,
    )
    child = start_child(program, mark=mark, log_path=folder.log_path("valkey"))
    return Valkey(child, port, password)


def _unready(client: redis.Redis) -> str | None:
    try:
        client.ping()
    except redis.RedisError as error:
        return str(error)
    return None
