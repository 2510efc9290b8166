"""HTTP/1.x messages as bytes: where the head ends, what is interim, what the payload is.

Nothing here rewrites a byte; it only says where things are. RFC 9112 is the grammar, and
real servers break it: heads that end in bare LF, chunk framing that is announced and absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,16})[ \t]*(?:;[^\n]*)?\r?\n")

HEAD_LIMIT = 256 * 1024  # bytes; no honest head comes near
LINE_LIMIT = 4096  # bytes of a chunk-size line with its extensions


def head_length(message: bytes) -> int:
    """Length of the head of `message`, blank line included; 0 when it has no end."""
    end = _HEAD_END.search(message, 0, HEAD_LIMIT)
    return end.end() if end else 0


def status(head: bytes) -> int:
    """Status code of a response head; 0 when the start line has none.

    >>> status(b"HTTP/1.1 404 Not Found\\r\\n\\r\\n")
    404
    """
    match = _STATUS.match(head)
    return int(match[1]) if match else 0


def interim_length(message: bytes) -> int:
    """Length of the 1xx heads in front of the final response (RFC 9110, 15.2; not 101)."""
    cut = 0
    while 100 <= status(message[cut : cut + 64]) < 200 and status(message[cut : cut + 64]) != 101:
        length = head_length(message[cut:])
        if not length:
            break
        cut += length
    return cut


def fields(head: bytes) -> list[tuple[str, str]]:
    """Header fields in order, names as sent, values stripped, both as Latin-1."""
    found: list[tuple[str, str]] = []
    for line in re.split(rb"\r?\n", head)[1:]:
        if line[:1] in (b" ", b"\t") and found:
            name, value = found[-1]
            found[-1] = (name, f"{value} {line.strip().decode('latin-1')}".strip())
        elif b":" in line:
            raw, _, rest = line.partition(b":")
            found.append((raw.strip().decode("latin-1"), rest.strip().decode("latin-1")))
    return found


def field(head: bytes, name: str) -> str | None:
    """First value of the named field, or `None`."""
    return next((v for n, v in fields(head) if n.lower() == name.lower()), None)


def is_chunked(head: bytes) -> bool:
    """Whether the head announces chunk framing as the last transfer coding."""
    codings = ",".join(v for n, v in fields(head) if n.lower() == "transfer-encoding")
    return codings.lower().rpartition(",")[2].strip() == "chunked"


@dataclass(slots=True)
class Dechunker:
    """Takes chunk framing off, piece by piece (RFC 9112, 7.1).

    What comes before a framing error is payload; what comes after it is not. A body that
    does not even start like a chunk was never chunked and is passed through as it is.
    """

    _line: bytes = b""  # a size line or line end not yet complete
    _left: int = 0  # bytes of the current chunk still to come
    _state: str = "start"  # start, size, data, crlf, done, plain
    _ended: bool = False  # the chunk of size 0 was seen

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Payload pieces that `data` completes."""
        at = 0
        while at < len(data) and self._state != "done":
            if self._state == "plain":
                yield data[at:]
                return
            if self._state == "data":
                piece = data[at : at + self._left]
                self._left -= len(piece)
                at += len(piece)
                self._state = "data" if self._left else "crlf"
                yield piece
            else:
                end = data.find(b"\n", at) + 1 or len(data)
                self._line += data[at:end]
                at = end
                if self._line.endswith(b"\n") or len(self._line) > LINE_LIMIT:
                    yield from self._end_of_line()

    def close(self) -> Iterator[bytes]:
        """What is left when the body ends: all of it, if it never looked like a chunk."""
        if self._state == "start" and self._line:
            yield self._line

    @property
    def is_plain(self) -> bool:
        """Whether what was fed does not begin like chunks."""
        return self._state == "plain" or (self._state == "start" and bool(self._line))

    @property
    def is_complete(self) -> bool:
        """Whether the last chunk was seen, the one of size 0."""
        return self._ended

    def _end_of_line(self) -> Iterator[bytes]:
        line, self._line = self._line, b""
        if self._state == "crlf" and line in (b"\r\n", b"\n"):
            self._state = "size"
            return
        size = _CHUNK_SIZE.fullmatch(line)
        if size:
            self._left = int(size[1], 16)
            self._state = "data" if self._left else "done"
            self._ended = not self._left
        elif self._state == "start":
            self._state = "plain"
            yield line
        else:
            self._state = "done"


def payload(head: bytes, body: bytes) -> bytes:
    """The entity body: transfer coding taken off, content coding kept (WARC 1.1, 6.3.2).

    >>> payload(b"HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n", b"2\\r\\nhi\\r\\n0\\r\\n\\r\\n")
    b'hi'
    """
    return b"".join(payload_pieces(head, [body])) if is_chunked(head) else body


def payload_pieces(head: bytes, body: Iterable[bytes]) -> Iterator[bytes]:
    """The entity body piece by piece; a body that lies about being chunked is given as it is."""
    if not is_chunked(head):
        yield from body
        return
    dechunker = Dechunker()
    for piece in body:
        yield from dechunker.feed(piece)
    yield from dechunker.close()
