"""What deriving a page costs beside `trafilatura.extract` of the same page, in one run.

    python -m tests.bench.deriving [--every N] [--files N]

CPU seconds of both, page by page in turn, over every Nth page of the shared sets and over N files
of each saved site tree, drawn with a fixed seed; before that a warm-up on pages that are not
measured. Bytes of HTML to JSON line here, the same bytes to text there, each as its users run it
(trafilatura with default options; the collector set as `fangzhi derive` sets it). No site memory.
Only the ratio means anything on another machine.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import logging
import random
import tarfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import trafilatura

from archive.derive import derive_file
from archive.jsonl import line
from archive.worker import GC_THRESHOLD
from tests.shared import shared_folder

WARM_UP = 3  # pages of each set, files of each tree
EVERY = 3
FILES = 40  # of a tree
SEED = 7
_USUAL = gc.get_threshold()

Row = tuple[str, bytes, str | None]


def report(every: int = EVERY, files: int = FILES) -> dict[str, dict[str, float]]:
    """Print the table; CPU per page in milliseconds of both and their ratio, for each set and tree,
    all sets and all trees."""
    shared = shared_folder()
    if shared is None:
        print("derive: left out, there is no ../shared with pages")
        return {}
    logging.disable(logging.CRITICAL)
    sets = {folder.name: _split(_rows(folder), every) for folder in _folders(shared)}
    trees = {tar.name.partition(".")[0]: _drawn(_files(tar), files) for tar in _trees(shared)}
    for warm, _ in (*sets.values(), *trees.values()):
        _both(warm)
    print(f"{'derive':<24}{'pages':>7}{'CPU ms/page':>13}{'trafilatura':>13}{'ratio':>7}")
    return _table(sets, "all sets") | _table(trees, "all trees")


def _table(
    groups: Mapping[str, tuple[list[Row], list[Row]]], all_of_them: str
) -> dict[str, dict[str, float]]:
    found = {name: _both(rows) for name, (_, rows) in groups.items()}
    total = [sum(column) for column in zip(*found.values(), strict=True)]
    table = {name: _ratio(*row) for name, row in {**found, all_of_them: total}.items()}
    for name, row in table.items():
        print(
            f"{name:<24}{row['pages']:>7.0f}{row['derive_ms']:>13.2f}"
            f"{row['trafilatura_ms']:>13.2f}{row['ratio']:>7.2f}"
        )
    return table


def _folders(shared: Path) -> list[Path]:
    return sorted(gold.parent for gold in (shared / "data" / "pages").glob("*/gold.jsonl"))


def _trees(shared: Path) -> list[Path]:
    return sorted((shared / "data" / "sites").glob("*.tar.xz"))


def _split(rows: list[Row], every: int) -> tuple[list[Row], list[Row]]:
    """Pages to warm up on and pages to measure."""
    return rows[1::every][:WARM_UP], rows[::every]


def _drawn(rows: list[Row], files: int) -> tuple[list[Row], list[Row]]:
    drawn = random.Random(SEED).sample(rows, min(len(rows), files + WARM_UP))
    return drawn[:WARM_UP], drawn[WARM_UP:]


def _rows(folder: Path) -> list[Row]:
    golds = map(json.loads, (folder / "gold.jsonl").read_text("utf-8").splitlines())
    return [
        (
            gold["file"].removesuffix(".gz"),
            gzip.decompress((folder / gold["file"]).read_bytes()),
            _url(gold),
        )
        for gold in golds
    ]


def _files(tar: Path) -> list[Row]:
    """The HTML files of a tree in the order of their names, under the URLs they were saved from."""
    with tarfile.open(tar) as opened:
        members = [m for m in opened if m.isfile() and m.name.endswith((".html", ".htm"))]
        read = {m.name: data.read() for m in members if (data := opened.extractfile(m))}
    ordered = sorted((name.removeprefix("./"), data) for name, data in read.items())
    return [(name, data, f"http://{_host(name)}") for name, data in ordered]


def _host(name: str) -> str:
    tree, _, path = name.partition("/")
    return f"{tree}.test/{path}"


def _url(gold: dict[str, str]) -> str | None:
    if gold.get("path"):
        return f"http://{gold['path']}"
    return f"http://{gold['host']}/" if gold.get("host") else None


def _both(rows: list[Row]) -> list[float]:
    """Pages, CPU seconds of deriving them, CPU seconds of trafilatura."""
    ours = theirs = 0.0
    for name, page, url in rows:
        gc.set_threshold(*GC_THRESHOLD)
        ours += _cpu(lambda: line(derive_file(page, name, url=url)))  # noqa: B023  # run at once
        gc.set_threshold(*_USUAL)
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
    parser.add_argument("--files", type=int, default=FILES, metavar="N", help="of each tree")
    asked = parser.parse_args()
    print(json.dumps(report(asked.every, asked.files)))
