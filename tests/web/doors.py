"""TLS of servers that cannot do better, each behind a port of its own.

The version is agreed upon before the name is read, so one listener cannot have both. The sockets
block: asyncio closes a connection without sending the alert that says why.
"""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress

LOOPBACK = "127.0.0.1"


class Door:
    """A listener that speaks TLS to the outside and passes what it reads to a port behind it.

    Given bytes for a context, it gives these back to whatever it is told, and closes.
    """

    def __init__(self, context: ssl.SSLContext | bytes, behind: int) -> None:
        self._context, self._behind = context, behind
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """No more connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                outside, _ = self._listener.accept()
                threading.Thread(target=self._open, args=(outside,), daemon=True).start()

    def _open(self, outside: socket.socket) -> None:
        with outside, suppress(OSError):  # ssl.SSLError is one: the handshake failed
            if isinstance(self._context, bytes):
                outside.recv(1 << 16)
                outside.sendall(self._context)
                return
            with (
                self._context.wrap_socket(outside, server_side=True) as secure,
                socket.create_connection((LOOPBACK, self._behind)) as inside,
            ):
                back = threading.Thread(target=_copy, args=(inside, secure), daemon=True)
                back.start()
                _copy(secure, inside)
                back.join()


def _copy(reader: socket.socket, writer: socket.socket) -> None:
    with suppress(OSError):
        while data := reader.recv(1 << 16):
            writer.sendall(data)
    with suppress(OSError):
        writer.shutdown(socket.SHUT_WR)
