"""torture.test: responses that are odd but seen in the wild, for byte-exactness tests.

Each path is one peculiarity; `TORTURE_PATHS` lists them, the home page links them all. The
bodies are GBK articles, so that what was recorded can also be read. `/retry` answers 503 once
for each scheme, then 200; `/post` sends the request body back.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from functools import cache

import brotli

from tests.web.expect import Expect
from tests.web.message import Reply, Request
from tests.web.site import PIXEL, Site, State, template
from tests.web.texts import Story, stories

HOST = "torture.test"
TYPE = b"Content-Type: text/html\r\n"
FIRST = (7, 1, 12, 2, 97)  # bytes of the first pieces: they cut lines, sizes and characters
PIECE = 701


def html(serial: int) -> bytes:
    """An article page in GBK."""
    story = story_of(serial)
    return (
        template("torture_page.html")
        .substitute(
            title=story.title,
            time=story.day_and_time,
            source=story.source,
            body="\n".join(f"<p>　　{line}</p>" for line in story.paragraphs),
        )
        .encode("gbk")
    )


def story_of(serial: int) -> Story:
    return stories("T", serial + 1)[serial]


def sized(body: bytes, head: bytes = TYPE, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    """A response with a Content-Length."""
    return status + b"\r\n" + head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def until_close(body: bytes, head: bytes = TYPE, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    """A response whose body has no length of its own."""
    return status + b"\r\n" + head + b"\r\n" + body


def chunks(body: bytes, size: int, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    """The body in chunks of `size`, each with the extension."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    coded = b"".join(b"%x" % len(part) + extension + b"\r\n" + part + b"\r\n" for part in parts)
    return coded + b"0" + extension + b"\r\n" + trailer + b"\r\n"


def chunked(body: bytes, head: bytes = b"") -> bytes:
    return until_close(body, TYPE + b"Transfer-Encoding: chunked\r\n" + head)


def gbk(text: str) -> bytes:
    return text.encode("gbk")


# Path -> its response, made from the page of the path.
ARTICLES: dict[str, Callable[[bytes], bytes]] = {
    "/plain": sized,
    "/chunked": lambda page: chunked(chunks(page, 97)),
    "/chunk-extension": lambda page: chunked(
        chunks(page, 50, b' ;name="a;b"', b"X-Sum: 42\r\nX-Late: 1\r\n"), b"Trailer: X-Sum\r\n"
    ),
    "/chunk-upper": lambda page: until_close(
        b"%08X\r\n" % len(page) + page + b"\r\n0000\r\n\r\n",
        TYPE + b"transfer-encoding: Chunked\r\n",
    ),
    "/gzip": lambda page: sized(packed(page), TYPE + b"Content-Encoding: gzip\r\n"),
    "/gzip-two-members": lambda page: sized(
        packed(page[:500]) + packed(page[500:]), TYPE + b"Content-Encoding: gzip\r\n"
    ),
    "/deflate": lambda page: sized(zlib.compress(page), TYPE + b"Content-Encoding: deflate\r\n"),
    "/brotli": lambda page: sized(brotli.compress(page), TYPE + b"Content-Encoding: br\r\n"),
    "/chunked-gzip": lambda page: chunked(chunks(packed(page), 31), b"Content-Encoding: gzip\r\n"),
    "/header-case": lambda page: sized(
        page,
        b"server: nginx\r\nX-UPPER-Case: 1\r\nx-lower: 2\r\nSet-Cookie: a=1; Path=/\r\n"
        b"content-type: text/html\r\nSet-Cookie: b=2\r\nVary: A\r\nvary: B\r\n",
    ),
    "/gbk-header": lambda page: sized(
        page,
        TYPE
        + b"X-Title: "
        + gbk("政府公报")
        + b'\r\nX-File: filename="'
        + gbk("公报.doc")
        + b'"\r\n',
    ),
    "/gbk-reason": lambda page: sized(page, status=b"HTTP/1.1 200 " + gbk("成功")),
    "/no-reason": lambda page: sized(page, status=b"HTTP/1.1 200"),
    "/odd-reason": lambda page: sized(page, status=b"HTTP/1.1 200  OK:  (cached)\t"),
    "/folded-header": lambda page: sized(
        page, TYPE + b"X-Fold: one\r\n  two\r\n\tthree\r\nX-Space:   padded   \r\n"
    ),
    "/no-colon": lambda page: sized(page, TYPE + b"this line has no colon\r\n"),
    "/empty-header": lambda page: sized(page, TYPE + b"X-Empty:\r\nX-Blank: \r\n"),
    "/bare-newlines": lambda page: (
        b"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: %d\n\n" % len(page) + page
    ),
    "/early-hints": lambda page: (
        b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" + sized(page)
    ),
    "/close-10": lambda page: until_close(page, status=b"HTTP/1.0 200 OK"),
    "/close-11": lambda page: until_close(page, TYPE + b"Connection: close\r\n"),
    "/retry": sized,
}
SHORT = "/short"  # announces more than it sends
OTHERS: dict[str, tuple[bytes, Expect]] = {
    "/204": (b"HTTP/1.1 204 No Content\r\nX-Empty: 1\r\n\r\n", Expect()),
    "/404": (
        sized(gbk("<h1>您访问的页面不存在</h1>"), status=b"HTTP/1.1 404 Not Found"),
        Expect(rejected="http-error"),
    ),
    "/empty": (sized(b""), Expect(rejected="no-text")),
    "/moved": (
        sized(b"moved", TYPE + b"Location: /moved-on\r\n", b"HTTP/1.1 301 Moved Permanently"),
        Expect(rejected="redirect"),
    ),
    "/moved-on": (
        sized(b"moved", TYPE + b"location: plain?from=moved\r\n", b"HTTP/1.1 302 Found"),
        Expect(rejected="redirect"),
    ),
    "/style.css": (sized(b"body{margin:0}", b"Content-Type: text/css\r\n"), Expect()),
    "/pixel.gif": (sized(PIXEL, b"Content-Type: image/gif\r\n"), Expect(rejected="not-html")),
    "/query?a=1&b=%D5%FE%B8%AE": (sized(gbk("<p>政府</p>")), Expect()),
    "/robots.txt": (
        sized(b"User-agent: *\nDisallow: /forbidden\n", b"Content-Type: text/plain\r\n"),
        Expect(),
    ),
}
TORTURE_PATHS = (*ARTICLES, SHORT, *OTHERS)
CLOSING = ("/close-10", "/close-11", SHORT)
NOT_FOUND = sized(b"nothing here", status=b"HTTP/1.1 404 Not Found")
BUSY = sized(b"busy", TYPE + b"Retry-After: 1\r\n", b"HTTP/1.1 503 Service Temporarily Unavailable")


