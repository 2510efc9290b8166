"""Run a spider from the command line and say how it ended."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from archive import limits
from archive.errors import (
    ArchiveError,
    FangzhiError,
    HoldingsInUse,
    HoldingsTooNew,
    WriteFailed,
    WrongUse,
)
from archive.sites import Site
from crawler.codes import DONE, FAILED, FULL, IN_USE, INTERRUPTED, SHORT, WRONG_USE
from crawler.recorder import Recorder
from crawler.scheduler import NO_ROOM


def crawl(sites: Mapping[str, Site], options: Mapping[str, Any]) -> int:
    """Crawl the sites; the exit code of DESIGN section 6."""
    code, _ = _run("site", options, site=",".join(sites))
    return code


def scrape(urls: list[str], options: Mapping[str, Any]) -> tuple[int, str]:
    """Fetch and archive the URLs; the exit code and the name of the run."""
    return _run("article", options, url=" ".join(urls))


def _run(spider: str, options: Mapping[str, Any], **arguments: str) -> tuple[int, str]:
    limits.give_back()
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.update(dict(options), priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(spider)
    task = process.crawl(crawler, **arguments)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # not under nohup
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    process.start()
    failure = task.exception() if task.done() else None
    if failure is not None:
        return _refused(failure), ""
    return _ended(crawler)


def _ended(crawler: Crawler) -> tuple[int, str]:
    recorder = crawler.get_extension(Recorder)
    assert recorder is not None
    assert crawler.stats is not None
    reason = crawler.stats.get_value("finish_reason")
    for url, why in recorder.noted.unreachable.items():
        print(f"fangzhi: {url}: could not be fetched: {why}", file=sys.stderr)
    for alarm in recorder.alarms:
        print(f"fangzhi: {alarm.site}: {alarm.reason}", file=sys.stderr)
    error = recorder.failing.error
    if isinstance(error, ArchiveError):
        return FULL, recorder.run
    if error is not None:
        return _refused(error), recorder.run
    if reason == "start_error" or not recorder.has_ended:
        what = "the crawl did not begin" if reason == "start_error" else "its report is not written"
        print(f"fangzhi: {what}: an error of fangzhi, see its messages", file=sys.stderr)
        return FAILED, recorder.run
    if reason == NO_ROOM:
        print(
            f"fangzhi: {recorder.room.free:,.0f} MB free on the disk: too little", file=sys.stderr
        )
        return SHORT, recorder.run
    if reason == "shutdown":
        return INTERRUPTED, recorder.run
    if reason and reason.startswith("closespider"):
        return FULL, recorder.run
    return (FAILED if recorder.noted.unreachable or recorder.alarms else DONE), recorder.run


def _refused(failure: BaseException) -> int:
    """Say why a run could not start; its exit code."""
    if not isinstance(failure, FangzhiError):
        raise failure
    print(f"fangzhi: {failure}", file=sys.stderr)
    if isinstance(failure, HoldingsInUse):
        return IN_USE
    if isinstance(failure, WriteFailed):
        return FULL
    return WRONG_USE if isinstance(failure, (WrongUse, HoldingsTooNew)) else FAILED
