"""Acknowledged captures to lines, in worker processes, in the order of capture.

The reactor never waits for an extraction. Workers read the capture back from the archive, so
only its place goes to them. Lines are written in the order the captures were acknowledged:
the bytes in text/ do not depend on the number of workers.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread

from archive import memory, worker
from archive.errors import FangzhiError, WriteFailed
from archive.formats.originals import Originals
from archive.holdings import Holdings
from archive.model import SiteMemory
from archive.relevance import Like
from archive.replay import Replayed, captures
from archive.sites import Site
from archive.state import Acknowledged
from archive.textfiles import Begun, TextFile, unfinished
from archive.warc import parse_date
from archive.warcreader import Damage
from crawler.derived import lines, rejected
from crawler.reactor import reactor
from crawler.sandbox import Sandbox, Spent, WorkFailed

logger = logging.getLogger(__name__)

FEWEST = 5  # pages of one run from which a site's memory is grown
LESSONS = 200  # pages of one run that grow a site's memory: its frame shows in far fewer
BACKLOG = 256  # captures waiting for derivation before the downloader is held back


@dataclass(slots=True)
class _Task:
    """One capture on its way to a line."""

    capture: Acknowledged
    site: str | None
    announced: str
    searched: str = ""
    told: Callable[[dict[str, Any]], None] | None = None  # in place of text/, which has the line
    future: Future[str] = field(default_factory=Future)


def _line(task: _Task) -> str:
    """The finished line; a rejection when no worker could end the derivation. Raises
    `FangzhiError`."""
    try:
        row: str = task.future.result()
    except (Spent, WorkFailed) as error:
        capture = task.capture
        date = parse_date(capture.date)
        return rejected(capture.record_id, capture.location.file, capture.uri, date, error)
    return row


class Deriver:
    """Derives captures and writes text/. `on_line` is told every line and its site, in
    order; `before_finish` is called before a text file gets its name, which says that all was told;
    `on_change` is told a line as it was and as it is, when the pages of an article are joined."""

    def __init__(
        self,
        holdings: Holdings,
        workers: int,
        on_line: Callable[[dict[str, Any], str | None], None],
        on_failure: Callable[[WriteFailed], None],
        before_finish: Callable[[], None],
        on_change: Callable[[Mapping[str, Any], Mapping[str, Any]], None],
        like: Like | None = None,
    ) -> None:
        self.workers = workers
        self._holdings = holdings
        self._on_line = on_line
        self._on_failure = on_failure
        self._before_finish = before_finish
        self._on_change = on_change
        self._like = like
        self._failed = False  # text/ cannot be written; captures stay pending
        self._sites: dict[str, Site] = {}
        self._memories: dict[str, SiteMemory] = {}
        self._pool: Sandbox | None = None
        self._waiting: deque[_Task] = deque()
        self._waiters: list[Deferred[None]] = []  # told whenever lines were written
        self._text: TextFile | None = None
        self._taught: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)

    def know(self, sites: dict[str, Site]) -> None:
        """The sites of this run; each is derived with the newest memory it has now."""
        self._sites = sites
        for name in sites:
            known = self._holdings.find_memory(name)
            if known is not None:
                self._memories[name] = known

    @property
    def is_busy(self) -> bool:
        """Whether lines are still to come."""
        return bool(self._waiting)

    def memory_digest(self, site: str | None) -> str | None:
        """Digest of the memory a capture of this site is derived with."""
        known = self._memories.get(site or "")
        return known.digest if known else None

    async def add(
        self, capture: Acknowledged, site: str | None, announced: str = "", searched: str = ""
    ) -> None:
        """Derive one capture, with what its crawl notes beside it (`archive.model.Capture`);
        returns at once unless too many are waiting."""
        task = _Task(capture, site, announced, searched)
        self._submit(task)
        if (
            site
            and capture.status == 200
            and not capture.original
            and len(self._taught[site]) < LESSONS
        ):
            self._taught[site].append((capture.location.file, capture.location.offset))
        self._waiting.append(task)
        while len(self._waiting) > BACKLOG:
            await self._line_written()

    def read_again(
        self, capture: Acknowledged, site: str, told: Callable[[dict[str, Any]], None]
    ) -> None:
        """Derive a capture whose line is in text/ already, for what the line says."""
        task = _Task(capture, site, "", told=told)
        self._submit(task)
        self._waiting.append(task)

    async def close(self, seconds: float | None = None) -> None:
        """Wait for what is waiting, finish the text and stop the workers.

        What `seconds` do not suffice for is left to the next run, which derives the file again.
        """
        timer = None
        if seconds is not None and self._waiting:
            timer = reactor().callLater(seconds, self._drop)
        while self._waiting:
            await self._line_written()
        if timer is not None and timer.active():
            timer.cancel()
        try:
            if not self._failed:
                await self._learn()
                self._finish_text()
        except (OSError, FangzhiError) as error:
            self._give_up(error)
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=self._failed)

    def abandon(self) -> None:
        """Write no more: text without its name is derived again by the next run."""
        self._failed = True
        if self._text is not None:
            self._text.abandon()
            self._text = None

    def _drop(self) -> None:
        """Give up what is waiting."""
        self.abandon()
        self._waiting.clear()
        self._drain()

    def _finish_text(self) -> None:
        if self._text is not None:
            self._before_finish()
        if self._text is not None:  # else it was given up
            self._text.close(self._on_change)
            self._text = None

    def catch_up(self, on_line: Callable[[dict[str, Any]], None]) -> int:
        """Derive what is missing in the text of WARC files that an earlier run did not finish; how
        many there were.

        None in a run that only captures. Raises `OSError` and `WriteFailed`.
        """
        try:
            return self._catch_up(on_line)
        except FangzhiError as error:
            raise error if isinstance(error, WriteFailed) else _untold(error) from error

    def _catch_up(self, on_line: Callable[[dict[str, Any]], None]) -> int:
        if not self.workers:
            return 0
        left = unfinished(self._holdings.warcs(), self._holdings.folder("text"))
        originals = Originals(self._holdings.place)
        for path in left:
            with (
                closing(Begun(self._holdings.folder("text"), path.name)) as begun,
                TextFile(self._holdings.folder("text"), path.name) as text,
            ):
                for row in self._rows(captures(path, originals), begun):
                    text.add(row)
                    on_line(json.loads(row))
                self._before_finish()
                if self._failed:
                    raise WriteFailed(f"text: {path.name}: what its lines lead to cannot be kept")
        return len(left)

    def _rows(self, found: Iterator[Replayed | Damage], begun: Begun) -> Iterator[str]:
        """The lines of captures: as they were written before, then derived."""
        for one in found:
            if isinstance(one, Damage):
                continue
            row = begun.line_of(one.capture.record_id)
            if row is None:
                rest = lines(chain([one], found), self._executor())
                yield from (line for line in rest if not isinstance(line, Damage))
            else:
                yield row

    async def _learn(self) -> None:
        """Grow the memory of each site by this run's pages; the next run derives with it."""
        learning = {
            site: self._executor().submit(partial(worker.learn, site, places))
            for site, places in self._taught.items()
            if len(places) >= FEWEST
        }
        for site, future in learning.items():
            try:
                told = await maybe_deferred_to_future(deferToThread(future.result))
            except (Spent, WorkFailed) as error:
                logger.warning("%s: its pages taught nothing: %s", site, error)
                continue
            learned = memory.from_json(told)
            if site in self._memories:
                learned = memory.merge(self._memories[site], learned)
            self._holdings.keep_memory(learned)

    async def _line_written(self) -> None:
        waiter: Deferred[None] = Deferred()
        self._waiters.append(waiter)
        await maybe_deferred_to_future(waiter)

    def _executor(self) -> Sandbox:
        if self._pool is None:
            folder = self._holdings.folder("warc")
            start = partial(worker.start, folder, self._sites, self._memories, self._like)
            self._pool = Sandbox(max(1, self.workers), start)
        return self._pool

    def _submit(self, task: _Task) -> None:
        capture = task.capture
        work = partial(
            worker.derive_place,
            capture.location,
            task.site,
            task.announced,
            task.searched,
            capture.payload,
        )
        task.future = self._executor().submit(work)
        task.future.add_done_callback(lambda _: reactor().callFromThread(self._drain))

    def _drain(self) -> None:
        """Write the lines that are ready, in order, and tell who waits for that."""
        while self._waiting and self._waiting[0].future.done():
            task = self._waiting[0]
            self._waiting.popleft()
            try:
                row = _line(task)
            except FangzhiError as error:  # no fault of the page: the next run derives it
                self._give_up(error)
                continue
            try:
                self._write(task, row)
            except Exception:  # else who waits for the lines behind it would wait for ever
                logger.exception("%s: its line could not be told", task.capture.uri)
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            waiter.callback(None)

    def _write(self, task: _Task, row: str) -> None:
        """Write one line, and tell it. When writing fails nothing more is written or counted: the
        captures are safe, and the next run derives what has no finished text."""
        if task.told is not None:
            task.told(json.loads(row))
            return
        if self._failed:
            return
        file = task.capture.location.file
        try:
            if self._text is None or f"{self._text.stem}.warc.gz" != file:
                self._finish_text()
                if self._failed:  # by what was told before the text got its name
                    return
                self._text = TextFile(self._holdings.folder("text"), file)
            self._text.add(row)
        except (OSError, WriteFailed) as error:
            self._give_up(error)
            return
        self._on_line(json.loads(row), task.site)

    def _give_up(self, error: Exception) -> None:
        self.abandon()
        self._on_failure(_untold(error))


def _untold(error: Exception) -> WriteFailed:
    return WriteFailed(f"text: {error}")
