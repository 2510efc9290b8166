"""One host of the test web: its files, its expected results, and what it answers by program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from string import Template
from time import monotonic
from urllib.parse import urljoin

from tests.web.expect import Expect
from tests.web.message import START, File, Reply, Request, reply, serve

HTML = "text/html"
MISSING = (
    "<html><head><title>404</title></head><body><h1>404</h1><p>您访问的页面不存在</p></body></html>"
)
PIXEL = bytes.fromhex(  # the smallest GIF
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


@dataclass(slots=True)
class State:
    """What changes while the server runs: the clock and the counters."""

    now: datetime = START
    counts: Counter[str] = field(default_factory=Counter)
    times: dict[str, float] = field(default_factory=dict)

    def seen(self, key: str) -> int:
        """How often this was called with the key, this time included."""
        self.counts[key] += 1
        return self.counts[key]

    def too_soon(self, key: str, seconds: float) -> bool:
        """Whether this was called with the key less than `seconds` of real time ago."""
        now = monotonic()
        before = self.times.get(key, now - seconds)
        self.times[key] = now
        return now - before < seconds

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(slots=True)
class Site:
    """Files by path (with `?query` where it matters), and expected results by URL.

    `program` is asked first; `None` from it means: serve the file.
    """

    host: str
    files: dict[str, File] = field(default_factory=dict)
    expected: dict[str, Expect] = field(default_factory=dict)
    program: Callable[[Request, State], Reply | None] | None = None

    def url(self, path: str) -> str:
        return urljoin(f"http://{self.host}/", path)

    def add(self, path: str, body: str | bytes, media: str = HTML, **more: object) -> None:
        """A file; text is UTF-8. `more`: modified, headers."""
        raw = body.encode("utf-8") if isinstance(body, str) else body
        if path in self.files:
            raise ValueError(f"{self.host}{path} is there already")
        self.files[path] = File(raw, media, **more)  # type: ignore[arg-type]  # File's own fields

    def page(self, path: str, body: str | bytes, expect: Expect, media: str = HTML) -> None:
        """A file with its expected result; an index is known by its folder's URL too."""
        self.add(path, body, media)
        self.expected[self.url(path)] = expect
        if path.endswith("/index.html"):
            self.expected[self.url(path.removesuffix("index.html"))] = expect

    def answer(self, request: Request, state: State) -> Reply:
        """The response to a request."""
        made = self.program(request, state) if self.program else None
        if made is not None:
            return made
        file = self._file(request)
        if file is None:
            return reply(404, MISSING.encode(), state.now, HTML)
        return serve(file, request, state.now)

    def _file(self, request: Request) -> File | None:
        path = request.path + ("index.html" if request.path.endswith("/") else "")
        return self.files.get(f"{path}?{request.query}") or self.files.get(path)


class Markup(Template):
    """A page template with `§name` slots, so that `$` stays free for jQuery."""

    delimiter = "§"


def template(name: str) -> Markup:
    """templates/<name>."""
    return Markup((Path(__file__).parent / "templates" / name).read_text("utf-8"))


def link_list(items: Mapping[str, str]) -> str:
    """`<li>` lines of links, URL -> text."""
    return "\n".join(f'<li><a href="{url}">{text}</a></li>' for url, text in items.items())
