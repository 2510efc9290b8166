"""Digests of a record checked as the standard defines them (WARC 1.1, 5.8, 5.9 and 6.3.2).

The payload of an HTTP message is its entity body: without transfer coding, with content coding.
Other tools digest the chunk framing, the decoded text or the whole block; a digest that fits one
of those is told apart from one that fits nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from archive.checks.checkheader import Said
from archive.formats import coding, message
from archive.formats.records import ReadRecord

PIECE = 1 << 20
WHOLE = coding.LIMIT  # bytes of a body up to which other readings of a digest are tried
_ALGORITHMS = {"md5": 16, "sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}


def block_digest(record: ReadRecord) -> Iterator[Said]:
    """What is wrong with WARC-Block-Digest."""
    stated = record.get("WARC-Block-Digest")
    if stated:
        yield from _compare(stated, _pieces(record.block), "block-digest", "WARC-Block-Digest")


def payload_digest(record: ReadRecord) -> Iterator[Said]:
    """What is wrong with WARC-Payload-Digest of a record that holds its payload."""
    stated = record.get("WARC-Payload-Digest")
    if not stated or not has_payload(record):
        return
    head, start = http_head(record) if is_http(record) else (b"", 0)
    body = _pieces(record.block, start)
    found = list(
        _compare(
            stated, message.payload_pieces(head, body), "payload-digest", "WARC-Payload-Digest"
        )
    )
    if found and found[0][0] == "payload-digest":
        code = _other_reading(record, head, start, stated)
        cut = code == "payload-digest" and record.get("WARC-Truncated") is not None
        found = [("payload-digest-cut" if cut else code, found[0][1])]
    elif message.is_chunked(head) and not _equal(stated, _pieces(record.block, start)):
        found.append(("digest-dechunked", "the payload digest is over the body without its chunks"))
    yield from found


def has_payload(record: ReadRecord) -> bool:
    """Whether the payload stands in the block; a revisit's does not, a segment's in part."""
    return (
        record.type in ("response", "request", "resource", "conversion")
        and record.get("WARC-Segment-Number") is None
    )


def is_http(record: ReadRecord) -> bool:
    """Whether the block is an HTTP message."""
    web = record.uri.lower().startswith(("http://", "https://"))
    return record.type in ("response", "request") and web


def http_head(record: ReadRecord) -> tuple[bytes, int]:
    """The head of an HTTP message with its blank line, and where in the block its body begins.

    Interim 1xx heads in front of the answer are passed over; a head without a blank line is all
    of the block; what is no HTTP message has none.
    """
    record.block.seek(0)
    start = record.block.read(message.HEAD_LIMIT)
    cut = message.interim_length(start)
    head = start[cut : cut + message.head_length(start[cut:])]
    if not head and start.startswith(b"HTTP/", cut):
        head = start[cut:]
    return head, cut + len(head)


def _compare(stated: str, data: Iterable[bytes], code: str, name: str) -> Iterator[Said]:
    label, _, value = stated.partition(":")
    algorithm = label.lower().replace("-", "")
    if algorithm not in _ALGORITHMS:
        yield "digest-unknown", f"{name} is of algorithm {label[:20]!r}"
        return
    wanted = _bytes(value, _ALGORITHMS[algorithm])
    if wanted is None:
        yield "digest-malformed", f"{name} is {stated[:80]!r}"
        return
    if label != algorithm:
        yield "digest-label", f"{name} has the label {label!r}"
    found = _digest(algorithm, data)
    if found != wanted:
        yield code, f"{name} is {stated[:90]}, the bytes give {_shown(algorithm, found)}"


def _other_reading(record: ReadRecord, head: bytes, start: int, stated: str) -> str:
    """What a wrong payload digest was taken over, where that can be told."""
    if _equal(stated, _pieces(record.block)):
        return "payload-digest-block"
    if _equal(stated, _pieces(record.block, start)):
        return "payload-digest-framed"
    record.block.seek(start)
    body = record.block.read(WHOLE + 1)
    if len(body) <= WHOLE and head:
        names = [v for n, v in message.fields(head) if n.lower() == "content-encoding"]
        codings = [name.strip().lower() for name in ",".join(names).split(",")]
        plain = coding.decode(codings, message.payload(head, body))
        if not plain.limited and _equal(stated, [plain.data]):
            return "payload-digest-decoded"
    return "payload-digest"


def _equal(stated: str, data: Iterable[bytes]) -> bool:
    return all(code != "wrong" for code, _ in _compare(stated, data, "wrong", ""))


def _bytes(value: str, size: int) -> bytes | None:
    """A digest of `size` bytes from Base16 or Base32, either case."""
    try:
        if len(value) == 2 * size:
            return bytes.fromhex(value)
        bare = value.rstrip("=").upper()
        if re.fullmatch("[A-Z2-7]+", bare) and len(bare) == -(-size * 8 // 5):
            return base64.b32decode(bare + "=" * (-len(bare) % 8))
    except (ValueError, binascii.Error):
        return None
    return None


def _digest(algorithm: str, data: Iterable[bytes]) -> bytes:
    digest = hashlib.new(algorithm, usedforsecurity=False)
    for piece in data:
        digest.update(piece)
    return digest.digest()


def _shown(algorithm: str, value: bytes) -> str:
    """As iipc/warc-specifications#48 has it: SHA-1 in Base32, others in Base16."""
    return (
        f"sha1:{base64.b32encode(value).decode()}"
        if algorithm == "sha1"
        else (f"{algorithm}:{value.hex()}")
    )


def _pieces(block: BinaryIO, start: int = 0) -> Iterator[bytes]:
    block.seek(start)
    while piece := block.read(PIECE):
        yield piece
