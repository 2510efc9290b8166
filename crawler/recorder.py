"""Exchanges to the archive, acknowledged captures to derivation, lines to text/.

A response reaches Scrapy only after its acknowledgement (crawler/archiving.py), which is also the
back-pressure on the downloader.
What state.sqlite says of captures and frontier follows in groups of half a second; what a crash
takes of it is read again from the WARC files.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.task import LoopingCall
from twisted.internet.threads import deferToThread

from archive.errors import WriteFailed, WrongUse
from archive.holdings import Holdings
from archive.relevance import Like, told
from archive.replay import LEAST_NOTE, LIKE_NOTE
from archive.state import Acknowledged
from archive.warc import Original
from crawler.archiving import ArchiveThread
from crawler.deriver import Deriver
from crawler.exchanges import attempt, exchange_of, notes_of
from crawler.failing import Failing
from crawler.frontier import Frontier, kind_of
from crawler.net.unanswered import failure_reason
from crawler.noted import Noted
from crawler.politeness.hosts import Hosts
from crawler.politeness.robots import Answers
from crawler.report import Report, table
from crawler.revisiting.health import Alarm
from crawler.revisiting.history import judged
from crawler.revisiting.revisits import Revisits
from crawler.room import Room
from crawler.tally import Tally
from crawler.views import Views
from crawler.visits import Lease

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler

    from crawler.links.focus import Focus
    from crawler.wire import WireExchange

logger = logging.getLogger(__name__)

# A commit costs four times the fsync of the WARC (20 and 5.5 ms, measured 2026-11).
COMMIT_SECONDS = 0.5
SCRAPYS_ROBOTS = "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware"
INTERRUPTED_SECONDS = 5.0  # for which an interrupted run derives what is waiting


class Recorder:
    """The one owner of a crawl's archive. A Scrapy extension."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self.run: str = settings["FANGZHI_RUN"] or _run_name(datetime.now(UTC))
        self.report = Report()
        self.alarms: list[Alarm] = []
        self.has_ended = False  # with all that has to be told
        self._tally = Tally()
        self.failing = Failing(crawler)
        self.noted = Noted()
        self.focus, like = _wanted(settings)
        self.holdings = Holdings(Path(settings["FANGZHI_HOLDINGS"]), own=True)
        self._archive = ArchiveThread(self.holdings, self.run, settings, self.failing)
        self.deriver = Deriver(
            self.holdings,
            settings.getint("FANGZHI_WORKERS"),
            self._derived,
            self.failing.stop,
            self._commit,
            self.report.recount,
            like,
        )
        self.failing.on_failure.append(self.deriver.abandon)
        self.room = Room(self.holdings.root, settings.getfloat("FANGZHI_MIN_FREE"))
        self._like_notes: list[tuple[str, str]] = []
        if like is not None:
            _keep_examples(self.holdings, like)
            self._like_notes += [(LIKE_NOTE, like.examples.digest), (LEAST_NOTE, str(like.least))]
        assert self.holdings.state is not None
        self._state = self.holdings.state
        if self._state.is_new and self.holdings.warcs():
            logger.warning(
                "state.sqlite is new, and warc/ is not: `fangzhi check --repair` makes it again; without"
                " that every page is asked for as if for the first time"
            )
        self.hosts = Hosts(self._state)
        self.robots = Answers(self._state)
        self.revisits = Revisits()
        self.views = Views()
        # Asks for the pictures of an article, given its line and site; set by a spider that does.
        self.pictures: Callable[[Mapping[str, Any], str], None] | None = None
        self.wake: Callable[[], None] = _nobody  # has the engine ask the scheduler again
        self.frontier = Frontier(self._state, self.run, self.hosts.waits, self.revisits)
        if self.focus is not None:
            self.focus.recall(self._state)
        self._commits = LoopingCall(self._commit)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Recorder:
        if not _has_manners(crawler):
            raise WrongUse(
                f"{type(crawler.spider).__name__} is no ArchivingSpider and has not Scrapy's own"
                " robots.txt, pauses and duplicates filter: docs/spiders.md"
            )
        recorder = cls(crawler)
        crawler.signals.connect(recorder.opened, signals.spider_opened)
        crawler.signals.connect(recorder.closed, signals.spider_closed)
        return recorder

    async def keep(
        self, request: Request, exchanges: Sequence[WireExchange], error: Exception | None
    ) -> None:
        """Make the exchanges of a request durable; returns when they are.

        Raises `WriteFailed` when the archive cannot be written any more.
        """
        for wire in exchanges:
            if wire.unkept is not None:
                self.failing.stop(WriteFailed(f"temporary files: {wire.unkept}"))
        if self.failing.error is not None:
            raise self.failing.error
        site = request.meta.get("site")
        notes = notes_of(request, error, site, self.deriver.memory_digest(site)) + self._like_notes
        original = request.meta.get("original")
        view = request.meta.get("view", "")
        taken = [exchange_of(request.url, wire, notes, original, view) for wire in exchanges]
        if not taken:
            taken = [attempt(request.url, notes)]
        self.report.requested += len(taken)
        captures = await self._archive.write(taken)
        if view and error is None:
            self.report.views += len(taken)
            return
        self.report.captured += len(captures)
        unanswered = len(taken) - len(captures)
        reason = failure_reason(error)
        if unanswered:
            self.report.failed[reason] += unanswered
            self._tally.failed(site, unanswered)
        noted = {wire.verdict for wire in exchanges if wire.verdict}
        noted |= {reason} if error and reason.startswith("tls-") else set()
        self.noted.tls(urlsplit(request.url).hostname or "", noted)
        if captures:
            request.meta["capture"] = captures[-1]
        with self.failing.guarded():
            self._state.note(captures)
        for capture in captures:
            if capture.original and not capture.is_new:
                self.report.unchanged += 1
                self._tally.unchanged(site)
            else:
                await self._derive(capture, site, request.meta)

    async def _derive(
        self, capture: Acknowledged, site: str | None, meta: Mapping[str, Any]
    ) -> None:
        if self.deriver.workers:
            lease: Lease | None = meta.get("lease")
            announced = lease.lead.text if lease else ""
            await self.deriver.add(capture, site, announced, meta.get("searched", ""))
        else:
            self.report.underived += 1

    def original(self, lease: Lease) -> Original | None:
        """The capture that the answer to a lease may turn out to repeat; it must still be there."""
        kept = self._state.capture(lease.original) if lease.original and lease.lead.site else None
        if kept is None or kept.original or not kept.digest:
            return None
        if not self.holdings.warc(kept.location.file).exists():
            return None
        return Original(kept.record_id, kept.uri, kept.date, kept.digest)

    def _derived(self, row: dict[str, Any], site: str | None) -> None:
        """Count a line, and tell the frontier what its page is."""
        self.report.count(row)
        with self.failing.guarded():
            had_article, via = self.frontier.before(row["url"] or "", site or "")
            self._tally.line(site, row, is_new=not had_article)
            if self.focus is not None and row["url"] and (found := told(row)) is not None:
                self.focus.saw(row["url"], found, via)
            self._tell_frontier(row)
            if self.pictures is not None:
                self.pictures(row, site or "")
        self.wake()

    @property
    def may_lead_on(self) -> bool:
        """Whether a line that is still to come may name something to ask for."""
        return self.pictures is not None and self.deriver.is_busy

    def catch_up(self) -> None:
        """Derive what a run that died had captured; the frontier is open."""
        self.deriver.catch_up(self._caught_up)

    def _caught_up(self, row: dict[str, Any]) -> None:
        """Tell the frontier a line that the run before did not come to, and ask for its pictures."""
        self._tell_frontier(row)
        if self.pictures is not None and row.get("images"):
            for site in self.frontier.sites_of(row["url"] or ""):
                self.pictures(row, site)

    def _tell_frontier(self, row: dict[str, Any]) -> None:
        self.frontier.derived(row["id"], row["url"] or "", kind_of(row), row.get("text_digest"))

    def outside(self, url: str) -> None:
        """Count a link that leads out of the scope: recorded, not followed."""
        self.noted.outside(urlsplit(url).hostname or "")
        self.report.not_requested["scope"] += 1

    def opened(self, spider: Spider) -> None:
        self._commits.start(COMMIT_SECONDS, now=False)

    async def closed(self, spider: Spider, reason: str) -> None:
        """Finish the files, the text and the report."""
        await self._archive.close()
        with self.failing.guarded():
            # What an index names the state knows: without one, the next run reads the file again.
            self._commit()
            if self.failing.error is None:
                await maybe_deferred_to_future(deferToThread(self.holdings.index_finished))
        await self.deriver.close(INTERRUPTED_SECONDS if reason == "shutdown" else None)
        summary: dict[str, Any] = {"run": self.run, "started": self.frontier.started}
        with self.failing.guarded():
            self.report.queued = self.frontier.ready()
            seeds = self.frontier.waiting_seeds()
            rested = [
                (url, self.hosts[host])
                for url, host in seeds
                if self.hosts.is_put_off(self.hosts[host])
            ]
            self.noted.unreachable |= {url: self.hosts.why_it_rests(host) for url, host in rested}
        summary |= {"reason": reason, **self.report.as_json()}
        if self.deriver.workers:
            summary["sites"] = self._tally.as_json()
        with self.failing.guarded():
            sites, runs = self.revisits.sites, self.holdings.folder("runs")
            self.alarms = judged(self._state, runs, summary, sites)
        summary["alarms"] = [asdict(alarm) for alarm in self.alarms]
        with self.failing.guarded():
            self._close_frontier(finished=reason == "finished")
            summary["events"] = self.frontier.events()
        self._tell(summary)
        self.holdings.close()
        self.has_ended = True

    def _tell(self, summary: dict[str, Any]) -> None:
        """Print and write the report."""
        summary |= self.noted.as_json()
        summary["resting"] = {h.name: h.why for h in self.hosts.resting}
        sys.stderr.write(f"{table(summary)}\n")
        with self.failing.guarded():
            sys.stderr.write(f"report {self.holdings.write_report(self.run, summary)}\n")

    def _commit(self) -> None:
        """Make what the state was told durable."""
        if not self._state.uncommitted:
            return
        with self.failing.guarded():
            self.note_progress()
            if self.focus is not None:
                self.focus.keep(self._state)
            self._state.commit()

    def note_progress(self) -> None:
        """Leave the figures of the run for `fangzhi status`; they wait for the next commit."""
        figures: dict[str, int | str] = {"run": self.run, "captured": self.report.captured}
        figures |= {"articles": self.report.articles, "waiting": self.hosts.waiting}
        figures |= {"resting": len(self.hosts.resting)}
        if self.room.short_for:
            figures["paused"] = f"{self.room.free:,.0f} MB free on the disk"
        self.frontier.note_progress(**figures)

    def _close_frontier(self, *, finished: bool) -> None:
        if self._commits.running:
            self._commits.stop()
        if self.focus is not None:
            self.focus.keep(self._state)
        self.frontier.close(finished=finished and self.failing.error is None)


