"""A supervisor on the folder of its first argument; further arguments are shell commands to run beside the servers."""

import json
import os
import sys
import time

from hardwon_local.folder import DataFolder
from hardwon_local.processes import stopping_on_signals
from hardwon_local.servers import servers


def main() -> None:
    path, *commands = sys.argv[1:]
    with stopping_on_signals(), servers(DataFolder(path)) as running:
        for number, command in enumerate(commands):
            running.start(f"command{number}", ["sh", "-c", command], os.environ)
        said = {
            "owner_database_url": running.owner_database_url,
            "redis_url": running.redis_url,
            "pids": {child.name: child.pid for child in running.children},
        }
        print(json.dumps(said), flush=True)  # noqa: T201 - how it tells the test
        while not running.ended():
            time.sleep(0.05)
        sys.exit("a process ended by itself")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("stopped in order")  # noqa: T201 - how it tells the test
