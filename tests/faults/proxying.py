"""A wire between client and server that can be cut at one moment: when the server has answered, and the client does not know yet."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Wire:
    """Carries one request a connection; of every second one it swallows the answer."""

    def __init__(self, port: int) -> None:
        self._to, self._listening = port, socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.carried = self.swallowed = 0

    def carry(self) -> None:
        with suppress(OSError):  # closed at the end
            while True:
                client, _ = self._listening.accept()
                with client, suppress(OSError):
                    self._carry_one(client)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _carry_one(self, client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self._to), timeout=20) as server:
            server.sendall(_request(client))
            answer = b""
            while part := server.recv(65_536):  # until the server closes: all of it is done then
                answer += part
        self.carried += 1
        if self.carried % 2:
            self.swallowed += 1
        else:
            client.sendall(answer)


def _request(client: socket.socket) -> bytes:
    """Read a whole request, and ask for the connection to be closed behind its answer."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += client.recv(65_536)
    head, _, body = read.partition(b"\r\n\r\n")
    lines = [each for each in head.split(b"\r\n") if not each.lower().startswith(b"connection:")]
    (length,) = [int(each.split(b":")[1]) for each in lines if each.lower().startswith(b"content-length:")] or [0]
    while len(body) < length:
        body += client.recv(65_536)
    return b"\r\n".join([*lines, b"Connection: close", b"", b""]) + body


@contextmanager
def wire_to(port: int) -> Iterator[Wire]:
    wire = Wire(port)
    thread = threading.Thread(target=wire.carry)
    thread.start()
    try:
        yield wire
    finally:
        wire.close()
        thread.join()
