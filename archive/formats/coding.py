"""Content codings taken off a payload, bounded: gzip, deflate, br, zstd, several, and lies.

A body that is not coded as its head says is given as it is; what a damaged stream gave before
the damage is kept and flagged. Nothing decodes to more than `LIMIT` bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import brotli
from backports import zstd

LIMIT = 64 * 1024 * 1024  # bytes of one decoded document
RATIO = 200  # decoded to coded; honest pages stay under 30, deflate ends at 1,032
FREE = 8 * 1024 * 1024  # bytes below which the ratio is not asked: padding compresses well
_PIECE = 64 * 1024
_LAYERS = 4  # codings one on another


@dataclass(frozen=True, slots=True)
class Content:
    """A payload without its content coding."""

    data: bytes
    flags: tuple[str, ...] = ()  # content-coding-lie, content-damaged
    limited: str | None = None  # the limit that was hit; `data` is then empty


class _TooLarge(Exception):
    pass


class _NotCoded(Exception):
    pass


@dataclass(slots=True)
class _Sink:
    """Collects decoded pieces up to the limits."""

    coded: int
    pieces: list[bytes]
    size: int = 0

    def add(self, piece: bytes) -> None:
        self.size += len(piece)
        self.pieces.append(piece)
        if self.size > LIMIT:
            raise _TooLarge(f"decodes to more than {LIMIT} bytes")
        if self.size > FREE and self.size > RATIO * self.coded:
            raise _TooLarge(f"decodes to more than {RATIO} times its size")


def decode(codings: list[str], data: bytes) -> Content:
    """`data` without the named content codings, the last one applied taken off first."""
    flags: dict[str, None] = {}
    names = [n for n in codings if n not in ("", "identity")]
    if len(names) > _LAYERS:
        return Content(b"", (), f"more than {_LAYERS} content codings")
    for name in reversed(names):
        sink = _Sink(len(data), [])
        try:
            whole = _take_off(name, data, sink)
        except _TooLarge as problem:
            return Content(b"", tuple(flags), str(problem))
        except _NotCoded:
            flags["content-coding-lie"] = None
            continue
        if not whole:
            flags["content-damaged"] = None
        data = b"".join(sink.pieces)
    return Content(data, tuple(flags), "document is too large" if len(data) > LIMIT else None)


def is_gzip(data: bytes) -> bool:
    """Whether the bytes begin like a gzip member."""
    return data[:3] == b"\x1f\x8b\x08"


def _take_off(name: str, data: bytes, sink: _Sink) -> bool:
    """Decode into `sink`; whether the stream came to its end. Raises when it is no such stream."""
    decoders: dict[str, Callable[[bytes, _Sink], bool]] = {
        "gzip": _gzip,
        "x-gzip": _gzip,
        "deflate": _deflate,
        "br": _brotli,
        "zstd": _zstd,
    }
    decoder = decoders.get(name)
    if decoder is None or not data:
        raise _NotCoded
    return decoder(data, sink)


def _gzip(data: bytes, sink: _Sink) -> bool:
    if not is_gzip(data):
        raise _NotCoded
    while is_gzip(data):
        stream = zlib.decompressobj(31)
        if not _inflate(stream, data, sink):
            return False
        data = stream.unused_data
    return not data.strip(b"\0\r\n")


def _deflate(data: bytes, sink: _Sink) -> bool:
    """RFC 9110, 8.4.1.2 means zlib; some servers send the bare deflate stream."""
    for bits in (15, -15):
        try:
            zlib.decompressobj(bits).decompress(data[:_PIECE], 64)
        except zlib.error:
            continue
        return _inflate(zlib.decompressobj(bits), data, sink)
    raise _NotCoded


def _inflate(stream: zlib._Decompress, data: bytes, sink: _Sink) -> bool:
    try:
        while not stream.eof:
            piece = stream.decompress(data, _PIECE)
            data = stream.unconsumed_tail
            sink.add(piece)
            if not piece and not data:
                break
    except zlib.error:
        if not sink.size:
            raise _NotCoded from None
        return False
    return stream.eof


def _brotli(data: bytes, sink: _Sink) -> bool:
    stream = brotli.Decompressor()
    try:
        sink.add(stream.process(data, output_buffer_limit=_PIECE))
        while not stream.can_accept_more_data():
            sink.add(stream.process(b"", output_buffer_limit=_PIECE))
    except brotli.error:
        if not sink.size or _looks_plain(data):
            sink.pieces.clear()
            raise _NotCoded from None
        return False
    return bool(stream.is_finished())


def _zstd(data: bytes, sink: _Sink) -> bool:
    stream = zstd.ZstdDecompressor()
    try:
        piece = stream.decompress(data, _PIECE)
        sink.add(piece)
        while piece and not stream.eof:
            piece = stream.decompress(b"", _PIECE)
            sink.add(piece)
    except zstd.ZstdError:
        if not sink.size:
            raise _NotCoded from None
        return False
    return bool(stream.eof)


def _looks_plain(data: bytes) -> bool:
    """Brotli has no signature: mark-up at the front says it was never coded."""
    return data.lstrip()[:1] == b"<"
