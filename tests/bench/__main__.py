"""`make bench`: this project beside its peers, or beside a limit, in one run on the same input.

    python -m tests.bench [THEME…] [--rounds N] [--json FILE] [--docs] [--urls N] [--pages N] [--kib N]
                         [--derive]

Themes: derive, link-farm, opencc, warc, frontier, crawl, replay, growth. Tables go to stdout, progress to
stderr, everything to build/bench.json; `--docs` puts the tables into docs/performance.md. Peers
that do not fit beside this project's libraries are looked for in .venv-bench (`make bench`
makes it). The frontier grows to `--urls`, a site from a tenth of `--pages` to all of them, or to more
than 10,000 at once: a million URLs take five minutes, 100,000 pages of `--kib 2` half an hour. Only the
ratios mean anything on another machine.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench import (
    crawl,
    extracting,
    frontier,
    growth,
    linkfarm,
    opencc,
    replay,
    tables,
    warc,
    warcread,
)
from tests.bench.measuring import ROOT, Table, adopt_orphans, progress

THEMES = ("derive", "link-farm", "opencc", "warc", "frontier", "crawl", "replay", "growth")
DOCS = ROOT / "docs" / "performance.md"


def main(options: argparse.Namespace) -> None:
    adopt_orphans()
    where, started = tables.machine(), time.monotonic()
    found: list[Table] = []
    with tempfile.TemporaryDirectory(prefix="bench-", dir=_on_disk()) as scratch:
        for number, theme in enumerate(options.theme, 1):
            minutes = (time.monotonic() - started) / 60
            progress(f"{theme}, {number} of {len(options.theme)}, {minutes:.1f} min so far")
            folder = Path(scratch) / theme
            folder.mkdir()
            for table in _measures(options)[theme](folder):
                print(tables.text(table), flush=True)
                found.append(table)
            _keep(options, where, found, time.monotonic() - started)
    progress(f"{where['minutes']} min; {options.json}")
    if options.docs:
        tables.put_into(DOCS, tables.markdown(found, where, options.rounds))


def _keep(
    options: argparse.Namespace, where: dict[str, Any], found: list[Table], seconds: float
) -> None:
    """Write what was found so far, so that a run that is broken off leaves its figures."""
    where["load_after"] = round(os.getloadavg()[0], 1)
    where["minutes"] = round(seconds / 60, 1)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    told = {"machine": where, "rounds": options.rounds, "tables": [one.as_json() for one in found]}
    options.json.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")


def _measures(options: argparse.Namespace) -> dict[str, Callable[[Path], list[Table]]]:
    count = options.rounds
    sizes = (options.pages // 10, options.pages)
    return {
        "derive": lambda to: extracting.measure(to, count),
        "link-farm": lambda to: [linkfarm.measure(to, count)],
        "opencc": lambda to: [opencc.measure(to, count)],
        "warc": lambda to: [warc.measure(to, count), warcread.measure(to, count)],
        "frontier": lambda to: [frontier.measure(to, count, options.urls)],
        "crawl": lambda to: crawl.measure(to, count),
        "replay": lambda to: [replay.measure(to, count)],
        "growth": lambda to: [growth.measure(to, sizes, options.kib, derives=options.derive)],
    }


def _on_disk() -> Path:
    """A folder on a disk: in one that lies in memory nothing has to wait for what is durable."""
    folder = ROOT / "build"
    folder.mkdir(exist_ok=True)
    return folder


def _options() -> argparse.Namespace:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description=__doc__.splitlines()[0]
    )
    parser.add_argument("theme", nargs="*", metavar="THEME", help=", ".join(THEMES))
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json", metavar="FILE")
    parser.add_argument("--docs", action="store_true", help="write docs/performance.md")
    parser.add_argument("--urls", type=int, default=1_000_000, metavar="N", help="of the frontier")
    parser.add_argument("--pages", type=int, default=3000, metavar="N", help="of the growing site")
    parser.add_argument("--kib", type=int, default=24, metavar="N", help="of one of its pages")
    parser.add_argument("--derive", action="store_true", help="in its crawl too")
    options = parser.parse_args()
    options.theme = options.theme or list(THEMES)
    if unknown := set(options.theme) - set(THEMES):
        sys.exit(f"no theme {', '.join(sorted(unknown))}; there are {', '.join(THEMES)}")
    return options


if __name__ == "__main__":
    main(_options())
