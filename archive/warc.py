"""WARC records: their fields, ids, dates and digests (WARC 1.1, ISO 28500:2017).

What an exchange becomes is in archive/formats/exchange.py, what a derived text in archive/textrecords.py.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import BinaryIO

from archive.model import Location

PIECE = 64 * 1024
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")
_DATE = re.compile(
    r"([0-9]{4})(?:-?([0-9]{2})(?:-?([0-9]{2})(?:[Tt ]?([0-9]{2}):?([0-9]{2})"
    r"(?::?([0-9]{2})(?:\.([0-9]{1,18}))?)?)?)?)?(Z|z|[+-][0-9]{2}:[0-9]{2})?"
)

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Record:
    """One WARC record about to be written: header fields in order, and the block."""

    headers: Headers
    block: BinaryIO | bytes
    length: int
    original: Original | None = None  # of a revisit

    @property
    def id(self) -> str:
        """`urn:uuid:…`, without angle brackets."""
        return next(v for n, v in self.headers if n == "WARC-Record-ID").strip("<>")


@dataclass(frozen=True, slots=True)
class Original:
    """An earlier response, whole and still in the archive."""

    record_id: str
    target_uri: str
    date: str  # WARC-Date
    payload_digest: str
    location: Location | None = None  # where it was looked up


def record_ids(moment: datetime) -> Iterator[str]:
    """Fresh ids for up to 256 records of one capture: the millisecond of the capture, which
    WARC-Date says too, 66 random bits, and a number (RFC 9562, 5.7 and 6.2: version 7 with a
    counter). They say nothing about the machine.

    Ids that sort by time keep the rows of state.sqlite in the order they are written: with wholly
    random ones each row fell on a database page of its own, to be read, journalled and written.
    Ids of one capture that differ in a digit make its records 25 bytes smaller.
    """
    milliseconds = int(moment.timestamp() * 1000) & (1 << 48) - 1
    bits = milliseconds << 80 | secrets.randbits(72) << 8
    bits = bits & ~(0xF << 76 | 0x3 << 62) | 0x7 << 76 | 0x2 << 62
    stem = str(uuid.UUID(int=bits))[:-2]
    return (f"urn:uuid:{stem}{number:02x}" for number in range(256))


def warc_date(moment: datetime) -> str:
    """WARC-Date of an aware moment: UTC, microseconds (WARC 1.1, 5.4).

    >>> warc_date(datetime(2026, 11, 24, 8, 0, 0, 120000, UTC))
    '2026-11-24T08:00:00.120000Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_date(value: str) -> datetime:
    """WARC-Date as an aware moment; the epoch when it cannot be read.

    >>> parse_date("2026-11-24T08:00:00.5Z").isoformat()
    '2026-11-24T08:00:00.500000+00:00'

    Read leniently: any precision of W3CDTF, an offset, and the 14 digits of a CDX.
    """
    match = _DATE.fullmatch(value.strip())
    if match is None:
        return datetime.fromtimestamp(0, UTC)
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    clock = f"{hour or '00'}:{minute or '00'}:{second or '00'}.{(fraction or '0')[:6]:0<6}"
    offset = "+00:00" if zone in (None, "Z", "z") else zone
    try:
        moment = datetime.fromisoformat(f"{year}-{month or '01'}-{day or '01'}T{clock}{offset}")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.fromtimestamp(0, UTC)


def sha256(pieces: Iterable[bytes]) -> str:
    """Labelled digest, lower-case Base16 (iipc/warc-specifications#48)."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return f"sha256:{digest.hexdigest()}"


def warcinfo(filename: str, date: datetime, about: Mapping[str, str]) -> Record:
    """The record a file opens with: who wrote it, with what, under which rules."""
    block = warc_fields(about.items())
    headers = [
        ("WARC-Type", "warcinfo"),
        ("Content-Type", "application/warc-fields"),
        ("WARC-Date", warc_date(date)),
        ("WARC-Record-ID", f"<{record_id_for(filename, block)}>"),
        ("WARC-Block-Digest", sha256([block])),
        ("WARC-Filename", filename),
    ]
    return Record(headers, block, len(block))


def conversion(
    *, target_uri: str, date: datetime, refers_to: str, text: bytes, notes: Headers, info: str
) -> Record:
    """A conversion record: the article text of one capture (WARC 1.1, 6.7)."""
    headers = [
        ("WARC-Type", "conversion"),
        ("WARC-Record-ID", f"<{record_id_for(refers_to, text)}>"),
        ("WARC-Target-URI", target_uri),
        ("WARC-Date", warc_date(date)),
        ("WARC-Warcinfo-ID", f"<{info}>"),
        ("WARC-Refers-To", f"<{refers_to}>"),
        *notes,
        ("WARC-Block-Digest", sha256([text])),
        ("Content-Type", "text/plain; charset=utf-8"),
    ]
    return Record(headers, text, len(text))


def record_id_for(source: str, content: bytes) -> str:
    """The id of a derived record: the same source and content give the same id (RFC 9562, v5)."""
    return (
        f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, source + hashlib.sha256(content).hexdigest())}"
    )


def warc_fields(fields: Iterable[tuple[str, str]]) -> bytes:
    """`application/warc-fields`: one `name: value` a line, control characters escaped."""
    return "".join(f"{name}: {_one_line(value)}\r\n" for name, value in fields).encode("utf-8")


def header_bytes(record: Record) -> bytes:
    """The version line and named fields, up to and including the blank line."""
    lines = ["WARC/1.1"]
    for name, value in record.headers:
        lines.append(f"{name}: {_one_line(value)}")
        if name == "Content-Type":
            lines.append(f"Content-Length: {record.length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")


def pieces(block: BinaryIO | bytes, start: int = 0) -> Iterator[bytes]:
    """A block in pieces of at most `PIECE` bytes."""
    source = BytesIO(block) if isinstance(block, bytes) else block
    source.seek(start)
    while piece := source.read(PIECE):
        yield piece


def _one_line(value: str) -> str:
    return _UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}", value)
