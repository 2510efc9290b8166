"""Replay of an archive on one core and on two, beside trafilatura alone over the same pages.

The start of the interpreter and of the workers is taken off by a replay of one page. What the main
process does is reading and writing; the workers derive.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench import corpus
from tests.bench.measuring import Goal, Row, Table, Took, contend, rounds, run

PASSES = 8  # times the pages are in the archive


def measure(scratch: Path, count: int) -> Table:
    """The table of this theme."""
    many, one = scratch / "replayed", scratch / "start-up"
    about = corpus.write(many, every=6, files=30)
    corpus.write(one, every=10**6, files=10**6)
    for folder in (many, one):
        contend("warc", "archive", folder)
    pages = len(corpus.read(many)) * PASSES
    table = Table("replay", f"the WARC file of {about}, replayed {PASSES} times in one run", "page")
    cores = {f"fangzhi replay, {n} worker{'s'[: n - 1]}": n for n in (1, 2)}
    contenders: dict[str, Callable[[], Took]] = {
        name: partial(_replayed, many, n, pages, PASSES) for name, n in cores.items()
    }
    starts = {f"start-up {n}": partial(_replayed, one, n, 1, 1) for n in (1, 2)}
    contenders["trafilatura alone"] = partial(contend, "replay", "trafilatura_alone", many)
    found = rounds(count, {**contenders, **starts})
    begun = {row.name: row for row in found[-2:]}
    table.rows = [
        _without(row, begun[f"start-up {cores[row.name]}"]) if row.name in cores else row
        for row in found[:-2]
    ]
    alone, both = table.rows[:2]
    speed = alone.wall_ms / both.wall_ms
    busy = os.getloadavg()[0]
    table.goals.append(
        Goal(
            "2 workers 1.8 × as fast as one",
            f"{speed:.2f} × (load of the machine afterwards {busy:.1f})",
            speed >= 1.8,
        )
    )
    main = alone.said["main_cpu"] - begun["start-up 1"].said["main_cpu"]
    share = main / (alone.cpu_ms * pages / 1000 - main)
    table.goals.append(
        Goal("reading and writing 15 % of deriving or less", f"{share:.0%}", share <= 0.15)
    )
    return table


def _replayed(folder: Path, workers: int, pages: int, passes: int) -> Took:
    files = sorted((folder / "warc").glob("*.warc.gz")) * passes
    verb = [sys.executable, "-m", "tests.bench.mainly", "replay", "--workers", workers]
    return run([*verb, "--holdings", folder / "none", *files], lambda: pages)


def _without(row: Row, start: Row) -> Row:
    """A row without what starting up took: a replay of one page."""
    cpu = row.cpu_ms - start.cpu_ms / row.items
    wall = row.wall_ms - start.wall_ms / row.items
    return replace(row, cpu_ms=cpu, wall_ms=wall)


def trafilatura_alone(folder: Path) -> Any:
    """The text of every page of the archive, read by warcio."""
    from trafilatura import extract
    from warcio.archiveiterator import ArchiveIterator

    path = next((folder / "warc").glob("*.warc.gz"))

    def work(pages: corpus.Pages) -> None:
        left = len(pages)
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type == "response" and left:
                    extract(record.content_stream().read())
                    left -= 1

    return corpus.read(folder), work
