"""The HTTP message in a block: what the head announces and the body does not keep."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.checks.checkdigest import WHOLE, http_head, is_http
from archive.checks.checkheader import Said
from archive.formats import coding, message
from archive.formats.records import ReadRecord

_STATUS_LINE = re.compile(rb"HTTP/(\d(?:\.\d)?)[ \t]+\d{3}")
_PYWB_DECODES = {"", "identity", "gzip", "deflate", "br", "zstd"}  # zstd has a code of its own


def http(record: ReadRecord) -> Iterator[Said]:
    """What is odd about the HTTP response of a record, and which readers stumble over it."""
    if record.type != "response" or not is_http(record):
        return
    head, start = http_head(record)
    line = _STATUS_LINE.match(head)
    if line is None:
        yield "http-no-head", "the block does not begin with an HTTP status line"
        return
    if line[1] not in (b"1.0", b"1.1"):
        yield "http-version", f"status line {head.splitlines()[0][:60]!r}"
    if b"\r\n" not in head:
        yield "http-line-end", "the HTTP head ends in LF alone"
    if not message.head_length(head):
        yield "http-no-end", "no blank line behind the HTTP head"
    if start > len(head):
        yield "http-interim", "an interim head stands in front of the answer"
    yield from _framing(record, head, start)
    yield from _coding(record, head, start)


def _framing(record: ReadRecord, head: bytes, start: int) -> Iterator[Said]:
    status = message.status(head)
    size = record.block.seek(0, 2) - start
    cut = record.get("WARC-Truncated") is not None
    if message.is_chunked(head):
        named = [v for n, v in message.fields(head) if n.lower() == "transfer-encoding"]
        if named[-1].rpartition(",")[2].strip() != "chunked":
            yield "chunked-case", f"Transfer-Encoding is {named[-1][:40]!r}"
        ended = _chunks_end(record, start)
        if ended is None and size:
            yield "http-not-chunked", "the head announces chunks, the body has none"
        elif ended is False and not cut:
            yield (
                "http-chunks",
                "the chunked body is cut or damaged, and the record does not say so",
            )
        return
    stated = message.field(head, "content-length")
    empty = status in (204, 304) or 100 <= status < 200
    short = stated is not None and stated.isascii() and stated.isdigit() and size < int(stated)
    if short and not cut and not empty:
        yield (
            "http-short",
            f"the body has {size:,} of {stated} bytes, and the record does not say so",
        )


def _chunks_end(record: ReadRecord, start: int) -> bool | None:
    """Whether the chunked body comes to its last chunk; `None` when it has no chunks at all."""
    dechunker = message.Dechunker()
    record.block.seek(start)
    while piece := record.block.read(1 << 20):
        for _ in dechunker.feed(piece):
            pass
    if dechunker.is_plain:
        return None
    return dechunker.is_complete


def _coding(record: ReadRecord, head: bytes, start: int) -> Iterator[Said]:
    values = (v for n, v in message.fields(head) if n.lower() == "content-encoding")
    codings = [name.strip().lower() for name in ",".join(values).split(",")]
    named = [name for name in codings if name not in ("", "identity")]
    if not named:
        return
    if "zstd" in named:
        yield "coding-zstd", "the body is coded in zstd"
    if "br" in named:
        yield "coding-br", "the body is coded in br"
    if len(named) > 1 or set(named) - _PYWB_DECODES:
        yield "coding-odd", f"Content-Encoding is {', '.join(named)[:60]}"
    record.block.seek(start)
    body = record.block.read(WHOLE + 1)
    if len(body) > WHOLE or not body:
        return
    content = coding.decode(codings, message.payload(head, body))
    if content.limited:
        yield "coding-bomb", content.limited
    if "content-coding-lie" in content.flags:
        yield "coding-lie", f"the body is not coded in {', '.join(named)[:60]}"
    if "content-damaged" in content.flags:
        yield "coding-damaged", f"the body in {', '.join(named)[:60]} ends early or is damaged"
