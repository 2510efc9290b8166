"""What a crawl is doing, on stderr: one live line on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING

from scrapy import signals
from twisted.internet.task import LoopingCall

from crawler.recorder import Recorder

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler

TERMINAL_SECONDS = 0.5
PLAIN_SECONDS = 15.0


class Progress:
    """A Scrapy extension that shows the recorder's counts."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._started = monotonic()
        self._terminal = sys.stderr.isatty()
        self._loop = LoopingCall(self._show)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        progress = cls(crawler)
        crawler.signals.connect(progress.opened, signals.spider_opened)
        crawler.signals.connect(progress.closed, signals.spider_closed)
        return progress

    def opened(self, spider: Spider) -> None:
        self._loop.start(TERMINAL_SECONDS if self._terminal else PLAIN_SECONDS, now=False)

    def closed(self, spider: Spider) -> None:
        if self._loop.running:
            self._loop.stop()
        if self._terminal:
            sys.stderr.write("\r\x1b[K")

    def _show(self) -> None:
        recorder = self._crawler.get_extension(Recorder)
        assert recorder is not None
        report = recorder.report
        seconds = monotonic() - self._started
        text = (
            f"{report.captured:,} captured, {report.articles:,} articles, "
            f"{report.rejected.total():,} rejected, {report.failed.total():,} failed, "
            f"{recorder.hosts.waiting:,} waiting, {60 * report.captured / seconds:,.0f}/min"
            f"{_left(recorder.hosts.waiting, report.captured / seconds)}"
            f"{_resting(len(recorder.hosts.resting))}"
            f"{_paused(recorder.room.free) if recorder.room.short_for else ''}"
        )
        sys.stderr.write(f"\r\x1b[K{text}" if self._terminal else f"{text}\n")
        sys.stderr.flush()


def _left(waiting: int, rate: float) -> str:
    """How long what waits now takes at the rate so far; links found on the way add to it."""
    if not waiting or not rate:
        return ""
    minutes = waiting / rate / 60
    return f", {minutes:,.0f} min left" if minutes >= 1 else ", under a minute left"


def _paused(free: float) -> str:
    return f", paused: {free:,.0f} MB free on the disk"


def _resting(hosts: int) -> str:
    return f", {hosts} host{'s' if hosts > 1 else ''} resting" if hosts else ""
