"""A small HTTP server for loopback: what is not asked for properly is refused before it is read.

GET and HEAD without a body, a short path, a Host that is ours (a page that rebinds a name of its
own to 127.0.0.1 sends its own name), one request a connection, a deadline for sending the request
and one for taking the answer, a limited number of connections at a time. 127.0.0.1 only.
"""

from __future__ import annotations

import io
import re
import socket
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Semaphore
from typing import Any, ClassVar
from urllib.parse import quote

ADDRESS = "127.0.0.1"
CONNECTIONS = 64  # at a time; more are told to come back
PATH_LIMIT = 8192  # bytes
REQUEST_SECONDS = 10.0  # for the whole request head
ANSWER_SECONDS = 300.0  # for taking the whole answer
SEND_SECONDS = 30.0  # for taking a piece of it

# Fields of every answer. Nothing of ours is fetched by, or shown inside, a page of somebody else.
ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-DNS-Prefetch-Control", "off"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ("Cache-Control", "no-store"),
)

_PATH = re.compile(r"/[!-~]*")
_UNSAFE = re.compile(r"[^ -~]")  # in a header value: a captured URL may hold anything
Fields = Iterable[tuple[str, str]]


class Gate(ThreadingHTTPServer):
    """A listening server on loopback; `port` 0 takes a free one. Raises `OSError`."""

    daemon_threads = True
    request_queue_size = CONNECTIONS

    def __init__(self, port: int, handler: type[Asked], *, verbose: bool = False) -> None:
        self.verbose = verbose
        self._slots = Semaphore(CONNECTIONS)
        super().__init__((ADDRESS, port), handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def names(self) -> tuple[str, str]:
        """What a Host field may say."""
        return f"{ADDRESS}:{self.port}", f"localhost:{self.port}"

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's asks a name server for the name of the address

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._slots.acquire(blocking=False):
            super().process_request(request, client_address)
            return
        with suppress(OSError):
            request.sendall(b"HTTP/1.0 503 Service Unavailable\r\nRetry-After: 1\r\n\r\n")
        self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # the other side went away
            super().handle_error(request, client_address)


class Asked(BaseHTTPRequestHandler, ABC):
    """One request. A subclass answers it in `answer`."""

    server: Gate
    server_version = "fangzhi"
    sys_version = ""
    refused_destinations: ClassVar[Sequence[str]] = ()  # values of Sec-Fetch-Dest

    def setup(self) -> None:
        super().setup()
        self.rfile = io.BufferedReader(_Until(self.connection, REQUEST_SECONDS))

    def parse_request(self) -> bool:
        if not super().parse_request():
            return False
        self.connection.settimeout(SEND_SECONDS)
        problem = self._problem()
        if problem:
            self.send_error(*problem)
        return problem is None

    @abstractmethod
    def answer(self) -> None:
        """Send the answer to this request."""

    def do_GET(self) -> None:
        self.answer()

    def do_HEAD(self) -> None:
        self.answer()

    def reply(self, status: int, fields: Fields, pieces: Iterable[bytes] = ()) -> None:
        """Send a status, our fields and these, and the body unless it was not asked for."""
        until = time.monotonic() + ANSWER_SECONDS
        self.send_response(status)
        for name, value in (*ALWAYS, *fields):
            self.send_header(name, _UNSAFE.sub(_percent, value))
        self.end_headers()
        for piece in pieces if self.command != "HEAD" else ():
            if time.monotonic() > until:
                raise TimeoutError("the answer was not taken")
            self.wfile.write(piece)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """A refusal: one line of plain text."""
        self.command = getattr(self, "command", None) or "GET"
        text = f"{code} {message or self.responses.get(code, ('',))[0]}\n".encode(
            "ascii", "replace"
        )
        fields = [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))]
        if code == 405:
            fields.append(("Allow", "GET, HEAD"))
        self.reply(code, [*fields, ("Content-Security-Policy", "default-src 'none'")], [text])

    def log_message(self, format: str, *values: Any) -> None:
        if self.server.verbose:
            super().log_message(format, *values)

    def _problem(self) -> tuple[int, str] | None:
        """Why this request is refused, if it is."""
        if self.command not in ("GET", "HEAD"):
            return 405, "only GET and HEAD"
        if len(self.path) > PATH_LIMIT:
            return 414, "path too long"
        if not _PATH.fullmatch(self.path):
            return 400, "not a path"
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or hosts[0] not in self.server.names:
            return 421, "not a host of this server"
        if self.headers.get("Transfer-Encoding") or self.headers.get("Content-Length", "0") != "0":
            return 400, "no body is read"
        return self.other_problem()

    def other_problem(self) -> tuple[int, str] | None:
        """Why this server in particular refuses the request, if it does."""
        if self.headers.get("Sec-Fetch-Dest") in self.refused_destinations:
            return 403, "not for this"
        return None


def _percent(character: re.Match[str]) -> str:
    return quote(character[0], safe="", errors="replace")


class _Until(io.RawIOBase):
    """The bytes of a connection until a deadline, however slowly they come."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._until = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request did not come")
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)
