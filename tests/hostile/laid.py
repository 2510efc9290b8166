"""What a kill or a power cut can leave of a crawl that was recorded: laid on a disk, and gone on with.

Nothing is killed: the files are made as they were before a call, in the middle of a write, or as the
disk may have them after a power cut (powercut.py). Many of these states are the same: what nobody synced
does not differ by how it is lost, and most calls change nothing that is certain. Of those the one
is tried by which most was acknowledged.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.hostile.crawls import Crawls
from tests.hostile.powercut import WAYS, Disk, Op, inodes, lay, recorded

HALF = "half"  # a kill in the middle of a write; a kill before it leaves `all`
SEED = 6


@dataclass(frozen=True, slots=True)
class Recording:
    """What a run did to its disk, and what a killed one had done before it."""

    done: list[Op]
    before: tuple[Op, ...] = ()
    inodes: dict[str, int] | None = None  # the files that the killed one left

    def states(self) -> Iterator[tuple[str, int]]:
        """How, and before which call: every way at every call."""
        for number in range(len(self.done) + 1):
            for way in WAYS:
                yield way, number
            if number < len(self.done) and self._is_divisible(number):
                yield HALF, number

    def distinct(self) -> list[tuple[str, int]]:
        """Of states that are the same on the disk one; in an order by chance that is always the same."""
        found: dict[bytes, tuple[str, int]] = {}
        disk, at = self._begun(), 0
        for way, number in self.states():
            for op in self.done[at:number]:
                disk.do(op)
            at = number
            found[_digest(self._left(disk, number, way))] = (way, number)  # the last knows most
        states = sorted(found.values())
        random.Random(SEED).shuffle(states)
        return states

    def lay(self, holdings: Path, number: int, way: str) -> list[str]:
        """Make a state at `holdings`; ids and URIs of what was acknowledged by then."""
        disk = self._begun()
        for op in self.done[:number]:
            disk.do(op)
        lay(self._left(disk, number, way), holdings)
        return disk.acknowledged

    def until(self, number: int, way: str) -> tuple[Op, ...]:
        """What was done when it was killed there."""
        half = (_half(self.done[number]),) if way == HALF else ()
        return (*self.before, *self.done[:number], *half)

    def _begun(self) -> Disk:
        disk = Disk()
        for op in self.before:
            disk.do(op)
        if self.inodes is not None:
            disk.moved(self.inodes)
        return disk

    def _left(self, disk: Disk, number: int, way: str) -> dict[str, bytes | None]:
        if way != HALF:
            return disk.left(way, random.Random(f"{number} {way}"))
        left, op = disk.left("all", random.Random(0)), _half(self.done[number])
        was = left[op.path] or b""
        start = was[: op.at].ljust(op.at, b"\0")
        return left | {op.path: start + op.data + was[op.at + len(op.data) :]}

    def _is_divisible(self, number: int) -> bool:
        op = self.done[number]
        return op.what == "write" and len(op.data) > 1


def recording(crawls: Crawls, folder: Path) -> Recording:
    """All that a crawl does to its disk, recorded once and kept in a folder."""
    return Recording(_recorded(crawls, crawls.fresh(), folder / "cuts"))


def recovery(crawls: Crawls, folder: Path, killed: Recording, number: int, way: str) -> Recording:
    """The run after a kill, until it begins a WARC file of its own: from there on it is a crawl."""
    kept = folder / f"again-{number}-{way}"
    before, known = killed.until(number, way), kept.with_suffix(".json")
    holdings = crawls.fresh()
    if not known.exists():
        killed.lay(holdings, number, way)
        known.write_text(json.dumps(inodes(holdings)))
    done = _recorded(crawls, holdings, kept)
    begun = (op.what == "create" and op.path.startswith("warc/") for op in done)
    end = next((at for at, is_begun in enumerate(begun) if is_begun), len(done))
    return Recording(done[:end], before, json.loads(known.read_text()))


def _recorded(crawls: Crawls, holdings: Path, kept: Path) -> list[Op]:
    log, root = kept.with_suffix(".log"), kept.with_suffix(".root")
    if not root.exists():
        log.unlink(missing_ok=True)
        noted = crawls.folder / "noted"
        noted.unlink(missing_ok=True)
        fault = {"FAULT_KIND": "record", "FAULT_UNDER": str(holdings), "FAULT_TOLD": str(log)}
        ended = crawls.crawl(holdings, fault=fault | {"FAULT_ACK": str(noted)}, noted=noted)
        assert ended.code == 0, ended.said
        root.write_text(str(holdings))
    return recorded(log, Path(root.read_text()))


def _half(op: Op) -> Op:
    return replace(op, data=op.data[: len(op.data) // 2])


def _digest(left: dict[str, bytes | None]) -> bytes:
    whole = hashlib.sha256()
    for path, data in sorted(left.items()):
        size = -1 if data is None else len(data)
        whole.update(f"{path}\0{size}\0".encode() + (data or b""))
    return whole.digest()
