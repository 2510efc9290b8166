"""Exchanges to the archive, acknowledged captures to derivation, lines to text/.

One thread owns the WARC writer: it takes whatever exchanges are waiting, writes them, makes them
durable with one fsync, and acknowledges them together. The group grows with the load by itself, so
durability does not cap throughput, and hashing and compression stay off the reactor. A response
reaches Scrapy only after its acknowledgement, which is also the back-pressure on the downloader.
What state.sqlite says of captures and frontier follows in groups of half a second; what a crash
takes of it is read again from the WARC files.
"""

from __future__ import annotations

import logging
import queue
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall

from archive import message
from archive.errors import ArchiveError, WriteFailed
from archive.holdings import RUN_FIELD, Holdings
from archive.model import Location
from archive.payloads import Payloads
from archive.relevance import Like, told
from archive.replay import LEAST_NOTE, LIKE_NOTE, LINK_NOTE, MEMORY_NOTE, SEED_NOTE, SITE_NOTE
from archive.state import Acknowledged
from archive.warc import NEW, VISIT, Exchange, Original, Record, exchange_records, warc_date
from archive.warcwriter import Naming, WarcWriter
from crawler import tls
from crawler.deriver import Deriver
from crawler.failing import Failing
from crawler.frontier import Frontier, Lease, kind_of
from crawler.health import Alarm
from crawler.history import judged
from crawler.hosts import Hosts
from crawler.reactor import reactor
from crawler.report import Report, table
from crawler.revisits import Revisits
from crawler.robots import Answers
from crawler.room import Room
from crawler.settings import SOFTWARE
from crawler.tally import Tally

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler

    from crawler.focus import Focus
    from crawler.wire import WireExchange

logger = logging.getLogger(__name__)

# A commit costs four times the fsync of the WARC (20 and 5.5 ms, measured 2026-11).
COMMIT_SECONDS = 0.5
INTERRUPTED_SECONDS = 5.0  # for which an interrupted run derives what is waiting


@dataclass(slots=True)
class _Job:
    """Exchanges of one request, waiting to become durable."""

    exchanges: Sequence[Exchange]
    done: Deferred[list[Acknowledged]]


