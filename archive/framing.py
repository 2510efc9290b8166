"""Records taken off a stream of unpacked bytes, with lengths that lie put right.

A `Content-Length` is believed when a line end, the end of the member or another record follows
the block. When none does, the block ends where the next record begins; a record read like that
says so in `problem`. An end found inside the block is wrong for a record that was cut and had a
WARC file in its body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from tempfile import TemporaryFile
from typing import BinaryIO

from archive import arc
from archive.model import Location
from archive.packing import GZIP, PIECE, ZSTD, Members, NotARecord, Torn, decoder_for, what_is
from archive.records import ReadRecord

HEADER_LIMIT = 64 * 1024  # bytes of one record header
BLOCK_LIMIT = 1 << 30  # bytes of one block; larger ones are reported, not read
IN_MEMORY = 1 << 20  # bytes of a block kept in memory, the rest goes to a temporary file
GIVEN_BACK = 4 << 30  # bytes of a file read again because lengths lied; then it is given up
REACH = 4096  # packed bytes that must show a record's beginning
_CLOSING = 64  # bytes of line ends behind a block that are kept to be judged
_LINE_END = rb"\r{0,2}\n"  # CR CR LF is what a text-mode copy on Windows leaves
VERSION = re.compile(rb"WARC/\d{1,3}\.\d{1,3}[ \t]*" + _LINE_END)
_WARC_END = re.compile(_LINE_END * 2 + rb"(?=" + VERSION.pattern + rb")")
_ARC_END = re.compile(_LINE_END + rb"(?=" + arc.LINE.pattern.replace(b"?P<", b"?P<_") + rb")")
_HEAD_END = re.compile(_LINE_END * 2)
_PACKED = re.compile(re.escape(GZIP) + rb"|" + re.escape(ZSTD))
_CLOSED = re.compile(rb"(?:" + _LINE_END + rb"){1,2}\Z")
_LINE_ENDS = b"\r\n"


def records(members: Members, name: str) -> Iterator[ReadRecord]:
    """Every record from where `members` stands to the end of the file.

    Raises `NotARecord` at the first thing that is none. `name` is the file's, for locations.
    """
    budget = _Budget()
    while _skip_line_ends(members):
        members.peek(1)
        start = members.member_start if members.packed else members.position
        inside = members.inside if members.packed else 0
        head = _head(members)
        headers, version = _fields(head, start + inside)
        try:
            block, problem = _block(members, headers, budget, is_arc=version.startswith("ARC"))
        except NotARecord as cause:
            raise type(cause)(f"{cause} ({_names(headers)})") from cause
        try:
            closing, torn = _closing(members)
        except NotARecord as cause:
            block.close()
            raise type(cause)(f"{cause} ({_names(headers)})") from cause
        place = Location(name, start, members.position - start)
        packed = members.packed
        yield ReadRecord(headers, block, place, version, head, inside, closing, packed, problem)
        if not isinstance(block, BytesIO):
            block.close()
        if torn is not None:
            raise torn


class _Budget:
    """How much of a file may be read again because lengths lied."""

    left = GIVEN_BACK

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise NotARecord("too many wrong lengths")


def _skip_line_ends(members: Members) -> bool:
    """Whether anything but line ends follows."""
    while piece := members.read():
        rest = piece.lstrip(_LINE_ENDS)
        if rest:
            members.give_back(rest)
            return True
    return False


def _head(members: Members) -> bytes:
    """The version line and named fields with the blank line, or the record line of an ARC."""
    held = b""
    while True:
        warc = held.startswith(b"WARC/")
        line = None if warc else arc.LINE.match(held)
        end = _HEAD_END.search(held) if warc else line
        if end:
            members.give_back(held[end.end() :])
            return held[: end.end()]
        if len(held) > (HEADER_LIMIT if warc else arc.LINE_LIMIT):
            raise NotARecord("a record header has no end" if warc else what_is(held))
        piece = members.read()
        if not piece:
            cut = warc or b"WARC/".startswith(held)
            raise Torn("the file ends inside a record header") if cut else NotARecord(what_is(held))
        held += piece
        if len(held) >= 5 and not warc and not _may_begin(held):
            members.give_back(held)
            raise NotARecord(what_is(held))


def _may_begin(data: bytes) -> bool:
    """Whether a record could begin like this; an ARC line is known by its end only."""
    return data.startswith(b"WARC/") or bool(re.match(rb"[A-Za-z][\w.+-]{0,20}:[^\r\n]*", data))


def _fields(head: bytes, offset: int) -> tuple[tuple[tuple[str, str], ...], str]:
    line = None if head.startswith(b"WARC/") else arc.LINE.match(head)
    if line:
        return arc.fields(line, offset), arc.version(line)
    version = VERSION.match(head)
    if not version:
        raise NotARecord("no WARC version line")
    found: list[tuple[str, str]] = []
    for row in text(head[version.end() :]).replace("\r\n", "\n").split("\n"):
        if row[:1] in (" ", "\t") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {row.strip()}".strip())
        elif ":" in row:
            field, _, value = row.partition(":")
            found.append((field.strip(), value.strip(" \t\r")))
    return tuple(found), version[0].strip().decode()


def text(raw: bytes) -> str:
    """UTF-8 as text; bytes that are none as `%XX`, which is what a browser sends for them.

    >>> text("路".encode() + b"\\xb9")
    '路%B9'
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        lenient = raw.decode("utf-8", "surrogateescape")
    return re.sub("[\udc80-\udcff]", lambda char: f"%{ord(char[0]) - 0xDC00:02X}", lenient)


