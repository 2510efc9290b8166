"""Chromium without a window, kept to loopback; and a port that notes every connection to it."""

from __future__ import annotations

import shutil
import socketserver
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip

needed = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


def opened(url: str, profile: Path, *more: str, seconds: int = 6) -> str:
    """The page's document after `seconds` of its own time, as HTML."""
    assert CHROMIUM is not None
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", *more]
    done = subprocess.run(
        [*command, f"--virtual-time-budget={seconds * 1000}", "--dump-dom", url],
        capture_output=True,
        timeout=120,
    )
    return done.stdout.decode("utf-8", "replace")


def cookies(profile: Path) -> int:
    """Number of cookies a profile keeps."""
    kept = [path for path in profile.rglob("Cookies") if path.is_file()]
    count = 0
    for path in kept:
        db = sqlite3.connect(path)
        count += db.execute("SELECT count(*) FROM cookies").fetchone()[0]
        db.close()
    return count


class Canary:
    """A loopback port. `requests` are the paths asked for, `connections` counts all of them."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.connections = 0
        self.pages: dict[str, tuple[bytes, bytes]] = {}  # path: head fields, body

    def forget(self) -> None:
        self.requests, self.connections = [], 0


@contextmanager
def canary() -> Iterator[tuple[Canary, int]]:
    """A canary and its port. It answers anything; with a page of `pages` where it has one."""
    noted = Canary()

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            noted.requests.append(self.path)
            head, body = noted.pages.get(
                self.path, (b"Content-Type: text/html\r\n", b"<p>live</p>")
            )
            self.wfile.write(b"HTTP/1.0 200 OK\r\n" + head + b"\r\n" + body)

        do_POST = do_HEAD = do_OPTIONS = do_GET

        def log_message(self, format: str, *values: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def process_request(self, request, client_address):  # type: ignore[no-untyped-def]
            noted.connections += 1
            super().process_request(request, client_address)

        def handle_error(self, request, client_address):  # type: ignore[no-untyped-def]
            pass

        def server_bind(self) -> None:
            socketserver.TCPServer.server_bind(self)

    with Server(("127.0.0.1", 0), Noting) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield noted, server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
