"""HTTP messages as bytes: what was asked, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

# The clock of the test web stands still until it is moved; every story is older.
START = datetime(2022, 5, 6, 8, 0, 0, tzinfo=UTC)
REASONS = {200: "OK", 301: "Moved Permanently", 302: "Moved Temporarily", 304: "Not Modified"} | {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Not Allowed",
    412: "Precondition Failed",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    502: "Bad Gateway",
    521: "521",
    503: "Service Temporarily Unavailable",
}


@dataclass(frozen=True, slots=True)
class Request:
    """One request, its exact bytes, and the parts a site looks at."""

    raw: bytes
    method: str
    target: str  # as it stands in the request line
    scheme: str
    host: str  # lower case, without port
    path: str  # percent-encoded, without query
    query: str
    headers: dict[str, str]  # lower-case names; the last of a repeated field
    body: bytes = b""

    @property
    def keeps_alive(self) -> bool:
        """Whether the client wants to send another request on this connection."""
        wish = self.headers.get("connection", "").lower()
        return wish == "keep-alive" if b"HTTP/1.0\r\n" in self.raw[:4096] else wish != "close"


@dataclass(frozen=True, slots=True)
class Reply:
    """The bytes of a response, cut where the server flushes."""

    pieces: tuple[bytes, ...]
    close: bool = False  # the end of the connection ends the body

    @property
    def raw(self) -> bytes:
        return b"".join(self.pieces)

    @property
    def final(self) -> int:
        """Where the final response begins, past any interim ones."""
        raw, at = self.raw, 0
        while raw[at + 9 : at + 10] == b"1":
            at = raw.index(b"\r\n\r\n", at) + 4
        return at

    @property
    def status(self) -> int:
        """The final status."""
        return int(self.raw[self.final + 9 : self.final + 12])


@dataclass(frozen=True, slots=True)
class File:
    """A file as a static server knows it."""

    body: bytes
    media: str  # the whole Content-Type value
    modified: datetime = START
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def etag(self) -> str:
        """As nginx makes it: hexadecimal mtime and size."""
        return f'"{int(self.modified.timestamp()):x}-{len(self.body):x}"'


def parse(raw: bytes, body: bytes, scheme: str) -> Request:
    """The request in `raw` (head) and `body`; absolute form wins over the Host field."""
    line, *fields = raw.decode("latin-1").split("\r\n")[:-2]
    method, target, _ = line.split(" ", 2)
    headers = {}
    for field in fields:
        name, _, value = field.partition(":")
        headers[name.strip().lower()] = value.strip()
    parts = urlsplit(target) if "://" in target.split("?")[0] else urlsplit(f"//x{target}")
    authority = headers.get("host", "") if parts.netloc == "x" else parts.netloc
    if method == "CONNECT":
        authority = target
    return Request(
        raw=raw + body,
        method=method,
        target=target,
        scheme=parts.scheme or scheme,
        host=authority.partition(":")[0].lower(),
        path=parts.path or "/",
        query=parts.query,
        headers=headers,
        body=body,
    )


def serve(file: File, request: Request, now: datetime) -> Reply:
    """The file as nginx sends it, or 304 when the client has this version."""
    stamp = format_datetime(file.modified, usegmt=True)
    known = request.headers.get("if-none-match")
    fresh = known == file.etag if known else request.headers.get("if-modified-since") == stamp
    validators = (("Last-Modified", stamp), ("ETag", file.etag))
    if fresh:
        return reply(304, b"", now, headers=validators)
    return reply(200, file.body, now, file.media, (*validators, *file.headers))


def reply(
    status: int,
    body: bytes,
    now: datetime,
    media: str | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Reply:
    """A well-formed response with a Content-Length (none on 304)."""
    fields = [("Server", "nginx"), ("Date", format_datetime(now, usegmt=True))]
    if media:
        fields.append(("Content-Type", media))
    if status != 304:
        fields.append(("Content-Length", str(len(body))))
    fields += [*headers, ("Connection", "keep-alive")]
    lines = [
        f"HTTP/1.1 {status} {REASONS[status]}",
        *(f"{name}: {value}" for name, value in fields),
    ]
    head = "\r\n".join(lines) + "\r\n\r\n"
    return Reply((head.encode("latin-1") + body,))


def without_body(answer: Reply) -> Reply:
    """The response to HEAD."""
    end = answer.raw.find(b"\r\n\r\n", answer.final)
    return Reply((answer.raw[: end + 4] if end >= 0 else answer.raw,), answer.close)
