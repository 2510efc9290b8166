"""One contender in a process of its own: `python -m tests.bench.contend MODULE NAME FOLDER`.

`NAME` of tests/bench/MODULE.py takes the folder of the input and gives the items and the work to
do on them; it imports its library itself, for some run where ours is not installed. A part of the
items warms up, then all are measured, and one JSON line says what they took.
"""

from __future__ import annotations

import gc
import json
import logging
import sys
import time
from importlib import import_module
from pathlib import Path
from statistics import median

SHORT = ("linkfarm", "opencc", "warc", "warcread")  # a tenth of a second: one pass says little
PASSES = 7


def main(module: str, name: str, folder: str) -> None:
    logging.disable(logging.CRITICAL)
    items, work = getattr(import_module(f"tests.bench.{module}"), name)(Path(folder))
    work(items[: len(items) // 5 + 1])
    gc.collect()
    cpus, walls = [], []
    for _ in range(PASSES if module in SHORT else 1):
        wall, cpu = time.monotonic(), time.process_time()
        said = work(items) or {}
        cpus.append(time.process_time() - cpu)
        walls.append(time.monotonic() - wall)
    took = {"cpu": median(cpus), "wall": median(walls)}
    print(json.dumps({"items": len(items), **took, "peak": peak(), **said}))


def peak() -> float:
    """MiB this process held at most. (`ru_maxrss` begins with what its parent held.)"""
    rows = Path("/proc/self/status").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
