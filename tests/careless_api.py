"""An API that takes a database that is away for any other mistake: what the tests of trouble with PostgreSQL must find.

Usage: careless_api.py --port PORT
"""

import sys
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from hardwon_api import app, problems


def from_environment() -> Any:
    problems._database_away = problems._unexpected  # type: ignore[assignment]
    return app.from_environment()


if __name__ == "__main__":
    Granian(
        "careless_api:from_environment",
        factory=True,
        port=int(sys.argv[2]),
        interface=Interfaces.WSGI,
        blocking_threads=8,
    ).serve()
