"""The archive's thread: exchanges in, acknowledged captures out.

One thread owns the WARC writer: it takes whatever exchanges are waiting, writes them, makes them
durable with one fsync, and acknowledges them together. The group grows with the load by itself, so
durability does not cap throughput, and hashing and compression stay off the reactor.
"""

from __future__ import annotations

import logging
import queue
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread

from archive.errors import FangzhiError, WriteFailed
from archive.formats import message
from archive.formats.exchange import NEW, VISIT, Exchange, exchange_records
from archive.holdings import RUN_FIELD, Holdings
from archive.model import Location
from archive.payloads import Payloads
from archive.state import Acknowledged
from archive.views import view_records
from archive.warc import Record, warc_date
from archive.warcwriter import Naming, WarcWriter
from crawler.failing import Failing
from crawler.reactor import reactor
from crawler.settings import SOFTWARE

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Job:
    """Exchanges of one request, waiting to become durable."""

    exchanges: Sequence[Exchange]
    done: Deferred[list[Acknowledged]]


class ArchiveThread:
    """Writes the exchanges of one run; its methods are for the reactor's thread."""

    def __init__(
        self,
        holdings: Holdings,
        run: str,
        settings: Mapping[str, Any],
        failing: Failing,
    ) -> None:
        self._run, self._failing = run, failing
        self._writer = WarcWriter(
            holdings.folder("warc"),
            Naming(settings["FANGZHI_PREFIX"], _host()),
            _about(run, settings["USER_AGENT"]),
            rotate_bytes=int(settings["FANGZHI_ROTATE_BYTES"]),
            rotate_seconds=float(settings["FANGZHI_ROTATE_SECONDS"]),
        )
        self._payloads = Payloads(holdings.root / "state.sqlite", holdings.warc)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="archive", daemon=True)
        self._thread.start()

    async def write(self, exchanges: Sequence[Exchange]) -> list[Acknowledged]:
        """Make exchanges durable; the captures among them: those that were answered.

        Raises `WriteFailed` when the archive cannot be written any more.
        """
        job = _Job(exchanges, Deferred())
        self._jobs.put(job)
        return await maybe_deferred_to_future(job.done)

    async def close(self) -> None:
        """Write what is waiting and finish the file."""
        self._jobs.put(None)
        await maybe_deferred_to_future(deferToThread(self._thread.join))

    def _work(self) -> None:
        """Groups of jobs until the end mark."""
        ended = False
        while not ended:
            jobs, ended = self._next_group()
            if jobs:
                self._write_group(jobs)
        try:
            self._writer.close()
            self._payloads.close()
        except Exception as problem:
            self._fail(_told(problem))

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
            if self._failing.error is not None:
                raise self._failing.error
            written = [[c for e in job.exchanges for c in self._write(e)] for job in jobs]
            self._writer.sync()
        except Exception as problem:  # whatever it is: nobody waits for an answer that never comes
            error = _told(problem)
            self._fail(error)
            for job in jobs:
                reactor().callFromThread(job.done.errback, error)
            return
        for job, captures in zip(jobs, written, strict=True):
            reactor().callFromThread(job.done.callback, captures)

    def _write(self, exchange: Exchange) -> list[Acknowledged]:
        self._writer.ready(exchange.date)
        if exchange.view:
            self._writer.write(view_records(exchange))
            exchange.response.close()
            return []
        records = exchange_records(exchange, self._payloads.find)
        places = self._writer.write(records)
        found = [_acknowledged(exchange, records[0], places[0], self._run)]
        self._payloads.wrote(found[0])
        answered = dict(records[0].headers)["WARC-Type"] in ("response", "revisit")
        exchange.response.close()
        return found if answered else []

    def _fail(self, error: FangzhiError) -> None:
        reactor().callFromThread(self._failing.stop, error)


def _told(problem: Exception) -> FangzhiError:
    """The error itself, or one of a spooled body; or one nobody thought of, no memory for instance, and
    then where."""
    if isinstance(problem, FangzhiError):
        return problem
    if isinstance(problem, OSError):
        return WriteFailed(str(problem))
    logger.error("in the archive's thread", exc_info=problem)
    return WriteFailed(f"{type(problem).__name__}: {problem}")


def _acknowledged(exchange: Exchange, record: Record, place: Location, run: str) -> Acknowledged:
    exchange.response.seek(0)
    start = exchange.response.read(message.HEAD_LIMIT)
    head = start[message.interim_length(start) :]
    status = message.status(head[: message.head_length(head)])  # 0 of a cut head, as in the index
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


def _about(run: str, agent: str) -> dict[str, str]:
    """The fields of a warcinfo record (WARC 1.1, 6.2)."""
    return {
        "software": SOFTWARE,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "hostname": _host(),
        "http-header-user-agent": agent,
        "robots": "obey",
        "capture-fidelity": "verbatim",
        RUN_FIELD: run,  # so that the state can be made again from the files alone
    }


def _host() -> str:
    return socket.gethostname().split(".")[0].replace("-", "_") or "localhost"
