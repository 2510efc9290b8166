"""How far a replay has come, on stderr: one live line on a terminal, a plain one now and then."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from time import monotonic

from archive.formats.opening import INSIDE
from archive.formats.records import Damage
from archive.replay import Replayed

TERMINAL_SECONDS = 0.5
PLAIN_SECONDS = 15.0


class Passing:
    """Counts the captures and bytes of archive files while they are read in this order.

    What is read is a few captures ahead of what is derived; bytes tell how much is left, because
    nobody knows how many captures there are before all are read.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._before: dict[str, int] = {}  # bytes of the files in front of each
        self._total = 0
        for path in files:
            self._before[path.name] = self._total
            self._total += path.stat().st_size if path.exists() else 0
        self._captures = self._at = self._skipped = 0
        self._started = self._shown = monotonic()
        self._terminal = sys.stderr.isatty()

    def skip(self, path: Path) -> None:
        """Leave out a file that needs no work."""
        size = path.stat().st_size
        self._skipped += size
        self._at = self._before[path.name] + size

    def over(self, found: Iterable[Replayed | Damage]) -> Iterator[Replayed | Damage]:
        """The captures as they come, noted in passing."""
        for one in found:
            if isinstance(one, Replayed):
                self._captures += 1
                self._note(one)
            yield one

    def end(self) -> None:
        """Clear the live line."""
        if self._terminal and self._captures:
            sys.stderr.write("\r\x1b[K")

    def _note(self, one: Replayed) -> None:
        place = one.capture.warc
        if place is not None:
            before = self._before.get(place.file.partition(INSIDE)[0].removesuffix(".open"))
            if before is not None:
                self._at = max(self._at, min(self._total, before + place.offset + place.length))
        now = monotonic()
        if now - self._shown >= (TERMINAL_SECONDS if self._terminal else PLAIN_SECONDS):
            self._shown = now
            told = self.told(now - self._started)
            sys.stderr.write(f"\r\x1b[K{told}" if self._terminal else f"{told}\n")
            sys.stderr.flush()

    def told(self, seconds: float) -> str:
        """How far it has come after so long, and how long the rest takes at the same rate."""
        text = f"{self._captures:,} captures, {self._at / max(1, self._total):.0%} of"
        text += f" {self._total / 1e6:,.0f} MB, {60 * self._captures / max(seconds, 1e-3):,.0f}/min"
        done = self._at - self._skipped
        if done <= 0:
            return text
        minutes = seconds * (self._total - self._at) / done / 60
        return text + (f", {minutes:,.0f} min left" if minutes >= 1 else ", under a minute left")
