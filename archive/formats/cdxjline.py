"""One line of a CDXJ index read, and refused when it is torn or hostile.

An index may come from somebody else, so a line proves nothing: the file it names is a plain name
and never a way out of the folder, numbers are numbers of bytes, and the JSON is bounded.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.model import Location

LINE_LIMIT = 64 * 1024  # bytes of one line; a URL of 8 KiB makes one of 20
_MOST = 1 << 63  # bytes; what SQLite and a file system can hold
_STAMP = re.compile(rb"[0-9]{14}")
_OUTSIDE = re.compile(r"[/\\:\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Entry:
    """What an index line says of one record."""

    surt: str
    stamp: str  # 14 digits, UTC
    url: str
    mime: str
    status: int | None
    digest: str | None  # of the payload
    location: Location
    record_digest: str | None  # sha256:… of the record's bytes in the file


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a line was not believed."""

    problem: str


def parse(row: bytes) -> Entry | Refused:
    """What a line says, or why it is refused. Never raises.

    >>> parse(b'cn)/ 20261124080000 {"url":"http://cn/","filename":"../x","offset":"0","length":"1"}')
    Refused(problem="the file name '../x' leads out of the folder")
    """
    if len(row) > LINE_LIMIT:
        return Refused("longer than 64 KiB")
    key, _, rest = row.rstrip(b"\r\n").partition(b" ")
    stamp, _, data = rest.partition(b" ")
    if not key or not _is_moment(stamp):
        return Refused("no key and date")
    try:
        surt = key.decode("utf-8")
        said = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return Refused("no JSON behind key and date")
    return _entry(surt, stamp.decode(), said) if isinstance(said, dict) else Refused("no object")


def is_plain_name(name: object) -> bool:
    """Whether a string names a file in a folder and nothing else."""
    if not isinstance(name, str) or name in ("", ".", "..") or _OUTSIDE.search(name):
        return False
    try:
        return len(name.encode("utf-8")) <= 255
    except UnicodeEncodeError:
        return False


def _entry(surt: str, stamp: str, said: dict[str, Any]) -> Entry | Refused:
    name, url = said.get("filename"), said.get("url")
    offset, length = _bytes(said.get("offset")), _bytes(said.get("length"))
    if not is_plain_name(name):
        return Refused(f"the file name {str(name)[:80]!r} leads out of the folder")
    if offset is None or length is None:
        return Refused("offset or length is no number of bytes")
    if not isinstance(url, str):
        return Refused("no URL")
    status = _bytes(said.get("status"))
    return Entry(
        surt=surt,
        stamp=stamp,
        url=url,
        mime=_text(said.get("mime")) or "unk",
        status=status,
        digest=_text(said.get("digest")),
        location=Location(str(name), offset, length),
        record_digest=_text(said.get("recordDigest")),
    )


def _bytes(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value)
    if not (text.isascii() and text.isdigit()) or len(text) > 19:
        return None
    return int(text) if int(text) < _MOST else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _is_moment(stamp: bytes) -> bool:
    if not _STAMP.fullmatch(stamp):
        return False
    try:
        datetime.strptime(stamp.decode() + "+0000", "%Y%m%d%H%M%S%z")
    except ValueError:
        return False
    return True
