"""Compressed members of an archive file, read as one stream: gzip, zstd, or none.

A WARC file is a row of members, one record each (WARC 1.1, annex D), or it should be. `Members`
gives the bytes inside them from one member on, says where each of them begins, and refuses to
hide a tear. Zstandard files may open with a dictionary in a skippable frame (iipc, "Use of
Zstandard Compression in WARC Files", 1.0).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO, Protocol

PIECE = 64 * 1024
GZIP = b"\x1f\x8b\x08"
ZSTD = b"\x28\xb5\x2f\xfd"
_DICTIONARY = b"\x5d\x2a\x4d\x18"
_DICTIONARY_LIMIT = 16 * 1024 * 1024  # bytes; real ones have up to 1 MiB
_WINDOW = 27  # log2 of the zstd window: 128 MiB, the default of the command line tool


class NotARecord(Exception):
    """Something in the stream that is no record; the message says what."""


class Torn(NotARecord):
    """The file ends inside a member or a record."""


class Decoder(Protocol):
    """Takes one member apart, piece by piece."""

    done: bool

    def feed(self, raw: bytes) -> tuple[bytes, bytes]:
        """Up to `PIECE` bytes, and what of `raw` was not used."""
        ...


class _Inflate:
    def __init__(self) -> None:
        self._stream = zlib.decompressobj(31)
        self.done = False

    def feed(self, raw: bytes) -> tuple[bytes, bytes]:
        try:
            out = self._stream.decompress(raw, PIECE)
        except zlib.error as problem:
            raise NotARecord(f"gzip: {problem}") from problem
        self.done = self._stream.eof
        return out, self._stream.unused_data if self.done else self._stream.unconsumed_tail


class _Unzstd:
    def __init__(self, dictionary: bytes) -> None:
        from backports import zstd

        options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _WINDOW}
        trained = zstd.ZstdDict(dictionary) if dictionary else None
        self._stream = zstd.ZstdDecompressor(zstd_dict=trained, options=options)
        self._error = zstd.ZstdError
        self.done = False

    def feed(self, raw: bytes) -> tuple[bytes, bytes]:
        try:
            out = self._stream.decompress(raw, PIECE)
        except self._error as problem:
            raise NotARecord(f"zstd: {problem}") from problem
        self.done = self._stream.eof
        return out, self._stream.unused_data if self.done else b""


def decoder_for(magic: bytes, dictionary: bytes = b"") -> Callable[[], Decoder] | None:
    """What takes a member with these first bytes apart; `None` for bytes that are not packed."""
    if magic.startswith(GZIP[:2]):
        return _Inflate
    if magic.startswith(ZSTD) or _is_skippable(magic):
        return lambda: _Unzstd(dictionary)
    return None


def dictionary_of(file: BinaryIO) -> tuple[bytes, int]:
    """The zstd dictionary a file opens with and the byte it ends at; empty and 0 without one."""
    file.seek(0)
    head = file.read(8)
    size = int.from_bytes(head[4:8], "little")
    if not head.startswith(_DICTIONARY) or not 8 <= size <= _DICTIONARY_LIMIT:
        return b"", 0
    data = file.read(size)
    if len(data) < size:
        return b"", 0
    if data.startswith(ZSTD):
        data = unpacked(data, _DICTIONARY_LIMIT)
    return data, 8 + size


def unpacked(data: bytes, limit: int) -> bytes:
    """The content of one packed member held in memory; `NotARecord` when it is none or longer
    than `limit`."""
    make = decoder_for(data[:4])
    if make is None:
        raise NotARecord("not packed")
    decoder, pieces, size = make(), [], 0
    while not decoder.done:
        out, data = decoder.feed(data)
        pieces.append(out)
        size += len(out)
        if size > limit:
            raise NotARecord(f"unpacks to more than {limit} bytes")
        if not out and not data and not decoder.done:
            raise Torn("the member is cut")
    return b"".join(pieces)


class Members:
    """The unpacked bytes of a file from the member at `start` on, and where members begin.

    `position` is the byte of the file up to which it was read, `inside` the number of unpacked
    bytes given since the current member began.
    """

    def __init__(self, file: BinaryIO, start: int, dictionary: bytes = b"") -> None:
        self._file = file
        self._read_to = start  # where in the file the next raw bytes lie
        self._raw = b""
        self._held: list[tuple[BinaryIO, int]] = []  # given back, the last one first, with its size
        self._out = b""
        self._dictionary = dictionary
        file.seek(start)
        self._decoder: Decoder | None = None
        self.start = self.member_start = start
        self.inside = 0
        self.packed = decoder_for(file.read(4), dictionary) is not None

    @property
    def position(self) -> int:
        """Byte of the file behind what was given; exact at the ends of members and without any."""
        back = 0 if self.packed else self.waiting
        return self._read_to - len(self._raw) - back

    @property
    def waiting(self) -> int:
        """Unpacked bytes that were read and not yet given."""
        return len(self._out) + sum(size for _, size in self._held)

    @property
    def at_member_end(self) -> bool:
        """Whether every byte of the members begun so far was given."""
        return not self.waiting and self._decoder is not None and self._decoder.done

    def read(self, size: int = PIECE, *, within: bool = False) -> bytes:
        """Up to `size` bytes; empty at the end of the file, or of the member with `within`."""
        while not self._out:
            if self._held:
                self._take_held()
            elif (within and self.at_member_end) or not self._more():
                return b""
        out, self._out = self._out[:size], self._out[size:]
        self.inside += len(out)
        return out

    def peek(self, size: int = 64, *, within: bool = False) -> bytes:
        """The next bytes without taking them; fewer than `size` at an end."""
        found = b""
        try:
            while len(found) < size and (piece := self.read(size - len(found), within=within)):
                found += piece
        except NotARecord:
            if not found:
                raise
        self.give_back(found)
        return found

    def give_back(self, data: bytes) -> None:
        """Take bytes back that `read` gave, to give them again."""
        self._out = data + self._out
        self.inside -= len(data)

    def give_back_file(self, data: BinaryIO, size: int) -> None:
        """Take back the next `size` bytes of an open file; it is read as they are asked for."""
        if self._out:
            self._held.append((BytesIO(self._out), len(self._out)))
            self._out = b""
        self._held.append((data, size))
        self.inside -= size

    def close(self) -> None:
        """Let go of what was given back; the file itself stays open."""
        for data, _ in self._held:
            data.close()
        self._held.clear()

    def _take_held(self) -> None:
        data, size = self._held.pop()
        self._out = data.read(min(size, PIECE))
        if len(self._out) < size and self._out:
            self._held.append((data, size - len(self._out)))
        else:
            data.close()

    def _more(self) -> bool:
        """Read on in the file; false at its end. A member may end without giving a byte."""
        if not self.packed:
            self._out = self._fill()
            self._raw = b""
            return bool(self._out)
        decoder = self._decoder
        if decoder is None or decoder.done:
            decoder = self._begin_member()
            if decoder is None:
                return False
        raw = self._raw
        self._out, self._raw = decoder.feed(raw)
        stuck = not self._out and len(self._raw) == len(raw) and not decoder.done
        if stuck and not self._fill():
            raise Torn("the file ends inside a member")
        return True

    def _begin_member(self) -> Decoder | None:
        """The decoder of the next member; `None` at the end of the file."""
        while len(self._raw) < 4 and self._fill():
            pass
        if not self._raw:
            return None
        make = decoder_for(self._raw[:4], self._dictionary)
        if make is None:
            if len(self._raw) < 4 and any(m.startswith(self._raw) for m in (GZIP, ZSTD)):
                raise Torn("the file ends inside a member")
            raise NotARecord(what_is(self._raw))
        self.member_start, self.inside = self._read_to - len(self._raw), 0
        self._decoder = make()
        return self._decoder

    def _fill(self) -> bytes:
        self._file.seek(self._read_to)
        piece = self._file.read(PIECE)
        self._read_to += len(piece)
        self._raw += piece
        return piece


def what_is(data: bytes) -> str:
    """What stands where a record should begin."""
    if not data.strip(b"\0"):
        return "zero bytes"
    if data.startswith(b"\xef\xbb\xbf"):
        return "a byte order mark"
    return "no record begins here"


def _is_skippable(magic: bytes) -> bool:
    """RFC 8878, 3.1.2."""
    return magic[1:4] == b"\x2a\x4d\x18" and 0x50 <= magic[0] <= 0x5F
