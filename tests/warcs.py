"""Small archives made byte by byte, so that a test can break them where it wants to."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from backports import zstd

from archive.formats.opening import records
from archive.formats.records import Damage, ReadRecord
from archive.warc import sha256

NOW = datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC)
PAGE = "<html><head><title>关于印发方案的通知</title></head><body><p>各乡镇人民政府：</p></body></html>"


def http(body: bytes | str = PAGE, head: str = "Content-Type: text/html; charset=gbk") -> bytes:
    """A response message."""
    data = body.encode("gbk") if isinstance(body, str) else body
    return f"HTTP/1.1 200 OK\r\n{head}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data


def warc(
    kind: str = "response",
    number: int = 0,
    block: bytes | None = None,
    *,
    length: str | None = None,
    version: str = "WARC/1.1",
    fields: Iterable[tuple[str, str]] = (),
    without: Iterable[str] = (),
) -> bytes:
    """One record; `fields` are added, a field of the same name replaced, `without` left out."""
    block = http(f"{PAGE}<!-- {number} -->") if block is None else block
    given = dict(fields)
    named = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{number:012d}>",
        "WARC-Date": f"2026-11-24T08:00:{number % 60:02d}Z",
        "WARC-Target-URI": f"http://www.example.gov.cn/{number}.html",
        "WARC-Block-Digest": sha256([block]),
        "Content-Type": f"application/http; msgtype={kind}",
    }
    if kind == "warcinfo":
        named.pop("WARC-Target-URI")
        named["Content-Type"] = "application/warc-fields"
    rows = [(n, given.pop(n, v)) for n, v in named.items() if n not in set(without)]
    rows += [*given.items()]
    if "Content-Length" not in set(without):
        rows += [("Content-Length", str(len(block)) if length is None else length)]
    head = "".join(f"{name}: {value}\r\n" for name, value in rows)
    return f"{version}\r\n{head}\r\n".encode("utf-8", "surrogateescape") + block + b"\r\n\r\n"


def info(number: int = 99) -> bytes:
    """A warcinfo record."""
    return warc("warcinfo", number, b"software: test\r\n")


def six() -> list[bytes]:
    """A warcinfo record and five pages."""
    return [info(), *(warc(number=number) for number in range(5))]


def members(made: Iterable[bytes], level: int = 6) -> list[bytes]:
    """Each in a gzip member of its own."""
    return [gzip.compress(one, level, mtime=0) for one in made]


def frames(made: Iterable[bytes], dictionary: zstd.ZstdDict | None = None) -> list[bytes]:
    """Each in a zstd frame of its own."""
    return [zstd.compress(one, zstd_dict=dictionary) for one in made]


def arc(made: Iterable[tuple[str, bytes]], version: int = 1) -> list[bytes]:
    """An ARC file: its version block, and a record for each URL and block."""
    names = "URL IP-address Archive-date Content-type Archive-length"
    more = "- - 0 x.arc" if version == 2 else ""
    found = []
    opening = f"{version} 0 Test\n{names}\n".encode()
    for url, block in [("filedesc://x.arc", opening), *made]:
        mime = "text/plain" if url.startswith("filedesc") else "text/html"
        extra = f" 200 {more}" if more else ""
        line = f"{url} 203.0.113.7 20101224080000 {mime}{extra} {len(block)}\n"
        found.append(line.encode() + block + b"\n")
    return found


def package(entries: Iterable[tuple[str, bytes]], deflated: Iterable[str] = ()) -> bytes:
    """A ZIP file of these entries, stored but for the named ones."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in entries:
            how = zipfile.ZIP_DEFLATED if name in set(deflated) else zipfile.ZIP_STORED
            file.writestr(zipfile.ZipInfo(name), data, how)
    return out.getvalue()


def found(path: Path, data: bytes) -> tuple[list[ReadRecord], list[Damage]]:
    """The records and the damage of a file with these bytes."""
    path.write_bytes(data)
    every = list(records(path))
    kept = [one for one in every if isinstance(one, ReadRecord)]
    return kept, [one for one in every if isinstance(one, Damage)]