class Recorder:
    """The one owner of a crawl's archive. A Scrapy extension."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self.run: str = settings["FANGZHI_RUN"] or _run_name(datetime.now(UTC))
        self.report = Report()
        self.alarms: list[Alarm] = []
        self._tally = Tally()
        self.failing = Failing(crawler)
        self.unreachable: list[str] = []  # seeds that brought no answer at all
        self.needs_script: dict[str, list[str]] = {}  # page: what its scripts fetch its items from
        self._tls: dict[str, set[str]] = {}  # host: verdicts on its certificates, failed handshakes
        self.focus, like = _wanted(settings)
        self._outside: Counter[str] = Counter()  # host of links that were not followed
        self.holdings = Holdings(Path(settings["FANGZHI_HOLDINGS"]), own=True)
        naming = Naming(settings["FANGZHI_PREFIX"], _host())
        about = warcinfo_fields(settings["USER_AGENT"], obeys_robots=True)
        about[RUN_FIELD] = self.run  # so that the state can be made again from the files alone
        self._writer = WarcWriter(
            self.holdings.folder("warc"),
            naming,
            about,
            rotate_bytes=settings.getint("FANGZHI_ROTATE_BYTES"),
            rotate_seconds=settings.getfloat("FANGZHI_ROTATE_SECONDS"),
        )
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
        if self.holdings.warcs() and self._state.query("SELECT 1 FROM captures").fetchone() is None:
            logger.warning(
                "state.sqlite is new, and warc/ is not: `fangzhi check --repair` makes it again; without"
                " that every page is asked for as if for the first time"
            )
        self.hosts = Hosts(self._state)
        self.robots = Answers(self._state)
        self.revisits = Revisits()
        # Asks for the pictures of an article, given its line and site; set by a spider that does.
        self.pictures: Callable[[Mapping[str, Any], str], None] | None = None
        self.wake: Callable[[], None] = _nobody  # has the engine ask the scheduler again
        self.frontier = Frontier(self._state, self.run, self.hosts.waits, self.revisits)
        if self.focus is not None:
            self.focus.recall(self._state)
        self._payloads = Payloads(self.holdings.root / "state.sqlite", self.holdings.warc)
        self._commits = LoopingCall(self._commit)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_jobs, name="archive", daemon=True)
        self._thread.start()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Recorder:
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
        notes = _notes(request, error, site, self.deriver.memory_digest(site)) + self._like_notes
        original = request.meta.get("original")
        taken = [_exchange(request.url, wire, notes, original) for wire in exchanges]
        if not taken:
            taken = [_attempt(request.url, notes)]
        self.report.requested += len(taken)
        job = _Job(taken, Deferred())
        self._jobs.put(job)
        captures = await maybe_deferred_to_future(job.done)
        self.report.captured += len(captures)
        unanswered = len(taken) - len(captures)
        reason = failure_reason(error)
        if unanswered:
            self.report.failed[reason] += unanswered
            self._tally.failed(site, unanswered)
        noted = {wire.verdict for wire in exchanges if wire.verdict}
        noted |= {reason} if error and reason.startswith("tls-") else set()
        if noted:
            self._tls.setdefault(urlsplit(request.url).hostname or "", set()).update(noted)
        if captures:
            request.meta["capture"] = captures[-1]
        with self.failing.guarded():
            self._state.note(captures)
        for capture in captures:
            if capture.original and not capture.is_new:
                self.report.unchanged += 1
                self._tally.unchanged(site)
            else:
                await self._derive(capture, site, request.meta.get("lease"))

    async def _derive(self, capture: Acknowledged, site: str | None, lease: Lease | None) -> None:
        if self.deriver.workers:
            await self.deriver.add(capture, site, lease.lead.text if lease else "")
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
        self.deriver.catch_up(self._tell_frontier)

    def _tell_frontier(self, row: dict[str, Any]) -> None:
        self.frontier.derived(row["id"], row["url"] or "", kind_of(row), row.get("text_digest"))

    def outside(self, url: str) -> None:
        """Count a link that leads out of the scope: recorded, not followed."""
        self._outside[urlsplit(url).hostname or ""] += 1
        self.report.not_requested["scope"] += 1

    def opened(self, spider: Spider) -> None:
        self._commits.start(COMMIT_SECONDS, now=False)

    async def closed(self, spider: Spider, reason: str) -> None:
        """Finish the files, the text and the report."""
        self._jobs.put(None)
        await _in_thread(self._thread.join)
        with self.failing.guarded():
            # What an index names the state knows: without one, the next run reads the file again.
            self._commit()
            if self.failing.error is None:
                await _in_thread(self.holdings.index_finished)
        await self.deriver.close(INTERRUPTED_SECONDS if reason == "shutdown" else None)
        summary: dict[str, Any] = {"run": self.run, "started": self.frontier.started}
        with self.failing.guarded():
            self.report.queued = self.frontier.ready()
            seeds = self.frontier.waiting_seeds()
            self.unreachable += [url for url, host in seeds if self.hosts[host].rests]
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

    def _tell(self, summary: dict[str, Any]) -> None:
        """Print and write the report."""
        summary["tls"] = {host: "; ".join(sorted(told)) for host, told in sorted(self._tls.items())}
        summary["outside"] = dict(self._outside.most_common())
        summary["unreachable_seeds"] = self.unreachable
        summary["needs_script"] = self.needs_script
        summary["resting"] = {h.name: h.why for h in self.hosts.resting}
        sys.stderr.write(f"{table(summary)}\n")
        with self.failing.guarded():
            sys.stderr.write(f"report {self.holdings.write_report(self.run, summary)}\n")

    def _write_jobs(self) -> None:
        """The archive thread: groups of jobs until the end mark."""
        ended = False
        while not ended:
            jobs, ended = self._next_group()
            if jobs:
                self._write_group(jobs)
        try:
            self._writer.close()
        except WriteFailed as error:
            self._fail(error)
        self._payloads.close()

    def _next_group(self) -> tuple[list[_Job], bool]:
        """Every job that is waiting, at least one; whether the end was seen."""
        group: list[_Job | None] = [self._jobs.get()]
        try:
            while True:
                group.append(self._jobs.get_nowait())
        except queue.Empty:
            return [job for job in group if job is not None], None in group

    def _write_group(self, jobs: Sequence[_Job]) -> None:
        try:
            if self.failing.error is not None:
                raise self.failing.error
            written = [[c for e in job.exchanges for c in self._write(e)] for job in jobs]
            self._writer.sync()
        except (ArchiveError, OSError) as problem:  # OSError: of a spooled body
            error = problem if isinstance(problem, ArchiveError) else WriteFailed(str(problem))
            self._fail(error)
            for job in jobs:
                reactor().callFromThread(job.done.errback, error)
            return
        for job, captures in zip(jobs, written, strict=True):
            reactor().callFromThread(job.done.callback, captures)

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

    def _fail(self, error: ArchiveError) -> None:
        reactor().callFromThread(self.failing.stop, error)

    def _write(self, exchange: Exchange) -> list[Acknowledged]:
        self._writer.ready(exchange.date)
        records = exchange_records(exchange, self._writer.info, self._payloads.find)
        places = self._writer.write(records)
        found = [_acknowledged(exchange, records[0], places[0], self.run)]
        self._payloads.wrote(found[0])
        answered = dict(records[0].headers)["WARC-Type"] in ("response", "revisit")
        exchange.response.close()
        return found if answered else []


FINAL = frozenset(  # failures that trying again repeats
    (
        *("scheme", "too-large", "robots", "refused-address"),
        *("tls-protocol", "tls-cipher", "tls-renegotiation", "tls-name", "tls-not-spoken"),
    )
)


def _wanted(settings: Mapping[str, Any]) -> tuple[Focus | None, Like | None]:
    """What a run looks for, if it looks for something: the order of asking, and what is kept."""
    if settings["FANGZHI_LIKE"] is None:
        return None, None
    from crawler.focus import Focus
    from crawler.like import wanted

    like = wanted(settings)
    return (Focus(like.examples), like) if like else (None, None)


def _keep_examples(holdings: Holdings, like: Like) -> None:
    try:
        holdings.keep_examples(like.examples)
    except OSError as error:
        raise WriteFailed(f"{holdings.folder('memory')}: {error.strerror or error}") from error


async def _in_thread(work: Callable[[], Any]) -> None:
    from twisted.internet.threads import deferToThread

    await maybe_deferred_to_future(deferToThread(work))


def _nobody() -> None:
    """Nobody waits to be woken."""


def failure_reason(error: BaseException | None) -> str:
    """One word for why a request brought no response: the report's key."""
    if handshake := tls.failure(error):
        return handshake
    names = {
        "CannotResolveHostError": "dns",
        "DownloadConnectionRefusedError": "refused",
        "DownloadTimeoutError": "timeout",
        "DownloadCancelledError": "too-large",
        "ResponseDataLossError": "disconnect",
        "DownloadFailedError": "disconnect",
        "UnsupportedURLSchemeError": "scheme",
        "RefusedAddress": "refused-address",
        "Interrupted": "interrupted",
        "TunnelError": "tunnel",  # the proxy would not CONNECT: it says why in the note
        None: "no-answer",
    }
    name = type(error).__name__ if error is not None else None
    return names.get(name, name or "")


