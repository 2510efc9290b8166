"""Whether the disk has room for what a crawl is about to ask for.

A full disk costs nothing that was kept (crawler/failing.py), but other programs suffer from it
as well, and what is in flight then is lost. So a crawl asks for nothing new while less than a floor is free;
what is on its way is kept. When nobody makes room in time the run ends, and the next one goes on.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic

SHARE = 20  # the floor is at most a twentieth of the file system: a small one can be used at all
FILES = 64  # names that must be left where a file system counts them


class Room:
    """The free space of the file system a folder is on."""

    def __init__(self, folder: Path, floor: float, clock: Callable[[], float] = monotonic) -> None:
        """`floor` in MB; 0 is no floor."""
        self._folder, self._floor, self._clock = folder, floor * 1e6, clock
        self._since: float | None = None  # when it became short
        self.free = 0.0  # MB at the last look

    def is_short(self) -> bool:
        """Whether less is free than the floor, now."""
        if not self._floor:
            return False
        found = os.statvfs(self._folder)
        free = found.f_bavail * found.f_frsize
        self.free = free / 1e6
        short = free < min(self._floor, found.f_blocks * found.f_frsize / SHARE)
        short |= bool(found.f_files) and found.f_favail < FILES
        if not short:
            self._since = None
        elif self._since is None:
            self._since = self._clock()
        return short

    @property
    def short_for(self) -> float:
        """Seconds since it became short, as of the last look; 0 where it is not."""
        return 0.0 if self._since is None else self._clock() - self._since
