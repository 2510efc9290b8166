"""A disk that fails at any one call costs nothing that was acknowledged."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.formats.opening import records
from archive.formats.records import ReadRecord
from archive.warcreader import read_at
from tests.hostile import writing
from tests.hostile.forked import Forked
from tests.hostile.shim import compiled, fast_folder

KINDS = ("kill", "late", "half", "short", "enospc", "eio", "full")
FEW, MANY = 6, 30  # pages


@dataclass(frozen=True)
class Disk:
    """Runs the writer on a disk that fails."""

    forked: Forked
    folder: Path
    count: int

    def run(self, name: str, kind: str = "", at: int = 0) -> int:
        told = str(self.folder / "n")
        fault = {"FAULT_KIND": kind, "FAULT_AT": str(at), "FAULT_TOLD": told}
        fault |= {"FAULT_UNDER": f"{self.holdings(name)}/"}
        where = (self.holdings(name), self.count, self.told(name))
        done = self.forked.run("writing", *where, fault=fault if kind else {})
        assert "Traceback" not in done.said, f"{name}: {done.said}"
        return done.code

    def calls(self) -> int:
        """File calls of a run that nothing disturbs."""
        assert self.run("clean", "count") == 0
        self.check("clean")
        return int((self.folder / "n").read_text())

    def holdings(self, name: str) -> Path:
        return self.folder / name

    def told(self, name: str) -> Path:
        return self.folder / f"{name}.told"

    def check(self, name: str) -> None:
        """All that was acknowledged is there, whole, indexed, and known to the state."""
        root = self.holdings(name)
        told = self.told(name)
        acknowledged = set(told.read_text().split()) if told.exists() else set()
        assert not list((root / "warc").glob("*.open"))
        kept: list[str] = []
        for path in (root / "warc").glob("*.warc.gz"):
            for record in records(path):
                assert isinstance(record, ReadRecord), record
                if record.type == "response":
                    kept.append(record.uri)
            assert (root / "index" / path.name.replace(".warc.gz", ".cdxj")).exists()
        assert acknowledged <= set(kept)
        assert set(kept) == {writing.url(n) for n in range(self.count)}
        with sqlite3.connect(root / "state.sqlite") as state:
            rows = state.execute("SELECT uri, record_id, file, offset FROM captures").fetchall()
        state.close()
        for uri, record_id, file, offset in rows:
            record = read_at(root / "warc" / file, offset)
            assert (record.id, record.uri) == (record_id, uri)
        assert {row[0] for row in rows} == set(kept)
        shutil.rmtree(root)
        told.unlink()


@pytest.fixture(scope="module")
def forked() -> Iterator[Forked]:
    with Forked(compiled()) as running:
        yield running


@pytest.fixture
def folder() -> Iterator[Path]:
    with fast_folder() as made:
        yield made


def break_at(disk: Disk, kind: str, at: int) -> None:
    name = f"{kind}-{at}"
    code = disk.run(name, kind, at)
    assert code in (0, 3, -9), f"{name}: exit code {code}"
    if kind in ("enospc", "eio", "full"):
        assert code in (0, 3), f"{name}: exit code {code}"
    assert disk.run(name) == 0, name
    disk.check(name)


# SOAK_STEP=40 tries every fortieth call, shifted with each kind.
STEP = int(os.environ.get("SOAK_STEP", "1"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_a_file_call_costs_nothing_acknowledged(
    forked: Forked, folder: Path, kind: str
) -> None:
    disk = Disk(forked, folder, FEW)
    total = disk.calls()
    assert total > 30
    for at in range(1 + KINDS.index(kind), total + 1, 12):
        break_at(disk, kind, at)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_every_file_call_of_thirty_pages_costs_nothing_acknowledged(
    forked: Forked, folder: Path, kind: str
) -> None:
    disk = Disk(forked, folder, MANY)
    for at in range(1 + KINDS.index(kind) % STEP, disk.calls() + 1, STEP):
        break_at(disk, kind, at)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_in_recovery_costs_nothing_either(forked: Forked, folder: Path, kind: str) -> None:
    disk = Disk(forked, folder, FEW)
    for first in range(5, disk.calls() + 1, 11 * min(STEP, 4)):
        for second in range(1 + KINDS.index(kind) % 3, 22, min(3 + STEP - 1, 10)):
            name = f"{first}-{second}"
            disk.run(name, "kill", first)
            disk.run(name, kind, second)
            assert disk.run(name) == 0, name
            disk.check(name)