def warcinfo_fields(agent: str, obeys_robots: bool) -> dict[str, str]:
    """The fields of a warcinfo record (WARC 1.1, 6.2)."""
    return {
        "software": SOFTWARE,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "hostname": _host(),
        "http-header-user-agent": agent,
        "robots": "obey" if obeys_robots else "ignore",
        "capture-fidelity": "verbatim",
    }


def _exchange(
    url: str, wire: WireExchange, notes: list[tuple[str, str]], original: Original | None
) -> Exchange:
    took = [("fetchTimeMs", str(round(wire.seconds * 1000)))]
    certificate = [("tls-certificate-sha256", wire.certificate)] if wire.certificate else []
    certificate += [("tls-certificate-verdict", wire.verdict)] if wire.verdict else []
    return Exchange(
        target_uri=url.partition("#")[0],
        date=wire.started,
        request=bytes(wire.request),
        response=wire.response,
        truncated=wire.truncated,
        ip_address=wire.ip_address,
        protocols=wire.protocols,
        cipher=wire.cipher,
        notes=(*notes, *took, *certificate),
        original=original,
    )


def _attempt(url: str, notes: list[tuple[str, str]]) -> Exchange:
    """A request that never got a connection: nothing went over the wire, but it is recorded."""
    from io import BytesIO

    return Exchange(url.partition("#")[0], datetime.now(UTC), b"", BytesIO(), notes=tuple(notes))


def _notes(
    request: Request, error: Exception | None, site: str | None, memory: str | None
) -> list[tuple[str, str]]:
    meta = request.meta
    via = request.headers.get("Referer")
    notes = [("via", via.decode("latin-1"))] if via else []
    notes += [("hopsFromSeed", meta["hops"])] if meta.get("hops") else []
    lease: Lease | None = meta.get("lease")
    notes += [("retry", str(lease.tries))] if lease and lease.tries else []
    notes += [("robots", meta["robots"])] if meta.get("robots") else []
    notes += [(LINK_NOTE, lease.lead.text)] if lease and lease.lead.text else []
    notes += [(SITE_NOTE, site)] if site else []
    notes += [(SEED_NOTE, str(lease.lead.seed))] if lease and site else []
    notes += [(MEMORY_NOTE, memory)] if memory else []
    notes += [("fetch-error", f"{failure_reason(error)}: {error}")] if error else []
    return notes


def _acknowledged(exchange: Exchange, record: Record, place: Location, run: str) -> Acknowledged:
    exchange.response.seek(0)
    start = exchange.response.read(message.HEAD_LIMIT)
    head = start[message.interim_length(start) :]
    status = message.status(
        head[: message.head_length(head)]
    )  # 0 where it was cut, as in the index
    fields = dict(record.headers)
    return Acknowledged(
        record.id,
        exchange.target_uri,
        warc_date(exchange.date),
        run,
        status,
        place,
        fields.get("WARC-Payload-Digest", ""),
        record.original.record_id if record.original else "",
        is_new=fields.get(VISIT) == NEW,
        payload=record.original.location if record.original else None,
    )


def _host() -> str:
    return socket.gethostname().split(".")[0].replace("-", "_") or "localhost"


def _run_name(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%S%f")
