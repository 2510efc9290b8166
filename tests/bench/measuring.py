"""What a contender took: CPU, wall and peak memory, each in a process of its own, in turns.

Everything is compared within one run: rounds are interleaved, so that a busy minute falls on all
alike, and medians are taken of them. CPU seconds are user and system of every process that a
command left behind.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".venv-bench" / "bin" / "python"  # libraries that do not fit beside ours
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2): orphans of our commands become our children


@dataclass(frozen=True)
class Took:
    """One measured run of one contender."""

    items: float
    cpu: float  # seconds
    wall: float  # seconds
    peak: float  # MiB of the largest process
    said: Mapping[str, Any] = field(default_factory=dict)  # what the contender adds: bytes, digest


@dataclass(frozen=True)
class Row:
    """Medians of one contender over the rounds."""

    name: str
    items: float
    cpu_ms: float  # for one item
    wall_ms: float
    peak: float  # MiB
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Goal:
    """What is wanted of this project, and what was found."""

    wanted: str
    found: str
    met: bool


@dataclass
class Table:
    """One theme: what was done, by whom, and what it took. The first row is this project's."""

    theme: str
    about: str  # the input, in a sentence
    item: str  # what one item is
    rows: list[Row] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # peers that are not installed

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def row(self, name: str) -> Row | None:
        """The row of a contender, if it was measured."""
        return next((row for row in self.rows if row.name == name), None)

    def times(self, name: str) -> float | None:
        """CPU of a contender as a multiple of this project's: above 1 ours is the faster one."""
        other = self.row(name)
        return other.cpu_ms / self.rows[0].cpu_ms if other else None


def progress(text: str) -> None:
    """A line on stderr."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def adopt_orphans() -> None:
    """Count processes that outlive the command which started them, too."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def rounds(count: int, contenders: Mapping[str, Callable[[], Took]]) -> list[Row]:
    """Medians of `count` rounds in which the contenders take turns, every second one backwards."""
    found: dict[str, list[Took]] = {name: [] for name in contenders}
    for turn in range(count):
        names = list(contenders) if turn % 2 == 0 else list(reversed(contenders))
        for name in names:
            found[name].append(contenders[name]())
    return [_medians(name, runs) for name, runs in found.items()]


def contend(module: str, name: str, folder: Path, python: Path | str = sys.executable) -> Took:
    """Run one contender (tests/bench/contend.py) in a process of its own."""
    command = [str(python), "-m", "tests.bench.contend", module, name, str(folder)]
    done = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=_environment())
    assert done.stdout is not None
    with done.stdout as told:
        text = told.read()
    if done.wait():
        raise RuntimeError(f"{module}:{name} ended with {done.returncode}")
    said = json.loads(text.splitlines()[-1])
    return Took(*(said.pop(key) for key in ("items", "cpu", "wall", "peak")), said)


def run(
    command: Sequence[object],
    items: Callable[[], float],
    *,
    allowed: Sequence[int] = (0,),
    watch: Callable[[int, IO[bytes]], None] | None = None,
) -> Took:
    """Run a command and all that it leaves behind; `items` is asked afterwards.

    `watch` is given the process and its output, which it reads to the end, on a thread of its own.
    """
    others, before, started = _alive(), _children(), time.monotonic()
    words = [str(word) for word in command]
    out = subprocess.DEVNULL if watch is None else subprocess.PIPE
    done = subprocess.Popen(words, stdout=out, stderr=subprocess.PIPE, cwd=ROOT, env=_environment())
    assert done.stderr is not None
    watcher = threading.Thread(target=watch, args=(done.pid, done.stdout)) if watch else None
    if watcher is not None:
        watcher.start()
    with done.stderr as told:
        text = told.read().decode("utf-8", "replace")
    if watcher is not None:
        watcher.join()
    _, status, used = os.wait4(done.pid, 0)
    done.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - started
    peak = used.ru_maxrss
    while left := _alive() - others:  # a server of workers ends when its command has
        _, _, more = os.wait4(left.pop(), 0)
        peak = max(peak, more.ru_maxrss)
    if done.returncode not in allowed:
        raise RuntimeError(f"{words[:4]} ended with {done.returncode}: {text[-400:]}")
    count = items()
    last = text.strip().splitlines()[-1:] or [""]
    said = json.loads(last[0]) if last[0].startswith("{") else {}
    return Took(count, _children() - before, wall, peak / 1024, said)


def has_peer(library: str) -> bool:
    """Whether a library is in the environment of the peers."""
    if not PEERS.exists():
        return False
    asked = [str(PEERS), "-c", f"import {library}"]
    return subprocess.run(asked, capture_output=True).returncode == 0


def _medians(name: str, runs: Sequence[Took]) -> Row:
    cpu = median(1000 * one.cpu / max(1, one.items) for one in runs)
    wall = median(1000 * one.wall / max(1, one.items) for one in runs)
    said = {
        key: median(one.said[key] for one in runs) if isinstance(value, int | float) else value
        for key, value in runs[-1].said.items()
    }
    items, peak = median(one.items for one in runs), median(one.peak for one in runs)
    return Row(name, items, cpu, wall, peak, said)


def _environment() -> dict[str, str]:
    """As an installed program has it: its modules are compiled once, not at every start."""
    fixed = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": ""}
    return {**os.environ, **fixed}


def _alive() -> set[int]:
    found: set[int] = set()
    for task in Path(f"/proc/{os.getpid()}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has just ended
            found |= {int(child) for child in (task / "children").read_text().split()}
    return found


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
