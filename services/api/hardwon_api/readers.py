"""Readers that take nothing of their answer: after a while the kernel hangs up on them, so that the thread that sends is free again."""

import os
import socket
from pathlib import Path

from flask import Flask


def register(app: Flask, patience: int) -> None:
    """Give readers so many seconds. The server makes its sockets by itself and shows them to nobody: the first request looks for them."""
    limited = False

    @app.before_request
    def _limit() -> None:
        nonlocal limited
        if not limited:
            limited = True
            _hang_up_after(patience)


def _hang_up_after(seconds: int) -> None:
    """Set it where connections are accepted, which hand it on to each of these. Only Linux can: elsewhere a proxy must."""
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    for each in Path("/dev/fd").iterdir() if option is not None else ():
        try:
            found = socket.socket(fileno=os.dup(int(each.name)))
        except OSError:
            continue  # no socket, or closed meanwhile
        with found:
            listens = found.family in {socket.AF_INET, socket.AF_INET6} and found.getsockopt(
                socket.SOL_SOCKET, socket.SO_ACCEPTCONN
            )
            if listens and option is not None:
                found.setsockopt(socket.IPPROTO_TCP, option, seconds * 1_000)
