"""WARC and ARC reading: streaming, bounded, and honest about damage.

Yields every record that is whole, in order, and a `Damage` for every stretch of the file that
could not be read; after damage it looks for the next place where a record begins. Reads plain
files, gzip and zstd with one member a record or many records in one, also one after the other in
one file; a file that was compressed twice is unpacked on the side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from archive import temporary
from archive.formats import arc, framing, lengths
from archive.formats.packing import (
    GZIP,
    PIECE,
    ZSTD,
    Members,
    NotARecord,
    Torn,
    decoder_for,
    dictionary_of,
)
from archive.formats.records import Damage, ReadRecord
from archive.model import Location

__all__ = ["Damage", "ReadRecord", "read", "read_at", "read_file", "whole_members"]

_LAYERS = 2  # compressions one on another
_UNPACKED_LIMIT = 4 << 30  # bytes that a file compressed twice may have inside
_STARTS = re.compile(
    re.escape(GZIP) + rb"|" + re.escape(ZSTD) + rb"|WARC/\d{1,3}\.\d{1,3}\r?\n|(?<=\n)"
    rb"[a-zA-Z][a-zA-Z0-9+.-]{0,20}:"
)


def read(path: Path) -> Iterator[ReadRecord | Damage]:
    """Every record of a WARC or ARC file, and every stretch that could not be read."""
    with path.open("rb") as file:
        yield from read_file(file, path.name)


def read_file(file: BinaryIO, name: str) -> Iterator[ReadRecord | Damage]:
    """The same for an open file; `name` is what locations and damage call it."""
    if file.seek(0, 2) == 0:
        yield Damage(name, 0, 0, "empty file", "empty-file")
        return
    yield from _joined(_stretches(file, name, 1))


def read_at(path: Path, offset: int, inside: int = 0) -> ReadRecord:
    """The record whose member starts at `offset`; `ValueError` when there is none.

    `inside` says which of several records in one member: the unpacked bytes in front of it.
    """
    with path.open("rb") as file:
        return read_file_at(file, path.name, offset, inside)


def read_file_at(file: BinaryIO, name: str, offset: int, inside: int = 0) -> ReadRecord:
    """The same for an open file called `name`."""
    try:
        dictionary, _ = dictionary_of(file)
        for record in framing.records(Members(file, offset, dictionary), name):
            if record.location.offset != offset or record.inside >= inside:
                break
        else:
            raise ValueError(f"{name} at byte {offset}: no record")
    except NotARecord as problem:
        raise ValueError(f"{name} at byte {offset}: no record: {problem}") from problem
    if (record.location.offset, record.inside) != (offset, inside):
        raise ValueError(f"{name} at byte {offset}: no record begins there")
    return record


def whole_members(path: Path) -> tuple[int, int]:
    """Number of whole gzip members from the start of the file, and the byte they end at."""
    count = end = 0
    with path.open("rb") as file:
        size = file.seek(0, 2)
        while end < size:
            members = Members(file, end)
            try:
                while members.read(PIECE, within=True):
                    pass
            except NotARecord:
                break
            if not members.at_member_end or members.position <= end:
                break
            count, end = count + 1, members.position
    return count, end


def _stretches(file: BinaryIO, name: str, layer: int) -> Iterator[ReadRecord | Damage]:
    size = file.seek(0, 2)
    try:
        dictionary, at = dictionary_of(file)
    except NotARecord as problem:
        dictionary, at = b"", 0
        yield Damage(name, 0, 0, f"zstd dictionary: {problem}")
    while at < size:
        begun = at
        members = Members(file, at, dictionary)
        try:
            inner = members.peek(4) if members.packed else b""
            if decoder_for(inner) is not None:
                yield from _unpacked(members, name, layer)
                return
            for record in framing.records(members, name):
                yield record
                at = members.position
            return
        except NotARecord as problem:
            if at > begun and not isinstance(problem, Torn):
                continue  # the next stretch may be packed otherwise
            code = "torn" if isinstance(problem, Torn) else "damaged"
            lost, at = at, _resynchronise(file, at + 1, size, dictionary)
            code = "torn-end" if code == "torn" and lost == at else _code(file, lost, at, code)
            yield Damage(name, lost, at, str(problem), code)
        finally:
            members.close()


def _unpacked(members: Members, name: str, layer: int) -> Iterator[ReadRecord | Damage]:
    """The records of a file that was compressed once more than it should be."""
    if layer >= _LAYERS:
        raise NotARecord("compressed more than twice")
    start = members.start
    with temporary.file() as inner:
        try:
            while piece := members.read():
                inner.write(piece)
                if inner.tell() > _UNPACKED_LIMIT:
                    raise NotARecord("unpacks to more than 4 GiB")
            end, problem = members.position, "compressed twice"
        except NotARecord as cut:
            end, problem = members.position, f"compressed twice, and {cut}"
        yield Damage(name, start, start, problem, "compressed-twice")
        for found in _stretches(inner, name, layer + 1):
            if isinstance(found, ReadRecord):
                place = Location(name, start, end - start)
                yield replace(found, location=place, inside=found.location.offset + found.inside)
            else:
                problem = f"{found.problem}, at byte {found.start:,} inside"
                yield Damage(name, start, end, problem, found.code)


def _joined(found: Iterator[ReadRecord | Damage]) -> Iterator[ReadRecord | Damage]:
    """Damage that touches damage told once, with its first problem."""
    held: Damage | None = None
    for one in found:
        if isinstance(one, Damage) and held is not None and 0 < held.end == one.start < one.end:
            held = replace(held, end=one.end)
            continue
        if held is not None:
            yield held
        held = one if isinstance(one, Damage) else None
        if isinstance(one, ReadRecord):
            yield one
    if held is not None:
        yield held


def _resynchronise(file: BinaryIO, start: int, size: int, dictionary: bytes) -> int:
    """Offset of the next place at or after `start` where a record begins, or the file's end."""
    at = start
    while at < size:
        file.seek(max(0, at - 1))  # with the byte in front, which may be a line end
        held = file.read((1 << 20) + 1)
        base = max(0, at - 1)
        for match in _STARTS.finditer(held, at - base):
            place = base + match.start()
            if match[0].startswith(b"WARC/"):
                return place
            file.seek(place)
            ahead = file.read(arc.LINE_LIMIT)
            if lengths.begins(ahead[: lengths.REACH], dictionary) or arc.LINE.match(ahead):
                return place
        if base + len(held) >= size:
            break
        at = base + len(held) - 16
    return size


def _code(file: BinaryIO, start: int, end: int, code: str) -> str:
    """What the lost bytes are, where that can be seen."""
    file.seek(start)
    data = file.read(min(end - start, 1 << 20))
    if data and not data.strip(b"\0"):
        return "zeros"
    return "bom" if data == b"\xef\xbb\xbf" else code