def _block(
    members: Members, headers: tuple[tuple[str, str], ...], budget: _Budget, *, is_arc: bool
) -> tuple[BinaryIO, str]:
    """The block, and what is wrong with its stated length; empty where nothing is."""
    named = next((v for n, v in headers if n.lower() == "content-length"), "")
    stated = int(named) if named.isascii() and named.isdigit() and len(named) < 16 else -1
    block: BinaryIO = BytesIO() if 0 <= stated <= IN_MEMORY else TemporaryFile()  # noqa: SIM115  the caller reads it
    try:
        found, wrong = _read_block(members, block, stated, budget, is_arc=is_arc)
    except BaseException:
        block.close()
        raise
    found.seek(0)
    said = f"Content-Length is {named[:40]!r}, the block has {_size(found):,} bytes"
    return found, said if wrong else ""


def _read_block(
    members: Members, block: BinaryIO, stated: int, budget: _Budget, *, is_arc: bool
) -> tuple[BinaryIO, bool]:
    """Fill the block, or another one; whether its stated length was wrong."""
    ends = _ARC_END if is_arc else _WARC_END
    if not 0 <= stated <= BLOCK_LIMIT:
        _read_on(members, block, ends, budget)
        return block, True
    size = _copy(members, block, stated)
    if size == stated and _ends_cleanly(members, is_arc=is_arc):
        return block, False
    at = _find(block, ends)
    if at is not None:
        return _cut(members, block, at, budget), True
    if size < stated:
        if not members.packed and not _is_closed(block):
            raise Torn("the file ends inside a block")
        _drop_line_ends(block)
        return block, True
    if members.peek(1, within=True) in (b"\r", b"\n"):
        return block, False  # whole; what comes behind it is no record and is told as such
    _read_on(members, block, ends, budget)
    return block, True


def _copy(members: Members, block: BinaryIO, size: int) -> int:
    """Copy up to `size` bytes; fewer when the file ends or the next member begins a record."""
    left = size
    while left:
        if members.at_member_end and VERSION.match(members.peek(PIECE)):
            break
        piece = members.read(min(left, PIECE))
        if not piece:
            break
        block.write(piece)
        left -= len(piece)
    return size - left


