"""What one exchange becomes in a WARC file, byte for byte (WARC 1.1, ISO 28500:2017).

A response block is the message as it came off the wire, without interim 1xx heads (pywb,
warcio, jwarc and FastWARC take a leading 103 for the answer; they are kept in the metadata
record). The payload digest is over the entity body: de-chunked, still content-coded
(WARC 1.1, 5.9 and 6.3.2; iipc/warc-specifications#22). All records of one exchange carry one
WARC-Date, the start of the capture. A request follows its response and points back to it, so
that no reference looks forward and files can be concatenated. What a response says of the
connection its request does not say again, and the warcinfo record in front of all of them,
which describes them by its place (WARC 1.1, 6.1), is not named in each.

Fields stand in the order that packs best: what a record repeats of itself or of its block lies
near (real pages of twelve sets, 2026-11: 7 bytes less an exchange than in the usual order).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from archive.formats import message
from archive.warc import (
    Headers,
    Original,
    Record,
    pieces,
    record_ids,
    sha256,
    warc_date,
    warc_fields,
)

_PROFILES = "http://netpreserve.org/warc/1.1/revisit"
# Bytes of a payload below which only the page itself is asked whether it repeats: a revisit record
# takes about 500 bytes of the file, so there is nothing to save, and error pages are as short.
REPEAT_LEAST = 1024
# What a revisit of the same payload is to its own URL: `new` where the URL never brought this
# payload last, so that its text is derived, or `unchanged`.
VISIT, NEW, UNCHANGED = "Fangzhi-Visit", "new", "unchanged"

# The response that an answer with this payload digest and head may refer to; where an original is
# given only that one, if it fits (archive/payloads.py).
FindPayload = Callable[[str, bytes, "Original | None"], "Original | None"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer as they went over the wire, ready to become records."""

    target_uri: str
    date: datetime
    request: bytes
    response: BinaryIO  # interim heads included, positioned anywhere
    truncated: str | None = None  # length, time, disconnect
    ip_address: str | None = None
    protocols: tuple[str, ...] = ()  # http/1.1, tls/1.3
    cipher: str | None = None
    notes: tuple[tuple[str, str], ...] = ()  # fields of the metadata record
    original: Original | None = None  # what the answer may turn out to repeat
    view: str = ""  # whose view of the page it is, where it is no capture of it: archive/views.py


def exchange_records(exchange: Exchange, find: FindPayload | None = None) -> tuple[Record, ...]:
    """Response (if a byte of one came), request and metadata record of one exchange.

    An answer that repeats `exchange.original` becomes a revisit record: 304, or the same payload
    again. So does one whose payload `find` knows from elsewhere.
    """
    ids = record_ids(exchange.date)
    capture = f"<{next(ids)}>"
    date, uri = ("WARC-Date", warc_date(exchange.date)), ("WARC-Target-URI", exchange.target_uri)
    wire = [("WARC-IP-Address", exchange.ip_address)] if exchange.ip_address else []
    wire += [("WARC-Protocol", protocol) for protocol in exchange.protocols]
    wire += [("WARC-Cipher-Suite", exchange.cipher)] if exchange.cipher else []
    notes = list(exchange.notes)
    records: list[Record] = []
    interim, length = _interim_heads(exchange.response)
    if length:
        about = _About([date, ("WARC-Record-ID", capture)], [*wire, uri])
        answer, head = _answer(exchange, about, (len(interim), length), find)
        records.append(answer)
        notes += [("http-not-modified", "; ".join(_lines(head)))] if head else []
        notes += [("http-interim", head) for head in _interim_notes(interim)]
    if exchange.request and length:
        back = [("WARC-Concurrent-To", capture), date, ("WARC-Record-ID", f"<{next(ids)}>")]
        records.append(_request(exchange, _About(back, [uri])))
    elif exchange.request:
        records.append(
            _request(exchange, _About([date, ("WARC-Record-ID", capture)], [*wire, uri]))
        )
    block = warc_fields(notes)
    headers = [
        ("WARC-Type", "metadata"),
        ("Content-Type", "application/warc-fields"),
        *([("WARC-Refers-To", capture)] if records else []),
        date,
        ("WARC-Record-ID", f"<{next(ids)}>"),
        ("WARC-Block-Digest", sha256([block])),
        uri,
    ]
    records.append(Record(headers, block, len(block)))
    return tuple(records)


@dataclass(frozen=True, slots=True)
class _About:
    """What a record of an exchange says of it, in front of its digests and behind them."""

    before: Headers
    behind: Headers


def _http(kind: str, role: str, about: _About, *fields: tuple[str, str]) -> Headers:
    """Header fields of a record that holds a message."""
    media = ("Content-Type", f"application/http; msgtype={role}")
    return [("WARC-Type", kind), media, *about.before, *fields, *about.behind]


