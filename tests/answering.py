"""A small web behind an HTTP proxy whose answers are a function: for questions of one test each."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Asked:
    """One request: which host and path, which fields it had, when it came."""

    host: str
    path: str  # with query
    fields: dict[str, str]  # names in lower case
    at: float  # monotonic seconds


@dataclass(frozen=True)
class Answer:
    """What comes back; status 0 closes the connection without a word. Fields may hold bytes that
    are no UTF-8, as surrogates."""

    status: int = 200
    body: bytes = b""
    fields: tuple[tuple[str, str], ...] = ()
    type: str = "text/html; charset=utf-8"


@dataclass
class Answering:
    """A running web."""

    proxy: str
    log: list[Asked] = field(default_factory=list)

    def paths(self, host: str) -> list[str]:
        """Paths asked for on a host in order, robots.txt left out."""
        return [row.path for row in self.log if row.host == host and row.path != "/robots.txt"]


@contextmanager
def answering(answer: Callable[[Asked], Answer]) -> Iterator[Answering]:
    """A web that answers every request, to any host, with what the function says."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            path = url.path + (f"?{url.query}" if url.query else "")
            fields = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(url.hostname or "", path, fields, monotonic())
            web.log.append(asked)
            given = answer(asked)
            if not given.status:
                self.close_connection = True
                return
            head = [f"HTTP/1.1 {given.status} X", f"Content-Type: {given.type}"]
            head += [f"{name}: {value}" for name, value in given.fields]
            body = b"" if given.status == 304 else given.body
            head += [] if given.status == 304 else [f"Content-Length: {len(body)}"]
            text = "\r\n".join([*head, "", ""])
            self.wfile.write(text.encode("utf-8", "surrogateescape") + body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Quiet where the other side was killed."""
            if not isinstance(sys.exception(), ConnectionError):
                super().handle_error(*_)

    with Server(("127.0.0.1", 0), Handler) as server:
        web = Answering(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield web
        server.shutdown()
        thread.join()


def article(title: str, *links: str, paragraph: str = "") -> Answer:
    """A page with one article's worth of text, and links."""
    text = paragraph or f"{title}：本报讯，县里召开工作会议，研究部署下一步工作，强调要抓好落实。"
    items = "".join(f'<li><a href="{link}">{title}{link}</a></li>' for link in links)
    body = (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
        f"<div class='content'><p>{text}</p><p>{text * 3}</p></div><ul>{items}</ul></body></html>"
    )
    return Answer(body=body.encode())


def define(folder: Path, host: str, *, delay: float = 0.0, more: str = "") -> Path:
    """Write the definition of a site of one host; the folder."""
    folder.mkdir(exist_ok=True)
    (folder / f"{host}.toml").write_text(
        f'id = "{host}"\nname = "{host}"\n[[seed]]\nurl = "http://{host}/"\n{more}'
        f"[politeness]\ndelay = {delay}\n",
        "utf-8",
    )
    return folder