def _wanted(settings: Mapping[str, Any]) -> tuple[Focus | None, Like | None]:
    """What a run looks for, if it looks for something: the order of asking, and what is kept."""
    if settings["FANGZHI_LIKE"] is None:
        return None, None
    from crawler.links.focus import Focus
    from crawler.links.like import wanted

    like = wanted(settings)
    return (Focus(like.examples), like) if like else (None, None)


def _keep_examples(holdings: Holdings, like: Like) -> None:
    try:
        holdings.keep_examples(like.examples)
    except OSError as error:
        raise WriteFailed(f"{holdings.folder('memory')}: {error.strerror or error}") from error


def _has_manners(crawler: Crawler) -> bool:
    """Whether requests go through the frontier, or are what Scrapy's own parts, turned on, let out."""
    from crawler.spiders.base import ArchivingSpider  # which imports this module

    if isinstance(crawler.spider, ArchivingSpider):
        return True
    settings = crawler.settings
    on = {**settings["DOWNLOADER_MIDDLEWARES_BASE"], **settings["DOWNLOADER_MIDDLEWARES"]}
    return settings.getbool("ROBOTSTXT_OBEY") and on.get(SCRAPYS_ROBOTS) is not None


def _nobody() -> None:
    """Nobody waits to be woken."""


def _run_name(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%S%f")
