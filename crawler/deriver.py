"""Acknowledged captures to lines, in worker processes, in the order of capture.

The reactor never waits for an extraction. Workers read the capture back from the archive, so
only its place goes to them. Lines are written in the order the captures were acknowledged:
the bytes in text/ do not depend on the number of workers.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import Any

from archive.sites import Site
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred

from archive import worker
from archive.holdings import Holdings
from archive.model import Location, SiteMemory
from archive.replay import lines
from archive.textfiles import TextFile, unfinished
from archive.warcreader import Damage
from crawler.reactor import reactor

logger = logging.getLogger(__name__)

BACKLOG = 256  # captures waiting for derivation before the downloader is held back


class Deriver:
    """Derives captures and writes text/. `on_line` is told every line, in order."""

    def __init__(
        self, holdings: Holdings, workers: int, on_line: Callable[[dict[str, Any]], None]
    ) -> None:
        self.workers = workers
        self._holdings = holdings
        self._on_line = on_line
        self._sites: dict[str, Site] = {}
        self._memories: dict[str, SiteMemory] = {}
        self._pool: Executor | None = None
        self._waiting: deque[tuple[str, Future[str]]] = deque()
        self._room: list[Deferred[None]] = []
        self._text: TextFile | None = None

    def know(self, sites: dict[str, Site]) -> None:
        """The sites of this run; each is derived with the newest memory it has now."""
        self._sites = sites
        for name in sites:
            memory = self._holdings.find_memory(name)
            if memory is not None:
                self._memories[name] = memory

    def memory_digest(self, site: str | None) -> str | None:
        """Digest of the memory a capture of this site is derived with."""
        memory = self._memories.get(site or "")
        return memory.digest if memory else None

    async def add(self, place: Location, site: str | None) -> None:
        """Derive one capture; returns at once unless too many are waiting."""
        future = self._executor().submit(worker.derive_place, place.file, place.offset, site)
        self._waiting.append((place.file, future))
        future.add_done_callback(lambda _: reactor().callFromThread(self._drain))
        while len(self._waiting) > BACKLOG:
            room: Deferred[None] = Deferred()
            self._room.append(room)
            await maybe_deferred_to_future(room)

    async def close(self) -> None:
        """Wait for what is waiting, finish the text and stop the workers."""
        while self._waiting:
            room: Deferred[None] = Deferred()
            self._room.append(room)
            self._drain()
            if self._waiting:
                await maybe_deferred_to_future(room)
        if self._text is not None:
            self._text.close()
            self._text = None
        if self._pool is not None:
            self._pool.shutdown()

    def catch_up(self) -> int:
        """Derive the WARC files whose text an earlier run did not finish; how many there were."""
        left = unfinished(self._holdings.warcs(), self._holdings.folder("text"))
        for path in left:
            with TextFile(self._holdings.folder("text"), path.name) as text:
                for line in lines(path, self._sites, self._holdings.find_memory):
                    if not isinstance(line, Damage):
                        text.add(line)
        return len(left)

    def _executor(self) -> Executor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self.workers,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=worker.start,
                initargs=(self._holdings.folder("warc"), self._sites, self._memories),
            )
        return self._pool

    def _drain(self) -> None:
        while self._waiting and self._waiting[0][1].done():
            file, future = self._waiting.popleft()
            self._write(file, future.result())
        room, self._room = self._room, []
        if len(self._waiting) > BACKLOG:
            self._room = room
            return
        for waiter in room:
            waiter.callback(None)

    def _write(self, file: str, line: str) -> None:
        if self._text is None or f"{self._text.stem}.warc.gz" != file:
            if self._text is not None:
                self._text.close()
            self._text = TextFile(self._holdings.folder("text"), file)
        self._text.add(line)
        self._on_line(json.loads(line))
