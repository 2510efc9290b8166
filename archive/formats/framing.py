"""Records taken off a stream of unpacked bytes: header, block, and the line ends behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

from archive.formats import arc
from archive.formats.lengths import HEAD_END, VERSION, Budget, read_block
from archive.formats.packing import Members, NotARecord, Torn, what_is
from archive.formats.records import ReadRecord
from archive.model import Location

HEADER_LIMIT = 64 * 1024  # bytes of one record header
_CLOSING = 64  # bytes of line ends behind a block that are kept to be judged
_LINE_ENDS = b"\r\n"


def records(members: Members, name: str) -> Iterator[ReadRecord]:
    """Every record from where `members` stands to the end of the file.

    Raises `NotARecord` at the first thing that is none. `name` is the file's, for locations.
    """
    budget = Budget()
    while _skip_line_ends(members):
        members.peek(1)
        start = members.member_start if members.packed else members.position
        inside = members.inside if members.packed else 0
        head = _head(members)
        headers, version = _fields(head, start + inside)
        try:
            block, problem = read_block(members, headers, budget, is_arc=version.startswith("ARC"))
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
        end = HEAD_END.search(held) if warc else line
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
