"""`make bench`: what a crawl costs beside a plain Scrapy spider on the same pages, in one run,
and what deriving costs beside trafilatura (tests/bench/deriving.py).

Rows: CPU seconds per page (user + system, children included) of a plain Scrapy spider that
stores nothing, of `fangzhi crawl --no-derive`, and of `fangzhi crawl`. Medians of `ROUNDS`
rounds after one warm-up; only the ratios mean anything on another machine.
"""

from __future__ import annotations

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


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch, SiteWeb(Path(scratch) / "trees") as web:
        rows = crawl_rows(web, Path(scratch))
    base = rows["plain scrapy"]["cpu_per_page_ms"]
    print(f"{'crawl':<24}{'pages':>7}{'CPU ms/page':>13}{'wall s':>8}{'ratio':>7}")
    for name, row in rows.items():
        row["ratio"] = round(row["cpu_per_page_ms"] / base, 2)
        print(
            f"{name:<24}{row['pages']:>7.0f}{row['cpu_per_page_ms']:>13.2f}"
            f"{row['wall']:>8.2f}{row['ratio']:>7.2f}"
        )
    print(json.dumps({"crawl": rows, "derive": deriving.report()}))


def crawl_rows(web: SiteWeb, scratch: Path) -> dict[str, dict[str, float]]:
    """CPU and wall of each kind of crawl over one tree."""
    name = "gxnews-static"  # 92 files, no missing links: every crawl asks for the same pages
    sites = web.definitions(scratch / "sites", [name])
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
            row = measure(web, command(scratch / f"{kind}-{turn}"))
            if turn:
                rows[kind].append(row)
    return {kind: {k: median(r[k] for r in runs) for k in runs[0]} for kind, runs in rows.items()}


def measure(web: SiteWeb, command: list[str]) -> dict[str, float]:
    """Run one command; pages asked of the server, CPU per page in milliseconds, wall seconds."""
    before, asked, started = _children(), web.requests(), time.monotonic()
    subprocess.run(command, check=True, capture_output=True, env=dict(os.environ))
    pages = web.requests() - asked
    cpu = _children() - before
    return {
        "pages": pages,
        "cpu_per_page_ms": 1000 * cpu / pages,
        "wall": time.monotonic() - started,
    }


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
