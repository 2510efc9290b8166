"""CDXJ index lines (CDXJ 0.1.0): one per response, revisit and resource, in byte order.

`<SURT> <14-digit date> <JSON>`; the JSON carries the exact URL, because a SURT folds case and
two pages of a Chinese portal may differ in nothing else, and the digest of the record's bytes
(`recordDigest`), by which a partial load is verified (wacz-auth 0.1.0).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import IO, BinaryIO

from archive import temporary
from archive.formats import framing, message
from archive.formats.packing import Members, NotARecord
from archive.uri import surt
from archive.warc import parse_date
from archive.warcreader import Damage, ReadRecord, read

INDEXED = ("response", "revisit", "resource")
# Lines that are sorted in memory: 4 MB. A file of 100,000 small pages has 40 MB of them, which were
# half of what its crawl took when all were sorted at once (2026-11).
RUN = 10_000


def index(path: Path) -> Iterator[str]:
    """The index lines of a WARC file, in the order of its records."""
    with path.open("rb") as file:
        for record in read(path):
            if isinstance(record, Damage) or record.type not in INDEXED:
                continue
            file.seek(record.location.offset)
            yield line(record, _sha256(file, record.location.length))


def growing(path: Path, start: int) -> Iterator[tuple[str, int]]:
    """The index lines of the whole records that stand in an open file from byte `start` on, and the
    byte behind each; `""` for a record that is not indexed."""
    with path.open("rb") as file, path.open("rb") as again:
        try:
            for record in framing.records(Members(file, start), path.name):
                place, row = record.location, ""
                if record.type in INDEXED:
                    again.seek(place.offset)
                    row = line(record, _sha256(again, place.length))
                yield row, place.offset + place.length
        except NotARecord:  # the record that is being written, or the end of what was
            return


def index_file(path: Path) -> tuple[str, bytes]:
    """Name and content of the index file of a finished WARC file; the same file gives the same."""
    return index_name(path), b"".join(sorted_index(path))


def index_name(path: Path) -> str:
    """What the index file of a finished WARC file is called."""
    return f"{path.name.removesuffix('.warc.gz')}.cdxj"


def sorted_index(path: Path) -> Iterator[bytes]:
    """The index lines of a finished WARC file in byte order, each with its line end."""
    return in_order(f"{row}\n".encode() for row in index(path))


def in_order(lines: Iterator[bytes], run: int = RUN) -> Iterator[bytes]:
    """Lines in byte order. No more than `run` of them are in memory at a time: sorted runs wait in
    temporary files. Raises `WriteFailed`."""
    with ExitStack() as opened:
        runs: list[IO[bytes]] = []
        while held := sorted(islice(lines, run)):
            if len(held) < run and not runs:
                yield from held
                return
            runs.append(opened.enter_context(temporary.file()))
            runs[-1].writelines(held)
            runs[-1].seek(0)
        yield from merge(*runs)


def _sha256(file: BinaryIO, size: int) -> str:
    digest = hashlib.sha256()
    while size and (piece := file.read(min(size, 1 << 20))):
        digest.update(piece)
        size -= len(piece)
    return digest.hexdigest()


def line(record: ReadRecord, digest: str) -> str:
    """The index line of one record."""
    uri = (record.get("WARC-Target-URI") or "").strip("<>")
    head = record.block.read(message.HEAD_LIMIT)
    head = head[: message.head_length(head)]
    sent = message.field(head, "content-type") if head else record.get("Content-Type")
    fields = {
        "url": uri,
        "mime": "warc/revisit" if record.type == "revisit" else _media(sent),
        "status": str(message.status(head)) if head else None,
        "digest": record.get("WARC-Payload-Digest"),
        "length": str(record.location.length),
        "offset": str(record.location.offset),
        "filename": record.location.file,
        "recordDigest": f"sha256:{digest}",
    }
    kept = {name: value for name, value in fields.items() if value is not None}
    stamp = parse_date(record.get("WARC-Date") or "").strftime("%Y%m%d%H%M%S")
    return f"{surt(uri)} {stamp} {json.dumps(kept, ensure_ascii=False)}"


def _media(value: str | None) -> str:
    """The media type alone; `unk` where there is none.

    >>> _media("text/html; charset=gbk")
    'text/html'
    """
    return (value or "unk").partition(";")[0].strip() or "unk"