def _request(exchange: Exchange, about: _About) -> Record:
    """The request record. Nearly every request is without a body, and then without its digest."""
    sent = exchange.request
    digests = [("WARC-Block-Digest", sha256([sent]))]
    if body := sent[message.head_length(sent) :]:
        digests.append(("WARC-Payload-Digest", sha256([body])))
    return Record(_http("request", "request", about, *digests), sent, len(sent))


def _answer(
    exchange: Exchange, about: _About, size: tuple[int, int], find: FindPayload | None
) -> tuple[Record, bytes]:
    """The response or revisit record of an answer; the 304 head that a revisit leaves out.

    A 304 has the one form that replays in pywb and in ReplayWeb.page alike: an empty block, and the
    original named by id, URL and date (measured on seven forms, 2026-11). Its head is kept in the
    metadata record. For a payload that came again the head is the block: a redirect's is needed.
    `size` counts the interim heads, and what follows them.
    """
    cut, length = size
    block = _Tail(exchange.response, cut)
    start = block.start(message.HEAD_LIMIT - cut)
    head = start[: message.head_length(start)]
    original = exchange.original
    if original is not None and message.status(head) == 304:
        fields = [
            ("WARC-Profile", f"{_PROFILES}/server-not-modified"),
            *_refers_to(original),
            ("WARC-Block-Digest", sha256([])),
            ("WARC-Payload-Digest", original.payload_digest),
        ]
        return Record(_http("revisit", "response", about, *fields), b"", 0, original), head
    # A head that was cut is all there is of the message: no payload came.
    before = head or (start if start.startswith(b"HTTP/") else b"")
    payload = _Counted(message.payload_pieces(before, pieces(block, len(before))))
    digest = sha256(payload)
    repeats, visit = _repeated(exchange, head, digest, payload.size, find)
    if repeats is not None:
        fields = [
            ("WARC-Profile", f"{_PROFILES}/identical-payload-digest"),
            *_refers_to(repeats),
            ("WARC-Block-Digest", sha256([head])),
            ("WARC-Payload-Digest", digest),
            ("WARC-Truncated", "length"),
            (VISIT, visit),
        ]
        headers = _http("revisit", "response", about, *fields)
        return Record(headers, head, len(head), repeats), b""
    fields = [("WARC-Block-Digest", sha256(pieces(block))), ("WARC-Payload-Digest", digest)]
    fields += [("WARC-Truncated", exchange.truncated)] if exchange.truncated else []
    return Record(_http("response", "response", about, *fields), block, length), b""


def _repeated(
    exchange: Exchange, head: bytes, digest: str, size: int, find: FindPayload | None
) -> tuple[Original | None, str]:
    """The response whose payload an answer repeats whole, and what that says of its URL."""
    if exchange.truncated:
        return None, ""
    known = exchange.original
    if known is not None and digest == known.payload_digest:
        return find(digest, head, known) if find else known, UNCHANGED
    if find is None or size < REPEAT_LEAST or message.status(head) != 200:
        return None, ""
    return find(digest, head, None), NEW


def _refers_to(original: Original) -> Headers:
    return [
        ("WARC-Refers-To", f"<{original.record_id}>"),
        ("WARC-Refers-To-Target-URI", original.target_uri),
        ("WARC-Refers-To-Date", original.date),
    ]


class _Counted:
    """Pieces that pass, and how many bytes they were."""

    def __init__(self, source: Iterable[bytes]) -> None:
        self._source = source
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._source:
            self.size += len(piece)
            yield piece


class _Tail(BytesIO):
    """A view of a file from `cut` on, so that interim heads need no copy of the rest."""

    def __init__(self, source: BinaryIO, cut: int) -> None:
        super().__init__()
        self._source, self._cut = source, cut

    def seek(self, offset: int, whence: int = 0) -> int:
        assert whence == 0
        return self._source.seek(offset + self._cut) - self._cut

    def read(self, size: int | None = -1) -> bytes:
        return self._source.read(-1 if size is None else size)

    def start(self, size: int) -> bytes:
        self.seek(0)
        return self.read(size)


def _interim_heads(response: BinaryIO) -> tuple[bytes, int]:
    """The interim heads, and the number of bytes that follow them."""
    response.seek(0)
    start = response.read(message.HEAD_LIMIT)
    length = response.seek(0, 2)
    cut = message.interim_length(start)
    return start[:cut], length - cut


def _interim_notes(heads: bytes) -> Iterator[str]:
    for head in re.split(rb"\r?\n\r?\n", heads.strip()):
        if head:
            yield "; ".join(_lines(head))


def _lines(head: bytes) -> list[str]:
    return head.decode("latin-1").strip().split("\r\n")