def _ends_cleanly(members: Members, *, is_arc: bool) -> bool:
    try:
        ahead = members.peek(arc.LINE_LIMIT if is_arc else 64, within=True)
    except Torn:
        return True  # the block is whole; the tear is reported behind it
    rest = ahead.lstrip(_LINE_ENDS)
    return not rest or bool(VERSION.match(rest) or arc.LINE.match(rest))


def _cut(members: Members, block: BinaryIO, at: int, budget: _Budget) -> BinaryIO:
    """The first bytes of a block; the others are given back."""
    size = _size(block)
    budget.spend(size - at)
    block.seek(0)
    kept = TemporaryFile()  # noqa: SIM115  the caller reads it
    left = at
    while left and (piece := block.read(min(left, PIECE))):
        kept.write(piece)
        left -= len(piece)
    members.give_back_file(block, size - at)
    return kept


def _size(block: BinaryIO) -> int:
    """Bytes of a block; where it stands does not change."""
    at = block.tell()
    size = block.seek(0, 2)
    block.seek(at)
    return size


def _read_on(members: Members, block: BinaryIO, ends: re.Pattern[bytes], budget: _Budget) -> None:
    """Append to a block until the next record, or the end of the member or file."""
    size = searched = block.seek(0, 2)
    while piece := members.read(within=True):
        block.write(piece)
        size += len(piece)
        if size > BLOCK_LIMIT:
            raise NotARecord("a block is longer than 1 GiB")
        at = _find(block, ends, max(0, searched - arc.LINE_LIMIT))
        searched = size
        if at is not None:
            block.seek(at)
            rest = block.read()
            members.give_back(rest)
            budget.spend(len(rest))
            block.truncate(at)
            return
    _drop_line_ends(block)


def _find(block: BinaryIO, ends: re.Pattern[bytes], start: int = 0) -> int | None:
    """Where in a block the next record begins, line ends in front of it included."""
    at, held = start, b""
    block.seek(start)
    while piece := block.read(1 << 20):
        held += piece
        match = ends.search(held)
        packed = next(
            (m for m in _PACKED.finditer(held) if begins(held[m.start() :][:REACH])), None
        )
        places = [found.start() for found in (match, packed) if found]
        if places:
            return at + min(places)
        at, held = at + max(0, len(held) - arc.LINE_LIMIT), held[-arc.LINE_LIMIT :]
    return None


def begins(data: bytes, dictionary: bytes = b"") -> bool:
    """Whether packed bytes are the beginning of a record."""
    make = decoder_for(data[:4], dictionary)
    if make is None:
        return False
    try:
        begun, _ = make().feed(data)
    except NotARecord:
        return False
    return begun.startswith(b"WARC/") or arc.LINE.match(begun) is not None


def _is_closed(block: BinaryIO) -> bool:
    """Whether a block too short ends in the two line ends that close a record."""
    block.seek(max(0, block.seek(0, 2) - 6))
    return re.search(_HEAD_END.pattern + rb"\Z", block.read()) is not None


def _drop_line_ends(block: BinaryIO) -> None:
    """Take off the two line ends that close a record."""
    size = block.seek(0, 2)
    block.seek(max(0, size - 6))
    closing = _CLOSED.search(block.read())
    block.truncate(size - len(closing[0]) if closing else size)


def _closing(members: Members) -> tuple[bytes, Torn | None]:
    """The line ends behind a block, read so that the member it stands in is finished."""
    found = b""
    try:
        while piece := members.read(within=True):
            rest = piece.lstrip(_LINE_ENDS)
            found = (found + piece[: len(piece) - len(rest)])[:_CLOSING]
            if rest:
                members.give_back(rest)
                break
    except Torn as torn:
        return found, torn
    return found, None


def _names(headers: tuple[tuple[str, str], ...]) -> str:
    values = {n.lower(): v for n, v in headers}
    kind, uri = values.get("warc-type", "record"), values.get("warc-target-uri", "")
    return f"{kind} {uri}"[:300].strip()
