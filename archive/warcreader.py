"""WARC reading: streaming, bounded, and honest about damage.

Yields every record that is whole, in order, and a `Damage` for every stretch of the file that
could not be read; after damage it looks for the next gzip member that starts with `WARC/`.
Reads `.warc` and `.warc.gz`, one member per record or many records in one.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from archive.model import Location

PIECE = 64 * 1024
HEADER_LIMIT = 64 * 1024  # bytes of one record header
BLOCK_LIMIT = 1 << 30  # bytes of one block; larger ones are reported, not read
IN_MEMORY = 1 << 20  # bytes of a block kept in memory, the rest goes to a temporary file
_MAGIC = b"\x1f\x8b\x08"
_VERSION = re.compile(rb"WARC/\d+\.\d+[ \t]*\r?\n")


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """One record as read: named fields in order, the block, and where it lies.

    A block of more than `IN_MEMORY` bytes is readable until the next record is asked for.
    """

    headers: tuple[tuple[str, str], ...]
    block: BinaryIO
    location: Location

    def get(self, name: str) -> str | None:
        """First value of a named field, case-insensitive."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)

    @property
    def type(self) -> str:
        return (self.get("WARC-Type") or "").lower()

    @property
    def id(self) -> str:
        return (self.get("WARC-Record-ID") or "").strip("<>")


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of a file that holds no readable record."""

    file: str
    start: int
    end: int
    problem: str


class _Bad(Exception):
    """Something in the stream that is not a record."""


def read(path: Path) -> Iterator[ReadRecord | Damage]:
    """Every record of a WARC file, and every stretch that could not be read."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        at = 0
        if size == 0:
            yield Damage(path.name, 0, 0, "empty file")
        while at < size:
            members = _Members(file, at)
            try:
                for record in _records(members, path.name):
                    yield record
                    at = members.record_end
                at = members.record_end
                if at < size:
                    raise _Bad("no record")
            except (_Bad, zlib.error) as problem:
                bad, at = at, _resynchronise(file, max(at, members.start) + 1, size)
                yield Damage(path.name, bad, at, str(problem))


def read_at(path: Path, offset: int) -> ReadRecord:
    """The record whose member starts at `offset`; `ValueError` when there is none."""
    with path.open("rb") as file:
        try:
            return next(_records(_Members(file, offset), path.name))
        except (StopIteration, _Bad, zlib.error) as problem:
            raise ValueError(f"{path} at byte {offset}: no record: {problem}") from problem


def whole_members(path: Path) -> tuple[int, int]:
    """Number of whole gzip members from the start of the file, and the byte they end at."""
    count = end = 0
    with path.open("rb") as file:
        size = file.seek(0, 2)
        while end < size:
            members = _Members(file, end)
            try:
                while members.read(PIECE, within_member=True):
                    pass
            except (_Bad, zlib.error):
                break
            if not members.member_done or members.position <= end:
                break
            count, end = count + 1, members.position
    return count, end


class _Members:
    """The decompressed bytes of a file from one member on, and where members end.

    A file without the gzip magic is read as it is.
    """

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file = file
        self.start = self.position = self.record_end = start
        file.seek(start)
        self.gzip = file.read(3)[:2] == _MAGIC[:2]
        self._zlib = zlib.decompressobj(31)
        self._raw = b""
        self._out = b""
        self.member_done = False
        self.member_start = start

    def read(self, size: int, *, within_member: bool = False) -> bytes:
        """Up to `size` decompressed bytes; empty at the end (of the member, if asked)."""
        while not self._out and self._more(within_member):
            pass
        out, self._out = self._out[:size], self._out[size:]
        return out

    def push_back(self, data: bytes) -> None:
        self._out = data + self._out

    def between_members(self) -> bool:
        return not self._out and (self.member_done or not self.gzip)

    def _more(self, within_member: bool) -> bool:
        if not self.gzip:
            self._file.seek(self.position)
            self._out = self._file.read(PIECE)
            self.position += len(self._out)
            return bool(self._out)
        if self.member_done:
            if within_member:
                return False
            self._zlib, self.member_done = zlib.decompressobj(31), False
            self.member_start = self.position
        if not self._raw:
            self._file.seek(self.position)
            self._raw = self._file.read(PIECE)
            if not self._raw:
                if self.position > self.member_start:
                    raise _Bad("the file ends inside a gzip member")
                return False
        self._out = self._zlib.decompress(self._raw, PIECE)
        rest = self._zlib.unused_data if self._zlib.eof else self._zlib.unconsumed_tail
        self.position += len(self._raw) - len(rest)
        self._raw = rest
        self.member_done = self._zlib.eof
        return True


