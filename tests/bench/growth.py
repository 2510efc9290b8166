"""A crawl and a replay of a site of invented pages, small and ten times as large.

Time for a page, peak memory and the state on disk: what grows, and what stays. Pages hang on a tree
of twenty links each, so the frontier grows as it does on a real site.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from tests.answering import Answer, Answering, Asked, answering, define
from tests.bench import invented
from tests.bench.measuring import Goal, Row, Table, Took, progress, rounds, run

FANOUT = 20
FILLED = 10_000  # pages after which memory must not grow by a tenth
_HOST = "grow.test"


def measure(scratch: Path, sizes: Iterable[int] = (500, 5000)) -> Table:
    """The table of this theme: one round, for memory and sizes do not vary."""
    table = Table("growth", "a site of invented pages of 24 KiB, served on loopback", "page")
    told: dict[str, Row] = {}
    for size in sizes:
        progress(f"growth: {size:,} pages")
        with answering(lambda asked, size=size: _answer(asked, size)) as web:  # type: ignore[misc]
            define(scratch / "sites", _HOST)
            holdings = scratch / f"h{size}"
            rows = rounds(1, {f"crawl, {size:,} pages": lambda: _crawl(web, scratch, holdings)})  # noqa: B023  # run at once
        rows += rounds(1, {f"replay, {size:,} pages": lambda: _replay(holdings, size)})  # noqa: B023
        table.rows += rows
        told |= {row.name.partition(",")[0] + str(size): row for row in rows}
    few, many = min(sizes), max(sizes)
    if few < FILLED:
        return table  # caches of bounded size still fill
    for what in ("crawl", "replay"):
        before, after = told[f"{what}{few}"], told[f"{what}{many}"]
        grown = after.peak / before.peak - 1
        table.goals.append(
            Goal(
                f"{what}: memory grows by less than 10 % from {few:,} to {many:,} pages",
                f"{grown:+.0%}, {after.cpu_ms / before.cpu_ms:.2f} × the CPU for a page",
                grown < 0.1,
            )
        )
    return table


def _answer(asked: Asked, size: int) -> Answer:
    name = asked.path.removeprefix("/").removesuffix(".html")
    number = int(name) if name.isdigit() else 0 if asked.path == "/" else size
    if number >= size:
        return Answer(404, b"<h1>404</h1>")
    first = number * FANOUT + 1
    links = tuple(f"/{n}.html" for n in range(first, min(first + FANOUT, size)))
    return Answer(body=invented.page(number, links))


def _crawl(web: Answering, scratch: Path, holdings: Path) -> Took:
    where = ("--sites", scratch / "sites", "--holdings", holdings, "--proxy", web.proxy)
    command = [sys.executable, "-m", "crawler.cli", "crawl", *where, "--no-derive"]
    took = run(command, lambda: len(web.log))
    state = (holdings / "state.sqlite").stat().st_size
    stored = sum(path.stat().st_size for path in (holdings / "warc").iterdir())
    said = {"state bytes": state / took.items, "WARC bytes": stored / took.items}
    return Took(took.items, took.cpu, took.wall, took.peak, said)


def _replay(holdings: Path, size: int) -> Took:
    command = [sys.executable, "-m", "tests.bench.mainly", "replay", "--holdings", holdings]
    took = run([*command, "--workers", "2"], lambda: size)
    said = {"MiB of the main process": took.said["main_peak"]}
    return Took(took.items, took.cpu, took.wall, took.peak, said)
