"""Tables of a run: plain text for a terminal, Markdown for docs/performance.md."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tests.bench.measuring import PEERS, Row, Table

BEGIN, END = "<!-- written by make bench: begin -->", "<!-- written by make bench: end -->"
_OURS = ("Scrapy", "Twisted", "lxml", "trafilatura", "warcio", "FastWARC", "deflate")
_OURS += ("opencc-python-reimplemented",)
_PEERS = ("Resiliparse", "readability-lxml", "OpenCC", "crawlee")


def machine() -> dict[str, Any]:
    """What the figures were taken on, and when."""
    memory = next(
        row for row in Path("/proc/meminfo").read_text().splitlines() if row.startswith("MemTotal")
    )
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cores": os.cpu_count(),
        "memory_gib": round(int(memory.split()[1]) / 2**20),
        "system": platform.platform(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "load_before": round(os.getloadavg()[0], 1),
        "versions": {name: _version(name) for name in _OURS} | _of_peers(),
    }


def text(table: Table) -> str:
    """One theme for a terminal."""
    rows = _cells(table)
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [f"{table.theme}: {table.about}"]
    lines += [
        "  "
        + "  ".join(
            c.ljust(w) if not at else c.rjust(w)
            for at, (c, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    lines += [
        f"  {'met   ' if goal.met else 'MISSED'} {goal.wanted}: {goal.found}"
        for goal in table.goals
    ]
    lines += [f"  not installed, left out: {', '.join(table.missing)}"] if table.missing else []
    return "\n".join(lines) + "\n"


def markdown(tables: Sequence[Table], where: dict[str, Any], count: int) -> str:
    """All themes as a section of docs/performance.md."""
    versions = ", ".join(f"{name} {number}" for name, number in where["versions"].items() if number)
    load = f"{where['load_before']} at the start and {where['load_after']} at the end"
    taken = (
        f"{where['date']}, {where['cores']} cores, {where['memory_gib']} GiB, {where['system']}, "
        f"Python {where['python']}, SQLite {where['sqlite']}, zlib {where['zlib']}; {versions}. "
        f"Medians of {count} rounds in turns, where a table does not say how many; the load of the machine was {load}, so CPU "
        "time counts and wall time only where nobody else was at work. *times* is CPU "
        "time beside this project's: **below 1 the other one is faster**."
    )
    parts = [taken]
    for table in tables:
        head, *rows = _cells(table)
        parts.append(f"### {table.theme}\n\n{table.about}; one item is a {table.item}.")
        lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
        lines += ["| " + " | ".join(row) + " |" for row in rows]
        parts.append("\n".join(lines))
        goals = [
            f"* {'reached' if goal.met else '**missed**'}: {goal.wanted}. Found: {goal.found}."
            for goal in table.goals
        ]
        goals += (
            [f"* Not installed, left out: {', '.join(table.missing)}."] if table.missing else []
        )
        parts += ["\n".join(goals)] if goals else []
    return "\n\n".join(parts) + "\n"


def put_into(path: Path, section: str) -> None:
    """Replace what stands between the two marks of a page."""
    page = path.read_text("utf-8")
    before, mark, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError(f"{path} has no marks for the table")
    path.write_text(f"{before}{BEGIN}\n\n{section}\n{END}{after}", "utf-8")


def _cells(table: Table) -> list[list[str]]:
    noted = [key for key in dict.fromkeys(k for row in table.rows for k in row.said) if _shown(key)]
    head = [table.theme, "items", "CPU ms", "wall ms", "peak MiB", *noted, "times"]
    return [head, *(_row(row, table.rows[0], noted) for row in table.rows)]


def _row(row: Row, first: Row, noted: Sequence[str]) -> list[str]:
    said = [f"{row.said[key]:,.0f}" if key in row.said else "" for key in noted]
    took = [f"{row.cpu_ms:.3g}", f"{row.wall_ms:.3g}", f"{row.peak:.0f}"]
    return [row.name, f"{row.items:,.0f}", *took, *said, f"{row.cpu_ms / first.cpu_ms:.2f}"]


def _shown(key: str) -> bool:
    return key not in ("digest", "each", "main_cpu", "main_peak", "records", "slices")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _of_peers() -> dict[str, str]:
    if not PEERS.exists():
        return {}
    code = "import sys,importlib.metadata as m\nfor n in sys.argv[1:]:\n"
    code += "  try: print(n, m.version(n))\n  except m.PackageNotFoundError: pass"
    told = subprocess.run([PEERS, "-c", code, *_PEERS], capture_output=True, text=True).stdout
    return dict(row.split() for row in told.splitlines())
