"""A day of crawling in some minutes, with faults at random: does the report add up, is memory flat?

    python -m tests.hostile.day [--hours 24] [--speed 200] [--sets 8] [--out docs/day]

The crawl's clock runs fast (fastclock.c); servers misbehave (worn.py); every hour or so a process that
derives is killed; after a third of the time the crawl is told to end, after two thirds it is killed, and each time
the next run goes on. At the end every URL that was asked for has its one outcome (account.py).
Writes OUT.tsv, the samples, and OUT.svg, their graph.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from archive.sites import MAX_DELAY
from tests.commands import adds_up, command, fangzhi, report
from tests.hostile.account import Account, account
from tests.hostile.shim import fast_folder
from tests.hostile.worn import Worn, copies, pages, worn

HOUR = 3600.0
SAMPLES = 300  # of a day
KILL = 1.0  # hours between two killed workers, on average


@dataclass(slots=True)
class Sample:
    """One look at a crawl."""

    hours: float
    run: int  # which process, from 1
    crawler: float  # MB of memory it has in use
    worker: float
    asked: int


@dataclass
class Day:
    """What came of it."""

    samples: list[Sample] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    killed: int = 0  # workers
    reports: list[bool] = field(default_factory=list)  # whether each adds up
    account: Account = field(default_factory=Account)  # of every URL that was asked for
    whole: int = 0  # URLs that were sent to the last byte
    late: int = 0  # of these, none of whose answers came in time
    asked: int = 0
    spoiled: int = 0
    checked: int = -1  # exit code of `fangzhi check`
    found: str = ""  # what it found

    def growth(self) -> float:
        """How much larger the last quarter's median memory of the crawl is than that of the quarter
        before: the largest of all runs, as a share. A run counts from its first request on: before, it
        derives what the run before left."""
        grown = 0.0
        for run in {sample.run for sample in self.samples}:
            looks = [sample for sample in self.samples if sample.run == run]
            sizes = [look.crawler for look in looks if look.asked > looks[0].asked]
            parts = [sorted(sizes[len(sizes) * n // 4 : len(sizes) * (n + 1) // 4]) for n in (2, 3)]
            before, after = (part[len(part) // 2] if part else 0.0 for part in parts)
            grown = max(grown, after / before - 1 if before else 0.0)
        return grown


def memory(process: int) -> float:
    """MB a process has in use; 0 when it is gone."""
    try:
        resident = Path(f"/proc/{process}/statm").read_text().split()[1]
    except (OSError, IndexError):
        return 0.0
    return int(resident) * os.sysconf("SC_PAGE_SIZE") / 1e6


def workers(process: int) -> list[int]:
    """The processes that derive: children of the fork server."""
    found: list[int] = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, path.read_text().split()):
            for below in Path(f"/proc/{child}/task").glob("*/children"):
                found += map(int, below.read_text().split())
    return found


def compiled(folder: Path) -> Path:
    made, source = folder / "fastclock.so", Path(__file__).with_name("fastclock.c")
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-O1", "-o", str(made), str(source), "-ldl"], check=True
    )
    return made


def define(folder: Path, hosts: list[str], hours: float) -> None:
    """Definitions of the sites; each is asked so slowly that it lasts the day."""
    folder.mkdir()
    for host in hosts:
        delay = min(MAX_DELAY, max(1.0, 0.9 * hours * HOUR / pages(host)))
        text = f'id = "{host}"\nname = "{host}"\n[[seed]]\nurl = "http://{host}/"\n'
        (folder / f"{host}.toml").write_text(f"{text}[politeness]\ndelay = {delay:.1f}\n", "utf-8")


def live(folder: Path, hours: float, speed: int, sets: int, seed: int) -> Day:
    """Crawl for so many hours of a clock that runs `speed` times as fast."""
    day, chance, holdings = Day(), random.Random(seed), folder / "h"
    hosts = copies(sets)
    define(folder / "sites", hosts, hours)
    environment = dict(os.environ, LD_PRELOAD=str(compiled(folder)), FAST_SPEED=str(speed))
    began = time.monotonic()
    environment |= {"FAST_MONOTONIC": str(time.monotonic_ns()), "FAST_REAL": str(time.time_ns())}
    with worn(seed) as web:
        where = ("--sites", folder / "sites", "--proxy", web.proxy, "--holdings", holdings)
        crawl = command("crawl", *where, "--patience", 86_400, "--min-free", 0)
        ends = ((1 / 3, signal.SIGTERM), (2 / 3, signal.SIGKILL), (1.0, signal.SIGTERM))
        for number, (share, ending) in enumerate(ends, 1):
            with (folder / "said").open("wb") as said:
                child = subprocess.Popen(crawl, env=environment, stderr=said)
            _watch(day, web, child, number, began, hours * share, hours, speed, chance)
            child.send_signal(ending)
            day.codes.append(child.wait())
            if ending == signal.SIGTERM:
                day.reports.append(adds_up(report(holdings)))
        day.asked, day.spoiled, day.whole = web.asked, web.spoiled.total(), len(web.whole)
        day.account = account(web.urls, holdings)
        day.late = len(web.whole & day.account.failed)
    checked = fangzhi("check", "--holdings", holdings)
    day.checked, day.found = checked.returncode, checked.stdout[-2000:]
    return day


def _watch(
    day: Day,
    web: Worn,
    child: subprocess.Popen[bytes],
    number: int,
    began: float,
    until: float,
    whole: float,
    speed: int,
    chance: random.Random,
) -> None:
    """Look at a crawl until its time is over, and kill one of its workers now and then."""
    next_kill = chance.expovariate(1 / KILL)
    while (hours := (time.monotonic() - began) * speed / HOUR) < until and child.poll() is None:
        below = workers(child.pid)
        sizes = [memory(process) for process in below]
        day.samples.append(
            Sample(hours, number, memory(child.pid), max(sizes, default=0.0), web.asked)
        )
        if below and hours > next_kill:
            os.kill(chance.choice(below), signal.SIGKILL)
            day.killed += 1
            next_kill = hours + chance.expovariate(1 / KILL)
        time.sleep(whole * HOUR / speed / SAMPLES)


def graph(samples: list[Sample], hours: float) -> str:
    """The memory of crawl and worker over time, as SVG."""
    wide, high, left, low = 860, 300, 50, 260
    most = 50 * (1 + int(max(max(s.crawler, s.worker) for s in samples) // 50))

    def place(sample: Sample, size: float) -> str:
        return (
            f"{left + (wide - left - 10) * sample.hours / hours:.1f},{low - 240 * size / most:.1f}"
        )

    rows = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="12">'
    ]
    rows.append(f'<rect width="{wide}" height="{high}" fill="white"/>')
    for size in range(0, most + 1, 50):
        y = low - 240 * size / most
        rows.append(f'<path d="M{left} {y:.1f}H{wide - 10}" stroke="#ddd"/>')
        rows.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{size}</text>')
    for hour in range(0, int(hours) + 1, max(1, int(hours) // 12)):
        x = left + (wide - left - 10) * hour / hours
        rows.append(f'<text x="{x:.1f}" y="{low + 16}" text-anchor="middle">{hour} h</text>')
    for name, colour, at in (("crawler", "#1f5fbf", 0), ("worker", "#bf5f1f", 1)):
        for run in sorted({s.run for s in samples}):
            line = " ".join(place(s, getattr(s, name)) for s in samples if s.run == run)
            rows.append(f'<polyline points="{line}" fill="none" stroke="{colour}"/>')
        rows.append(
            f'<text x="{left + 10 + 260 * at}" y="{low + 34}" fill="{colour}">{name}: MB in use</text>'
        )
    return "\n".join([*rows, "</svg>", ""])


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--hours", type=float, default=24.0)
    ask.add_argument("--speed", type=int, default=200)
    ask.add_argument("--sets", type=int, default=8)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--out", type=Path, default=Path("day"))
    options = ask.parse_args()
    with fast_folder() as folder:
        day = live(folder, options.hours, options.speed, options.sets, options.seed)
    rows = [
        f"{s.hours:.2f}\t{s.run}\t{s.crawler:.1f}\t{s.worker:.1f}\t{s.asked}" for s in day.samples
    ]
    head = "hours\trun\tcrawler MB\tworker MB\tasked"
    options.out.with_suffix(".tsv").write_text("\n".join([head, *rows, ""]), "utf-8")
    options.out.with_suffix(".svg").write_text(graph(day.samples, options.hours), "utf-8")
    print(f"{day.asked:,} requests, {day.spoiled:,} spoiled, {day.killed} workers killed")
    print(f"exit codes {day.codes}, reports add up {day.reports}, check {day.checked} {day.found}")
    print(f"{len(day.account)} URLs asked for: {day.account} {sorted(day.account.lost)[:5]}")
    print(f"{day.whole:,} pages sent whole; {day.late} of them never came in time")
    print(f"growth of the last quarter of a run over the one before it: {100 * day.growth():.1f} %")
    return 0 if not day.account.lost and all(day.reports) and not day.checked else 1


if __name__ == "__main__":
    sys.exit(main())
