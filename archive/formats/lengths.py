"""Where a block ends, also when its stated length lies.

A `Content-Length` is believed when a line end, the end of the member or another record follows
the block. When none does, the block ends where the next record begins. An end found inside the
block is wrong for a record that was cut and had a WARC file in its body.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import BinaryIO

from archive import temporary
from archive.formats import arc
from archive.formats.packing import GZIP, PIECE, ZSTD, Members, NotARecord, Torn, decoder_for

BLOCK_LIMIT = 1 << 30  # bytes of one block; larger ones are reported, not read
IN_MEMORY = 1 << 20  # bytes of a block kept in memory, the rest goes to a temporary file
GIVEN_BACK = 4 << 30  # bytes of a file read again because lengths lied; then it is given up
REACH = 4096  # packed bytes that must show a record's beginning
LINE_END = rb"\r{0,2}\n"  # CR CR LF is what a text-mode copy on Windows leaves
VERSION = re.compile(rb"WARC/\d{1,3}\.\d{1,3}[ \t]*" + LINE_END)
HEAD_END = re.compile(LINE_END * 2)
_WARC_END = re.compile(LINE_END * 2 + rb"(?=" + VERSION.pattern + rb")")
_ARC_END = re.compile(LINE_END + rb"(?=" + arc.LINE.pattern.replace(b"?P<", b"?P<_") + rb")")
_PACKED = re.compile(re.escape(GZIP) + rb"|" + re.escape(ZSTD))
_CLOSED = re.compile(rb"(?:" + LINE_END + rb"){1,2}\Z")


class Budget:
    """How much of a file may be read again because lengths lied."""

    left = GIVEN_BACK

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise NotARecord("too many wrong lengths")


def read_block(
    members: Members, headers: tuple[tuple[str, str], ...], budget: Budget, *, is_arc: bool
) -> tuple[BinaryIO, str]:
    """The block, and what is wrong with its stated length; empty where nothing is."""
    named = next((v for n, v in headers if n.lower() == "content-length"), "")
    stated = int(named) if named.isascii() and named.isdigit() and len(named) < 16 else -1
    block: BinaryIO = BytesIO() if 0 <= stated <= IN_MEMORY else temporary.file()
    try:
        found, wrong = _read_block(members, block, stated, budget, is_arc=is_arc)
    except BaseException:
        block.close()
        raise
    found.seek(0)
    said = f"Content-Length is {named[:40]!r}, the block has {_size(found):,} bytes"
    return found, said if wrong else ""


def _read_block(
    members: Members, block: BinaryIO, stated: int, budget: Budget, *, is_arc: bool
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
    rest = ahead.lstrip(b"\r\n")
    return not rest or bool(VERSION.match(rest) or arc.LINE.match(rest))


def _cut(members: Members, block: BinaryIO, at: int, budget: Budget) -> BinaryIO:
    """The first bytes of a block; the others are given back."""
    size = _size(block)
    budget.spend(size - at)
    block.seek(0)
    kept = temporary.file()
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


def _read_on(members: Members, block: BinaryIO, ends: re.Pattern[bytes], budget: Budget) -> None:
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
    return re.search(HEAD_END.pattern + rb"\Z", block.read()) is not None


def _drop_line_ends(block: BinaryIO) -> None:
    """Take off the two line ends that close a record."""
    size = block.seek(0, 2)
    block.seek(max(0, size - 6))
    closing = _CLOSED.search(block.read())
    block.truncate(size - len(closing[0]) if closing else size)
