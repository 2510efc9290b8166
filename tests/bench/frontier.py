"""The frontier: add, lease and finish in durable groups, beside Scrapy's queues on disk.

One item is a URL found on a page, later handed out, and finished with an answer that is noted
beside it, captured at a moment of its own and with a digest of its own: what is random in an index
costs more than what is appended to it. Every thousand are one commit, flushed to the disk. Scrapy's
queue and filter of what was seen take and give the same requests and flush nothing: a kill loses
what their files had not got. `slices` shows that an item costs the same however many URLs there are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.measuring import Goal, Table, contend, progress, rounds

Made = tuple[Sequence[int], Callable[[Sequence[int]], dict[str, Any] | None]]
GROUP = 1000
HOSTS = 200
COLUMNS = ("xw", "zwgk", "tzgg", "bmdt")
COUNT = 4000  # items of a contender
SLICES = 10
WANTED = 2000.0  # items a second
DATE = "2026-11-29T00:00:00.000000Z"


def measure(scratch: Path, count: int, urls: int = 100_000) -> Table:
    """The table of this theme; `urls` are in the frontier at the end of its slices."""
    about = f"{COUNT:,} URLs of {HOSTS} hosts, a commit for every {GROUP:,}"
    table = Table("frontier", about, "URL added, leased and finished")
    names = {
        "fangzhi frontier": "fangzhi",
        "Scrapy, files on disk, not durable": "scrapy_files",
        "Scrapy, SQLite queue, not durable": "scrapy_sqlite",
    }
    contenders = {n: partial(contend, "frontier", f, scratch) for n, f in names.items()}
    table.rows = rounds(count, contenders)
    rate = 1000 / table.rows[0].wall_ms
    table.goals.append(
        Goal(f"{WANTED:,.0f} a second, durable", f"{rate:,.0f} a second", rate >= WANTED)
    )
    (scratch / "urls").write_text(str(urls))
    costs = contend("frontier", "growing", scratch).said["slices"]
    told = f"{costs[0]:.3f} ms CPU for one of the first tenth, {costs[-1]:.3f} of the last"
    flat = costs[-1] <= 1.25 * costs[0]
    table.goals.append(Goal(f"flat up to {urls:,} URLs", told, flat))
    return table


def growing(folder: Path) -> Made:
    """`slices` as a contender, of as many URLs as the folder says."""
    urls = int((folder / "urls").read_text())

    def work(some: Sequence[int]) -> dict[str, Any]:
        return {"slices": slices(folder, urls)} if len(some) > 1 else {}

    return [0, 0], work


def slices(scratch: Path, urls: int) -> list[float]:
    """CPU in milliseconds of one item in each tenth of `urls`."""
    found = []
    with TemporaryDirectory(dir=scratch) as folder:
        work = _frontier(Path(folder))
        for number in range(SLICES):
            some = range(number * urls // SLICES, (number + 1) * urls // SLICES)
            cpu = time.process_time()
            work(some)
            found.append(1000 * (time.process_time() - cpu) / len(some))
            progress(f"frontier: {some.stop:,} URLs, {found[-1]:.3f} ms CPU each")
    return found


def url_of(number: int) -> str:
    """Addresses as a CMS makes them: some columns a host, numbers that go up."""
    column = COLUMNS[number // HOSTS % len(COLUMNS)]
    return f"http://h{number % HOSTS}.test/{column}/202611/t20261129_{number}.html"


def _frontier(folder: Path) -> Callable[[Sequence[int]], None]:
    from archive.model import Location
    from archive.state import Acknowledged, State
    from archive.warc import parse_date, record_ids, sha256, warc_date
    from crawler.frontier import Frontier
    from crawler.politeness.hosts import Hosts
    from crawler.revisiting.revisits import Revisits
    from crawler.visits import Lead, Visit

    state = State(folder / "state.sqlite")
    frontier = Frontier(state, "run", Hosts(state).waits, Revisits())
    frontier.open(["site"])
    start_of_day = parse_date(DATE)

    def work(numbers: Sequence[int]) -> None:
        for start in range(0, len(numbers), GROUP):
            group = numbers[start : start + GROUP]
            for number in group:
                lead = Lead(url_of(number), "http://h.test/", "L", "site", 0, None, True, "通知")
                frontier.add(lead)
            for number in group:
                lease = frontier.lease(f"h{number % HOSTS}.test")
                assert lease is not None
                place = Location("a.warc.gz", number, 1)
                moment = start_of_day + timedelta(seconds=number / 10)
                kept = (
                    next(record_ids(moment)),
                    lease.lead.url,
                    warc_date(moment),
                    "run",
                    200,
                    place,
                )
                capture = Acknowledged(*kept, sha256([b"%d" % number]))
                state.note([capture])
                frontier.finish(lease, Visit(capture))
            state.commit()

    return work


def fangzhi(folder: Path) -> Made:
    scratch = TemporaryDirectory(dir=folder)
    inner = _frontier(Path(scratch.name))

    def work(numbers: Sequence[int]) -> None:
        assert scratch.name  # it is removed when this is let go of
        inner(numbers)

    # The numbers of a warm-up are known when they come again: those that follow are others.
    return _Fresh(range(COUNT)), work


class _Fresh(Sequence[int]):
    """Numbers of which a slice gives others, so that a warm-up takes none of them away."""

    def __init__(self, numbers: range) -> None:
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice) and at.start is None:  # the warm-up
            return range(10 * COUNT, 10 * COUNT + len(self._numbers[at]))
        return self._numbers[at]


def _scrapy(folder: Path, name: str) -> Made:
    from scrapy import Request, Spider, squeues
    from scrapy.dupefilters import RFPDupeFilter
    from scrapy.utils.test import get_crawler

    scratch = TemporaryDirectory(dir=folder)
    crawler = get_crawler(Spider)
    crawler.spider = crawler._create_spider("bench")
    queue = getattr(squeues, name).from_crawler(crawler, str(Path(scratch.name) / "queue"))
    seen = RFPDupeFilter(scratch.name, fingerprinter=crawler.request_fingerprinter)

    def work(numbers: Sequence[int]) -> None:
        assert scratch.name
        for start in range(0, len(numbers), GROUP):
            group = numbers[start : start + GROUP]
            for number in group:
                request = Request(url_of(number), meta={"site": "site", "text": "通知"})
                if not seen.request_seen(request):
                    queue.push(request)
            for _ in group:
                assert queue.pop() is not None

    return _Fresh(range(COUNT)), work


def scrapy_files(folder: Path) -> Made:
    return _scrapy(folder, "PickleFifoDiskQueue")


def scrapy_sqlite(folder: Path) -> Made:
    return _scrapy(folder, "PickleFifoSQLiteQueue")
