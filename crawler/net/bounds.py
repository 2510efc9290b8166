"""What one response may cost on the wire: bytes, header fields, seconds.

Counted where the bytes arrive, before anything parses them, so it does not matter what they
claim to be: headers without an end, interim answers without an end, chunk extensions, a byte a second. What
came until the limit is kept and marked (WARC-Truncated: length, or time).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from archive.formats.message import HEAD_LIMIT, status

Cut = Literal["length", "time"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of one response; honest servers stay far inside."""

    head_bytes: int = HEAD_LIMIT  # of all heads of it, interim ones included
    head_fields: int = 1_000
    wire_bytes: int = 32 * 2**20
    head_seconds: float = 60.0  # until the head is whole
    window: float = 30.0  # seconds over which the speed of the body is taken
    floor: float = 1_000.0  # bytes a second; the slowest honest server seen sent 4 kB (2026-11)


@dataclass(slots=True)
class Meter:
    """Counts a response as it comes, and says when it is too much."""

    bounds: Bounds
    received: int = 0
    head_seen: bool = False
    _fields: int = 0
    _line: bytearray = field(default_factory=bytearray)  # the first bytes of the line that is read
    _is_interim: bool = False
    _is_first: bool = True  # the line is a status line
    _last: int = 0  # bytes received when the speed was last taken

    def take(self, data: bytes) -> Cut | None:
        """Count bytes; `length` when they are more than may come."""
        self.received += len(data)
        if not self.head_seen:
            self._read_head(data)
            head = self.received if not self.head_seen else 0
            if head > self.bounds.head_bytes or self._fields > self.bounds.head_fields:
                return "length"
        return "length" if self.received > self.bounds.wire_bytes else None

    def too_slow(self, seconds: float) -> bool:
        """Whether too little came since this was asked last, `window` seconds ago; `seconds` is the age
        of the exchange."""
        gained, self._last = self.received - self._last, self.received
        if not self.head_seen:
            return seconds >= self.bounds.head_seconds
        return gained < self.bounds.floor * self.bounds.window

    def _read_head(self, data: bytes) -> None:
        at = 0
        while not self.head_seen and at < len(data):
            end = data.find(b"\n", at)
            upto = len(data) if end < 0 else end
            self._line += data[at : min(upto, at + 16 - len(self._line))]
            at = upto + 1
            if end >= 0:
                self._end_line(bytes(self._line))
                self._line.clear()

    def _end_line(self, line: bytes) -> None:
        if self._is_first:
            code = status(line)
            self._is_interim = 100 <= code < 200 and code != 101
            self._is_first = False
        elif line in (b"", b"\r"):
            self.head_seen = not self._is_interim
            self._is_first = True
        self._fields += 1