def _records(members: _Members, name: str) -> Iterator[ReadRecord]:
    while True:
        head, start = _head(members)
        if head is None:
            return
        headers = _fields(head)
        block = _block(members, headers)
        _gap(members)
        end = members.position - (len(members._out) if not members.gzip else 0)
        members.record_end = end
        yield ReadRecord(headers, block, Location(name, start, end - start))
        if not isinstance(block, BytesIO):
            block.close()


def _head(members: _Members) -> tuple[bytes | None, int]:
    held = b""
    start = members.record_end
    while not (end := _end_of_head(held)):
        piece = members.read(PIECE)
        if not piece:
            if held.strip(b"\r\n\0"):
                raise _Bad("a record header has no end")
            members.record_end = members.position
            return None, start
        held = (held + piece) if held else piece.lstrip(b"\r\n")
        if len(held) > HEADER_LIMIT + PIECE:
            raise _Bad("a record header is longer than 64 KiB")
        if held and not b"WARC/".startswith(held[:5]) and not held.startswith(b"WARC/"):
            raise _Bad("no WARC version line")
    members.push_back(held[end:])
    return held[:end], start


def _end_of_head(held: bytes) -> int:
    match = re.search(rb"\r?\n\r?\n", held)
    return match.end() if match else 0


def _fields(head: bytes) -> tuple[tuple[str, str], ...]:
    version = _VERSION.match(head)
    if not version:
        raise _Bad("no WARC version line")
    found: list[tuple[str, str]] = []
    for line in head[version.end() :].decode("utf-8", "replace").splitlines():
        if line[:1] in (" ", "\t") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
        elif ":" in line:
            field, _, value = line.partition(":")
            found.append((field.strip(), value.strip()))
    return tuple(found)


def _block(members: _Members, headers: tuple[tuple[str, str], ...]) -> BinaryIO:
    stated = next((v for n, v in headers if n.lower() == "content-length"), "")
    if not stated.isdigit() or int(stated) > BLOCK_LIMIT:
        raise _Bad(f"Content-Length {stated[:40]!r} cannot be read")
    left = int(stated)
    block = TemporaryFile() if left > IN_MEMORY else BytesIO()  # noqa: SIM115  the caller reads it
    while left:
        piece = members.read(min(left, PIECE))
        if not piece:
            raise _Bad("the block ends early")
        block.write(piece)
        left -= len(piece)
    block.seek(0)
    return block


def _gap(members: _Members) -> None:
    """Read the two line ends behind a record, so that the member it stands in is finished."""
    while not members.between_members():
        piece = members.read(PIECE, within_member=True)
        rest = piece.lstrip(b"\r\n")
        if rest:
            members.push_back(rest)
            return
        if not piece:
            return
    if not members.gzip:
        piece = members.read(PIECE).lstrip(b"\r\n")
        members.push_back(piece)


def _resynchronise(file: BinaryIO, start: int, size: int) -> int:
    """Offset of the next place at or after `start` where a record begins, or the file's end."""
    at, held = start, b""
    while at < size:
        file.seek(at)
        held = file.read(1 << 20)
        for match in re.finditer(rb"\x1f\x8b\x08|WARC/\d\.\d\r?\n", held):
            if match[0][:1] == b"W" or _starts_record(held[match.start() : match.start() + 4096]):
                return at + match.start()
        at += max(1, len(held) - 16)
    return size


def _starts_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(data, 16).startswith(b"WARC/")
    except zlib.error:
        return False
