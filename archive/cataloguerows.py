"""What index and text files say, as rows of the catalogue; `None` for a line that is not believed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.formats.cdxjline import LINE_LIMIT, Refused, parse
from archive.normalise import fold
from archive.warcwriter import OPEN

Row = tuple[Any, ...]


def seen(path: Path) -> tuple[int, int]:
    """Size and time of the last change: what tells that a file is still the one that was read."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def index_lines(path: Path) -> Iterator[bytes]:
    """The lines of an index file; one that is too long comes in pieces, which are refused."""
    with path.open("rb") as file:
        while line := file.readline(LINE_LIMIT + 1):
            yield line


def capture_row(line: bytes, file: str) -> Row | None:
    """The row of an index line of the WARC file `file`."""
    entry = parse(line)
    if isinstance(entry, Refused) or entry.location.file != file or not _is_text(entry.url):
        return None
    place = entry.location
    about = (entry.mime, entry.status or 0, entry.digest or "")
    return entry.url, entry.surt, entry.stamp, *about, file, place.offset, place.length


def text_rows(path: Path, start: int = 0) -> Iterator[tuple[Row | None, int]]:
    """The rows of a text file from byte `start` on: where each line is, and what it is found by; and
    the byte behind it. A line without an end is one that is being written, and left for later."""
    offset = start
    with path.open("rb") as file:
        file.seek(start)
        for line in file:
            if not line.endswith(b"\n") and path.name.endswith(OPEN):
                return
            row = _text_row(line, path.name, offset)
            offset += len(line)
            yield row, offset


def _text_row(line: bytes, name: str, offset: int) -> Row | None:
    try:
        row = json.loads(line)
        stamp = re.sub(r"\D", "", row["captured"])[:14]
        found = [row.get(key) for key in ("title", "published", "verdict", "rejected")]
        place = row.get("warc") or {"file": "", "offset": 0}
        at = f"{place['file']}:{place['offset']}"
        return (
            row["url"],
            stamp,
            row["id"],
            fold(found[0] or ""),
            *found,
            name,
            at,
            offset,
            len(line),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _is_text(value: str) -> bool:
    """Whether a database can hold it: JSON may spell half of a surrogate pair."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
