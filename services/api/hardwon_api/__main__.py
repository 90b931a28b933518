"""``python -m hardwon_api``: serve the API with Granian."""

import click
from granian import Granian
from granian.constants import Interfaces

from hardwon.config import SettingsError, load
from hardwon_api.gate import REFUSING_THREADS, Gate
from hardwon_api.settings import ApiSettings

_KILL_AFTER = 5  # seconds that a stop waits for requests; live streams end then


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
def main(host: str, port: int) -> None:
    """Serve Hardwon's API. Its settings come from HARDWON_* variables; see docs/how-to/configure.md."""
    try:
        settings = load(ApiSettings)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    Granian(
        "hardwon_api.app:from_environment",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=Gate.threads(settings.request_threads) + settings.max_streams + REFUSING_THREADS,
        workers_kill_timeout=_KILL_AFTER,
    ).serve()


if __name__ == "__main__":
    main()