def packed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


@cache
def responses() -> dict[str, bytes]:
    """Path (with query) -> the exact response."""
    made = {path: make(html(serial)) for serial, (path, make) in enumerate(ARTICLES.items())}
    made[SHORT] = sized(html(len(ARTICLES))).replace(b"Content-Length: ", b"Content-Length: 9")
    made |= {path: response for path, (response, _) in OTHERS.items()}
    made["/plain?from=moved"] = made["/plain"]
    links = "\n".join(
        f'<li><a href="{path.replace("&", "&amp;")}">{path[1:]}</a></li>'
        for path in (*TORTURE_PATHS, "/forbidden")
    )
    made["/"] = sized(
        gbk(f"<html><head><title>刑具目录</title></head><body><ul>\n{links}\n</ul></body></html>")
    )
    return made


def build() -> Site:
    """The host; everything is made by the program."""
    made = Site(HOST, program=_answer)
    for serial, path in enumerate((*ARTICLES, SHORT)):
        story = story_of(serial)
        made.expected[made.url(path)] = Expect(
            title=story.title,
            date=story.published,
            source=story.source,
            lines=None if path == SHORT else story.paragraphs,
            verdict="clean",
            key=story.key,
        )
    for path, (_, expect) in OTHERS.items():
        made.expected[made.url(path)] = expect
    made.expected[made.url("/")] = Expect(rejected="list-page")
    return made


def _answer(request: Request, state: State) -> Reply:
    if request.path == "/post":
        return Reply((sized(request.body, b"Content-Type: application/octet-stream\r\n"),))
    if request.path == "/retry" and state.seen(f"{request.scheme} /retry") == 1:
        return Reply((BUSY,))
    asked = request.path + (f"?{request.query}" if request.query else "")
    response = responses().get(asked, NOT_FOUND)
    return Reply(tuple(_pieces(response)), close=request.path in CLOSING)


def _pieces(response: bytes) -> list[bytes]:
    """The response cut at places that mean nothing."""
    pieces, at = [], 0
    for size in FIRST:
        pieces.append(response[at : at + size])
        at += size
    pieces += [response[start : start + PIECE] for start in range(at, len(response), PIECE)]
    return [piece for piece in pieces if piece]
