"""A power cut costs nothing that was acknowledged, whatever of the unsynced reached the disk."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.crawls import Crawls, small_web
from tests.hostile.crawls import goes_on as finishes
from tests.hostile.forked import Forked
from tests.hostile.powercut import WAYS, Disk, Op, cuts, inodes, recorded
from tests.hostile.shim import compiled, fast_folder
from tests.hostile.test_faults import Disk as Writer

STEP = int(os.environ.get("SOAK_STEP", "1"))
FEW, MANY = 6, 30  # pages


@pytest.fixture(scope="module")
def forked() -> Iterator[Forked]:
    with Forked(compiled()) as running:
        yield running


@pytest.fixture(scope="module")
def crawls() -> Iterator[Crawls]:
    with small_web(warm=True) as running:
        yield running


@pytest.fixture
def folder() -> Iterator[Path]:
    with fast_folder() as made:
        yield made


def record(writer: Writer, name: str) -> list[Op]:
    """Everything a run does to its holdings."""
    log, root = writer.folder / f"{name}.log", writer.holdings(name)
    fault = {"FAULT_KIND": "record", "FAULT_UNDER": str(root)}
    fault |= {"FAULT_TOLD": str(log), "FAULT_ACK": str(writer.told(name))}
    ended = writer.forked.run("writing", root, writer.count, writer.told(name), fault=fault)
    assert ended.code == 0, ended.said
    return recorded(log, root)


def goes_on(writer: Writer, disk: Disk, way: str, name: str, seen: set[bytes]) -> None:
    """What lies on the disk after a cut is gone on with, and holds all that was acknowledged; once where
    several cuts leave the same."""
    disk.lay(writer.holdings(name), way, random.Random(name))
    left = digest(writer.holdings(name), disk.acknowledged)
    if left in seen:
        shutil.rmtree(writer.holdings(name))
        return
    seen.add(left)
    writer.told(name).write_text("".join(f"{url}\n" for url in disk.acknowledged))
    assert writer.run(name) == 0, name
    writer.check(name)


def digest(holdings: Path, acknowledged: list[str]) -> bytes:
    """Of all that lies in a folder, and of what must."""
    whole = hashlib.sha256("\n".join(acknowledged).encode())
    for path in sorted(holdings.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        whole.update(f"{path.relative_to(holdings)}\0{len(data)}\0".encode() + data)
    return whole.digest()


def cut(writer: Writer, step: int, ways: tuple[str, ...] = WAYS) -> int:
    """Cut the power before every `step`-th call of a run; how often that was."""
    disk, done, tried, seen = Disk(), record(writer, "whole"), 0, set[bytes]()
    for number in cuts(disk, done, step):
        for way in ways:
            goes_on(writer, disk, way, f"{number}-{way}", seen)
            tried += 1
    return tried


def cut_in_recovery(writer: Writer, first: int, step: int, ways: tuple[str, ...] = WAYS) -> int:
    """Kill a run at every `first`-th call, and cut the power while the next one recovers and goes on;
    how often that was."""
    done, tried, seen = record(writer, "whole"), 0, set[bytes]()
    for killed in range(first // 2, len(done), first):
        disk, name = Disk(), f"killed-{killed}"
        for op in done[:killed]:
            disk.do(op)
        disk.lay(writer.holdings(name), "all", random.Random(0))
        disk.moved(inodes(writer.holdings(name)))
        for number in cuts(disk, record(writer, name), step, killed):
            for way in ways:
                goes_on(writer, disk, way, f"{name}-{number}-{way}", seen)
                tried += 1
    return tried


def test_a_power_cut_costs_nothing_acknowledged(forked: Forked, folder: Path) -> None:
    assert cut(Writer(forked, folder, FEW), 29, ("nothing", "chance")) > 8


def test_a_file_is_synced_before_it_has_its_name_and_its_folder_at_once_after(
    forked: Forked, folder: Path
) -> None:
    """Whatever was synced before: a file may be closed between two syncs of what is acknowledged."""
    writer, disk = Writer(forked, folder, MANY), Disk()
    done, killed = record(writer, "whole"), "killed"
    for op in done[: len(done) // 2]:
        disk.do(op)
    disk.lay(writer.holdings(killed), "all", random.Random(0))
    for ops in (done, record(writer, killed)):
        named = [at for at, op in enumerate(ops) if op.what == "rename"]
        assert sum(ops[at].other.endswith(".open") for at in named) >= 2
        for at in named:
            own = [op.what for op in ops[:at] if op.inode == ops[at].inode]
            assert own[-1] == "sync", ops[at].path
            after = ops[at + 1]
            assert (after.what, after.path) == ("sync", ops[at].path.rpartition("/")[0])


def cut_crawl(crawls: Crawls, step: int, ways: tuple[str, ...] = WAYS) -> int:
    """Cut the power before every `step`-th call of a crawl that derives; how often that was."""
    holdings, log = crawls.fresh(), crawls.folder / "crawl.log"
    fault = {"FAULT_KIND": "record", "FAULT_UNDER": str(holdings), "FAULT_TOLD": str(log)}
    ended = crawls.crawl(holdings, fault=fault)
    assert ended.code == 0, ended.said
    disk, done, tried = Disk(), recorded(log, holdings), 0
    for number in cuts(disk, done, step, step // 2):
        way = ways[tried % len(ways)]
        after = crawls.fresh()
        disk.lay(after, way, random.Random(number))
        finishes(crawls, after, f"cut {number} {way}", derives=True)
        tried += 1
    return tried


@pytest.mark.soak
def test_a_power_cut_of_a_crawl_costs_nothing_acknowledged(crawls: Crawls) -> None:
    assert cut_crawl(crawls, 4 * STEP) >= 3


@pytest.mark.soak
def test_a_power_cut_at_any_call_costs_nothing_acknowledged(forked: Forked, folder: Path) -> None:
    cut(Writer(forked, folder, MANY), STEP)


@pytest.mark.soak
def test_a_power_cut_in_recovery_costs_nothing_either(forked: Forked, folder: Path) -> None:
    ways = WAYS if STEP == 1 else ("nothing", "chance")
    cut_in_recovery(Writer(forked, folder, FEW), 3 + STEP, 1 + STEP // 2, ways)
