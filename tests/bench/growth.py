"""A crawl and a replay of sites of invented pages, small and ten times as large.

Time for a page, peak memory and the state on disk: what grows, and what stays. Pages hang on a tree
of twenty links each, so the frontier grows as it does on a real site. A run of more than `FILLED` pages
tells its peak at each `FILLED` of them: by the first one the caches of bounded size are filled.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from select import select
from typing import IO

from tests.answering import Answer, Answering, Asked, answering, define
from tests.bench import invented
from tests.bench.measuring import Goal, Row, Table, Took, progress, rounds, run

FANOUT = 20
FILLED = 10_000  # pages after which memory must not grow by a tenth
HOSTS = 20  # of a run of so many: one host alone is asked for one page at a time
LOOK = 0.5  # seconds between two looks at a process
_AT_FIRST = f"MiB at {FILLED:,}"


def measure(
    scratch: Path, sizes: Sequence[int] = (500, 5000), kib: int = 24, *, derives: bool = False
) -> Table:
    """The table of this theme: one round, for memory and sizes do not vary. With `derives` the crawl
    derives too."""
    about = f"a site of invented pages of {kib} KiB, served on loopback"
    table = Table("growth", about, "page")
    for size in sizes if max(sizes) <= FILLED else (max(sizes),):
        progress(f"growth: {size:,} pages")
        hosts = HOSTS if size > FILLED else 1
        each = size // hosts
        with answering(lambda asked, each=each: _answer(asked, each, kib)) as web:  # type: ignore[misc]
            for number in range(hosts):
                define(scratch / "sites", f"{number}.grow.test")
            holdings = scratch / f"h{size}"
            crawl = partial(_crawl, web, scratch, holdings, derives)
            rows = rounds(1, {f"crawl, {size:,} pages": crawl})
        rows += rounds(1, {f"replay, {size:,} pages": partial(_replay, holdings, size)})
        table.rows += rows
        table.goals += [_flat(row) for row in rows if size > FILLED]
    return table


def _flat(row: Row) -> Goal:
    """Whether a process that had `FILLED` pages behind it grew by less than a tenth until its end."""
    grown = row.peak / row.said[_AT_FIRST] - 1
    wanted = f"{row.name}: memory grows by less than 10 % after the first {FILLED:,}"
    return Goal(wanted, f"{grown:+.1%}", grown < 0.1)


class Peaks:
    """The peaks of a command's processes at each `FILLED` of its pages, told as they come."""

    def __init__(self, what: str, count: Callable[[], int] | None = None) -> None:
        self.at: list[tuple[float, float]] = []  # MiB of the first process; of the largest
        self._what, self._count = what, count

    def watch(self, process: int, output: IO[bytes]) -> None:
        """Look on until the output ends; its lines are the pages, where nothing else counts them."""
        lines = 0
        largest = 0.0
        while True:
            if select([output], [], [], LOOK)[0]:
                piece = os.read(output.fileno(), 1 << 20)
                if not piece:
                    return
                lines += piece.count(b"\n")
            pages = lines if self._count is None else self._count()
            if pages >= FILLED * (len(self.at) + 1):
                main, *others = map(_peak, _family(process))
                largest = max(largest, main, *others)
                self.at.append((main, largest))
                told = f"{main:.1f} MiB, the largest of its processes {largest:.1f}"
                progress(f"{self._what}: {FILLED * len(self.at):,} pages: {told}")

    def said(self) -> dict[str, float]:
        """The columns of the table; none of a run that had fewer pages."""
        return {_AT_FIRST: self.at[0][1]} if self.at else {}


class _Asked:
    """Counts what a web was asked for, and lets go of its log: a command that is started counts what its
    parent has in memory as its own (`exec_mmap` of Linux)."""

    def __init__(self, web: Answering) -> None:
        self._web, self._before = web, 0

    def count(self) -> int:
        new = len(self._web.log)
        del self._web.log[:new]
        self._before += new
        return self._before


def _family(process: int) -> list[int]:
    """A process and all that it started."""
    found = [process]
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):  # a thread that has just ended
            for child in map(int, task.read_text().split()):
                found += _family(child)
    return found


def _peak(process: int) -> float:
    """MiB a process had at most; 0 when it is gone."""
    with suppress(OSError):
        for row in Path(f"/proc/{process}/status").read_text().splitlines():
            if row.startswith("VmHWM:"):
                return int(row.split()[1]) / 1024
    return 0.0


def _answer(asked: Asked, size: int, kib: int) -> Answer:
    name = asked.path.removeprefix("/").removesuffix(".html")
    number = int(name) if name.isdigit() else 0 if asked.path == "/" else size
    if number >= size:
        return Answer(404, b"<h1>404</h1>")
    nobody_else = number + size * int(asked.host.partition(".")[0])
    first = number * FANOUT + 1
    links = tuple(f"/{n}.html" for n in range(first, min(first + FANOUT, size)))
    return Answer(body=invented.page(nobody_else, links, kib))


def _crawl(web: Answering, scratch: Path, holdings: Path, derives: bool) -> Took:
    where = ("--sites", scratch / "sites", "--holdings", holdings, "--proxy", web.proxy)
    command = [sys.executable, "-m", "crawler.cli", "crawl", *where]
    command += [] if derives else ["--no-derive"]
    asked = _Asked(web)
    peaks = Peaks("crawl", asked.count)
    took = run(command, asked.count, watch=peaks.watch)
    state = (holdings / "state.sqlite").stat().st_size
    stored = sum(path.stat().st_size for path in (holdings / "warc").iterdir())
    said = {"state bytes": state / took.items, "WARC bytes": stored / took.items}
    return Took(took.items, took.cpu, took.wall, took.peak, said | peaks.said())


def _replay(holdings: Path, size: int) -> Took:
    command = [sys.executable, "-m", "tests.bench.mainly", "replay", "--holdings", holdings]
    peaks = Peaks("replay")
    took = run([*command, "--workers", "2"], lambda: size, watch=peaks.watch)
    said = {"MiB of the main process": took.said["main_peak"]}
    return Took(took.items, took.cpu, took.wall, took.peak, said | peaks.said())
