"""`make bench`: what a crawl costs beside a plain Scrapy spider on the same pages, in one run,
and what deriving costs beside trafilatura (tests/bench/deriving.py).

Rows: CPU seconds per page (user + system, every process a command left behind included) of a plain
Scrapy spider that stores nothing, of `fangzhi crawl --no-derive`, and of `fangzhi crawl`, on a
large tree and on a small one, where starting up is half of the cost. Medians of `ROUNDS` rounds
after one warm-up; only the ratios mean anything on another machine.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.bench import deriving
from tests.siteweb import SiteWeb

ROUNDS = 3
TREES = ("pingdingshan-channels", "gxnews-static")  # 454 and 92 files
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2): orphans of our commands become our children


def main() -> None:
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    crawls: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as scratch, SiteWeb(Path(scratch) / "trees") as web:
        for name in TREES:
            rows = crawls[name] = crawl_rows(web, Path(scratch), name)
            base = rows["plain scrapy"]["cpu_per_page_ms"]
            print(f"{name:<24}{'pages':>7}{'CPU ms/page':>13}{'wall s':>8}{'ratio':>7}")
            for kind, row in rows.items():
                row["ratio"] = round(row["cpu_per_page_ms"] / base, 2)
                print(
                    f"{kind:<24}{row['pages']:>7.0f}{row['cpu_per_page_ms']:>13.2f}"
                    f"{row['wall']:>8.2f}{row['ratio']:>7.2f}"
                )
    print(json.dumps({"crawl": crawls, "derive": deriving.report()}))


def crawl_rows(web: SiteWeb, scratch: Path, name: str) -> dict[str, dict[str, float]]:
    """CPU and wall of each kind of crawl over one tree."""
    sites = web.definitions(scratch / f"sites-{name}", [name])
    fangzhi = [
        sys.executable,
        "-m",
        "crawler.cli",
        "crawl",
        "--sites",
        str(sites),
        "--proxy",
        web.proxy,
    ]
    kinds: dict[str, Callable[[Path], list[str]]] = {
        "plain scrapy": lambda _: [
            sys.executable,
            "-m",
            "tests.bench.plain_spider",
            web.proxy,
            f"http://{name}.test/",
        ],
        "fangzhi --no-derive": lambda h: [*fangzhi, "--no-derive", "--holdings", str(h)],
        "fangzhi": lambda h: [*fangzhi, "--holdings", str(h)],
    }
    rows: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    for turn in range(ROUNDS + 1):
        for kind, command in kinds.items():
            row = measure(web, command(scratch / f"{name}-{kind}-{turn}"))
            if turn:
                rows[kind].append(row)
    return {kind: {k: median(r[k] for r in runs) for k in runs[0]} for kind, runs in rows.items()}


def measure(web: SiteWeb, command: list[str]) -> dict[str, float]:
    """Run one command; pages asked of the server, CPU per page in milliseconds, wall seconds."""
    before, asked, started = _children(), web.requests(), time.monotonic()
    others = _alive()
    subprocess.run(command, check=True, capture_output=True, env=dict(os.environ))
    for orphan in _alive() - others:
        os.waitpid(orphan, 0)  # a server of workers ends when its crawl has
    pages = web.requests() - asked
    cpu = _children() - before
    return {
        "pages": pages,
        "cpu_per_page_ms": 1000 * cpu / pages,
        "wall": time.monotonic() - started,
    }


def _alive() -> set[int]:
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
