"""What index and text files say, as rows of the catalogue.

Lines of an index are checked before they are believed: the file they name is a plain name of a
WARC file, their numbers are numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

LINE = 1 << 20  # bytes of one index line; longer ones are not ours
_PLAIN = re.compile(r"[\w-][\w.-]*\.warc\.gz")  # `\w` is any letter: host names may be Chinese
_STAMP = re.compile(r"\d{14}", re.ASCII)

Row = tuple[Any, ...]


def seen(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def index_lines(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        while line := file.readline(LINE):
            yield line.decode("utf-8", "replace")


def capture_row(line: str) -> Row | None:
    """The row of an index line, or `None` where it cannot be believed."""
    key, _, rest = line.rstrip("\n").partition(" ")
    stamp, _, text = rest.partition(" ")
    try:
        fields = json.loads(text)
        offset, length = int(fields["offset"]), int(fields["length"])
        status = int(fields.get("status", 0))
        url, file = fields["url"], fields["filename"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    numbers = offset >= 0 and length > 0 and max(offset, length) < 1 << 62 and 0 <= status < 1000
    names = isinstance(url, str) and isinstance(file, str) and bool(_PLAIN.fullmatch(file))
    if not (numbers and names and _STAMP.fullmatch(stamp)):
        return None
    mime, digest = str(fields.get("mime", "unk")), str(fields.get("digest", ""))
    return url, key, stamp, mime, status, digest, file, offset, length


def text_rows(path: Path) -> Iterator[Row]:
    """The rows of a text file: where each line is, and what it is found by."""
    offset = 0
    with path.open("rb") as file:
        for line in file:
            row: Mapping[str, Any] = json.loads(line)
            if row["url"] and row["captured"]:
                stamp = re.sub(r"\D", "", row["captured"])[:14]
                found = [row.get(key) for key in ("title", "published", "verdict", "rejected")]
                place = row.get("warc") or {"file": "", "offset": 0}
                at = f"{place['file']}:{place['offset']}"
                yield row["url"], stamp, row["id"], *found, path.name, at, offset, len(line)
            offset += len(line)
