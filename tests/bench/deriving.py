"""What deriving a page costs beside `trafilatura.extract` of the same page, in one run.

    python -m tests.bench.deriving [--every N]

CPU seconds of both, page by page in turn, over every Nth page of the shared sets, after a warm-up
on the first pages of each set: bytes to JSON line here, bytes to text there, each as its users
run it (trafilatura with default options; the collector set as `fangzhi derive` sets it). No site
memory. Only the ratio means anything on another machine.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import logging
import time
from collections.abc import Callable
from pathlib import Path

import trafilatura

from archive.derive import derive_file
from archive.jsonl import line
from archive.worker import GC_THRESHOLD
from tests.shared import shared_folder

WARM_UP = 3  # pages of each set
EVERY = 3
_USUAL = gc.get_threshold()

Row = tuple[str, bytes, str | None]


def report(every: int = EVERY) -> dict[str, dict[str, float]]:
    """Print the table; CPU per page in milliseconds of both and their ratio, for each set and all."""
    shared = shared_folder()
    if shared is None:
        print("derive: left out, there is no ../shared with pages")
        return {}
    logging.disable(logging.CRITICAL)
    sets = {folder.name: _rows(folder)[::every] for folder in _folders(shared)}
    for rows in sets.values():
        _both(rows[:WARM_UP])
    found = {name: _both(rows) for name, rows in sets.items()}
    total = [sum(column) for column in zip(*found.values(), strict=True)]
    table = {name: _ratio(*row) for name, row in {**found, "all": total}.items()}
    print(f"{'derive':<24}{'pages':>7}{'CPU ms/page':>13}{'trafilatura':>13}{'ratio':>7}")
    for name, row in table.items():
        print(
            f"{name:<24}{row['pages']:>7.0f}{row['derive_ms']:>13.2f}"
            f"{row['trafilatura_ms']:>13.2f}{row['ratio']:>7.2f}"
        )
    return table


def _folders(shared: Path) -> list[Path]:
    return sorted(gold.parent for gold in (shared / "data" / "pages").glob("*/gold.jsonl"))


def _rows(folder: Path) -> list[Row]:
    golds = map(json.loads, (folder / "gold.jsonl").read_text("utf-8").splitlines())
    return [(gold["file"], (folder / gold["file"]).read_bytes(), _url(gold)) for gold in golds]


def _url(gold: dict[str, str]) -> str | None:
    if gold.get("path"):
        return f"http://{gold['path']}"
    return f"http://{gold['host']}/" if gold.get("host") else None


def _both(rows: list[Row]) -> list[float]:
    """Pages, CPU seconds of deriving them, CPU seconds of trafilatura."""
    ours = theirs = 0.0
    for name, data, url in rows:
        gc.set_threshold(*GC_THRESHOLD)
        ours += _cpu(lambda: line(derive_file(data, name, url=url)))  # noqa: B023  # run at once
        gc.set_threshold(*_USUAL)
        page = gzip.decompress(data)
        theirs += _cpu(lambda: trafilatura.extract(page))  # noqa: B023  # run at once
    return [len(rows), ours, theirs]


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _ratio(pages: float, ours: float, theirs: float) -> dict[str, float]:
    return {
        "pages": pages,
        "derive_ms": 1000 * ours / pages,
        "trafilatura_ms": 1000 * theirs / pages,
        "ratio": round(theirs / ours, 2),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=EVERY, metavar="N", help="page of each set")
    print(json.dumps(report(parser.parse_args().every)))
