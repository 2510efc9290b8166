"""A compressed CDXJ index that is read in parts (ZipNum, `cdxj-gzip-1.0`).

The sorted lines stand in gzip members of `BLOCK` lines; a second file names the first line of
each member and where it lies, so that a reader fetches one member of a few dozen kilobytes
instead of the whole index. Same lines, same bytes.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

BLOCK = 1024  # lines in one member, as py-wacz and archiveweb.page write


@dataclass(frozen=True, slots=True)
class Block:
    """One gzip member, and its line of the second file."""

    data: bytes
    row: str


def header(name: str) -> str:
    """The first line of the second file: the format, and the file its offsets are in."""
    return f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': name})}"


def blocks(lines: Iterable[str], name: str) -> Iterator[Block]:
    """The members of a compressed index called `name`, of CDXJ lines in byte order."""
    rest = iter(lines)
    offset = 0
    while held := list(islice(rest, BLOCK)):
        gzip = zlib.compressobj(9, zlib.DEFLATED, 31)
        data = gzip.compress("".join(f"{line}\n" for line in held).encode("utf-8")) + gzip.flush()
        place = {
            "offset": offset,
            "length": len(data),
            "digest": f"sha256:{hashlib.sha256(data).hexdigest()}",
            "filename": name,
        }
        yield Block(data, f"{' '.join(held[0].split(' ', 2)[:2])} {json.dumps(place)}")
        offset += len(data)
